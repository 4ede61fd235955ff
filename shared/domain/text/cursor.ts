/**
 * Keyset cursors of paged lists: where the last page ended, tied to the query it belongs to.
 * Pure. Not a secret and not a signature: the checksum catches cursors that are forged by hand, cut or of another query.
 * Invariant: readCursor(writeCursor(p, q), q) equals p, and is null for every other query text.
 */
import { fnv1a } from "./fnv1a.ts";

export const CURSOR = /^([0-9a-z]{1,10})-([0-9a-z]{1,7})(?:-([A-Za-z0-9_-]{1,150}))?$/;

export interface Position {
  /** What the list is ordered by, ≥ 0: epoch ms or a sequence number. */
  readonly place: number;
  /** Which of several entries at one place; absent where there is but one. */
  readonly id?: string | undefined;
}

/** A cursor for the page after the entry at `position` of the query described by `query`. */
export function writeCursor({ place, id }: Position, query: string): string {
  const digits = place.toString(36);
  const parts = id === undefined ? [digits, query] : [digits, id, query];
  return [digits, fnv1a(parts.join(" ")).toString(36), ...(id === undefined ? [] : [id])].join("-");
}

/** Null when it is not a cursor of this query. */
export function readCursor(cursor: string, query: string): Position | null {
  const [, digits, , id] = CURSOR.exec(cursor) ?? [];
  if (digits === undefined) return null;
  const position = { place: Number.parseInt(digits, 36), id };
  return writeCursor(position, query) === cursor ? position : null;
}

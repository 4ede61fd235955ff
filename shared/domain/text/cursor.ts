/**
 * Keyset cursors of paged lists: where the last page ended, tied to the query it belongs to.
 * Pure. Not a secret and not a signature: the checksum catches cursors that are forged by hand, cut or of another query.
 * Invariant: readCursor(writeCursor(t, q), q) === t, and null for every other query text q.
 */
import { fnv1a } from "./fnv1a.ts";

const CURSOR = /^([0-9a-z]{1,10})-([0-9a-z]{1,7})$/;

/** A cursor for the page after the entry at `atMs` (epoch ms) of the query described by `query`. */
export function writeCursor(atMs: number, query: string): string {
  const position = atMs.toString(36);
  return `${position}-${checksum(`${position} ${query}`)}`;
}

/** The position in a cursor in epoch ms, or null when it is not a cursor of this query. */
export function readCursor(cursor: string, query: string): number | null {
  const [, position, sum] = CURSOR.exec(cursor) ?? [];
  if (position === undefined || sum !== checksum(`${position} ${query}`)) return null;
  return Number.parseInt(position, 36);
}

const LIST_CURSOR = /^([0-9a-z]{1,10})-([0-9a-z]{1,7})-([A-Za-z0-9_-]{1,150})$/;

/** The same for lists in which several entries may have one position: `id` tells which of them was the last one. */
export function writeListCursor(position: number, id: string, query: string): string {
  const place = position.toString(36);
  return `${place}-${checksum(`${place} ${id} ${query}`)}-${id}`;
}

/** Null when it is not a cursor of this query. */
export function readListCursor(cursor: string, query: string): { position: number; id: string } | null {
  const [, place, sum, id] = LIST_CURSOR.exec(cursor) ?? [];
  if (place === undefined || id === undefined || sum !== checksum(`${place} ${id} ${query}`)) return null;
  return { position: Number.parseInt(place, 36), id };
}

function checksum(text: string): string {
  return fnv1a(text).toString(36);
}

/**
 * What who has read a brief sends back to hear only what has changed: `120.483920`, the commit that it told of and a hash of what is so
 * without a commit of its own. Pure. Made and read by the endpoint `/status.md`.
 */
import { fnv1a } from "../../shared/domain/text/fnv1a.ts";

/** Six digits are two tokens; that a change looks like none happens once in a million. */
const HASHES = 1_000_000;
const CURSOR = /^(0|[1-9]\d{0,14})\.(\d{6})$/;

export interface BriefCursor {
  readonly generation: number;
  readonly hash: string;
}

export function hashOf(standing: readonly string[]): string {
  return String(fnv1a(standing.join("\n")) % HASHES).padStart(6, "0");
}

export function formatBriefCursor({ generation, hash }: BriefCursor): string {
  return `${generation}.${hash}`;
}

/** Null for a text that is none. */
export function parseBriefCursor(text: string): BriefCursor | null {
  const [, generation, hash] = CURSOR.exec(text) ?? [];
  return generation === undefined || hash === undefined ? null : { generation: Number(generation), hash };
}

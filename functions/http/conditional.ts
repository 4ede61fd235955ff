/**
 * Entity tags: what has not changed since it was last asked for is not sent again (RFC 9110 §13.1).
 * Used by what may be kept by clients. Invariant: a tag is made of the bytes that are sent and of nothing else, so it tells no more.
 */
import { fnv1a } from "../../shared/domain/text/fnv1a.ts";

/** A strong one, quoted. */
export function etagOf(body: string): string {
  return `"${fnv1a(body).toString(36)}"`;
}

/** RFC 9110 §13.1.2: weak comparison against a list; `*` matches whatever there is. */
export function matchesEtag(ifNoneMatch: string | null | undefined, etag: string): boolean {
  if (!ifNoneMatch) return false;
  if (ifNoneMatch.trim() === "*") return true;
  return ifNoneMatch.split(",").some((candidate) => candidate.trim().replace(/^W\//, "") === etag);
}

/**
 * Which known key or name a mistyped one was meant to be. Pure; knows no configuration.
 * Invariant: a suggestion differs by at most two edits, so a wrong one is rare and none is better.
 */
const MAX_EDITS = 2;

/** The closest of `known` (case and dashes do not count); undefined when none is close. The first of equals. */
export function nearestKey(key: string, known: Iterable<string>): string | undefined {
  const wanted = normalised(key);
  let nearest: { candidate: string; edits: number } | undefined;
  for (const candidate of known) {
    const edits = editDistance(wanted, normalised(candidate));
    if (edits < (nearest?.edits ?? closeEnough(candidate) + 1)) nearest = { candidate, edits };
  }
  return nearest?.candidate;
}

/** What to expect instead of a key that nobody knows. */
export function suggestKey(key: string, known: readonly string[]): string {
  const nearest = nearestKey(key, known);
  return nearest === undefined ? `one of ${known.join(", ")}` : `no such key; perhaps "${nearest}" is meant`;
}

/** What to expect instead of the name of something that is not configured. */
export function suggestName(kind: string, name: string, known: readonly string[]): string {
  if (known.length === 0) return `a configured ${kind}, of which there is none`;
  const nearest = nearestKey(name, known);
  return nearest === undefined
    ? `a ${kind}: one of ${known.slice(0, 10).join(", ")}`
    : `a ${kind}, such as "${nearest}"`;
}

/** Short keys resemble each other: of `url` and `via` two edits leave one letter. */
function closeEnough(candidate: string): number {
  return Math.min(MAX_EDITS, Math.floor(candidate.length / 3));
}

function normalised(key: string): string {
  return key.toLowerCase().replaceAll("-", "_");
}

/** Levenshtein distance; texts whose lengths alone differ too much are not compared. */
function editDistance(left: string, right: string): number {
  if (Math.abs(left.length - right.length) > MAX_EDITS) return Infinity;
  let row = Array.from({ length: right.length + 1 }, (_, index) => index);
  for (let index = 0; index < left.length; index += 1) {
    const next = [index + 1];
    for (let column = 0; column < right.length; column += 1) {
      const substitution = (row[column] ?? 0) + (left[index] === right[column] ? 0 : 1);
      next.push(Math.min(substitution, (row[column + 1] ?? 0) + 1, (next[column] ?? 0) + 1));
    }
    row = next;
  }
  return row.at(-1) ?? Infinity;
}

/**
 * Globs over names: `*` stands for any run of characters, also none; everything else stands for itself.
 * Pure. Silences and maintenance windows say with them which services they cover.
 * Invariant: no pattern makes it slow; every piece is searched once, from where the one before it ended.
 */

/** True when `glob` describes all of `name`; upper and lower case differ. */
function matchesGlob(glob: string, name: string): boolean {
  const [head = "", ...pieces] = glob.split("*");
  const tail = pieces.pop();
  if (tail === undefined) return glob === name;
  const endsBefore = name.length - tail.length;
  if (endsBefore < head.length || !name.startsWith(head) || !name.endsWith(tail)) return false;
  let from = head.length;
  for (const piece of pieces) {
    // The leftmost place is always good enough: it leaves the most room for the pieces that follow.
    const at = name.indexOf(piece, from);
    from = at + piece.length;
    if (at < 0 || from > endsBefore) return false;
  }
  return true;
}

/**
 * True when one of the globs describes `name`. Null has no name to describe: what means everything covers it, which is `*`, and no
 * globs at all, as they are stored from when that was allowed.
 */
export function coversName(globs: readonly string[], name: string | null): boolean {
  if (globs.length === 0) return true;
  return name === null ? globs.includes("*") : globs.some((glob) => matchesGlob(glob, name));
}

/**
 * What a database has made of the checks that were acknowledged: which are gone, which are there twice. Pure.
 * Called by rows/sigkill.ts after every restart. A check is named by its service and its instant.
 * Invariant: a check that was stored and never acknowledged is no fault; the process was killed between the two.
 */
export interface Kept {
  /** Acknowledged and not stored. */
  readonly lost: readonly string[];
  /** Stored more than once, acknowledged or not. */
  readonly doubled: readonly string[];
}

export function keptChecks(acknowledged: Iterable<string>, stored: readonly string[]): Kept {
  const once = new Set<string>();
  const doubled = new Set<string>();
  for (const name of stored) (once.has(name) ? doubled : once).add(name);
  return { lost: [...new Set(acknowledged)].filter((name) => !once.has(name)), doubled: [...doubled] };
}

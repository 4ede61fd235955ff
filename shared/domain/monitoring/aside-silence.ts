/**
 * What it means that a server answers whether it lives, and nothing else that it is asked in the same probe: busy, or wedged. Pure. Used by
 * the check types of servers of models, with the patience of canary.ts. Invariant: one or two late answers mean nothing.
 */

/** Probes in a row in which such a question was not answered in time. */
export interface AsideSilence {
  readonly count: number;
  /** When the first of them was asked, epoch ms. */
  readonly sinceMs: number;
}

const SILENT_UNTIL_BUSY = 3;

/** `isHeard` null: it was not asked, or that says nothing. */
export function afterAside(before: AsideSilence | null, isHeard: boolean | null, nowMs: number): AsideSilence | null {
  if (isHeard === null) return before;
  if (isHeard) return null;
  // A wrong clock may have said that it began in the future.
  const sinceMs = Math.min(before?.sinceMs ?? nowMs, nowMs);
  return { count: Math.min((before?.count ?? 0) + 1, SILENT_UNTIL_BUSY), sinceMs };
}

export function judgeAside(silence: AsideSilence | null, patientMs: number, nowMs: number): "busy" | "wedged" | null {
  if (silence === null || silence.count < SILENT_UNTIL_BUSY) return null;
  return nowMs - silence.sinceMs >= patientMs ? "wedged" : "busy";
}

/**
 * How long to wait before something that failed is tried again: doubling, capped, with jitter. Pure: randomness comes in.
 * Invariant: within [base / 2, cap], and never less after more failures, jitter aside.
 */
const BASE_MS = 1_000;
const CAP_MS = 300_000;

/** @param failures in a row so far, ≥ 1. @param random 0 ≤ random < 1. Worked example: 3 failures → 2,000 to 4,000 ms. */
export function backoffMs(failures: number, random: number): number {
  const fullMs = Math.min(CAP_MS, BASE_MS * 2 ** Math.min(30, Math.max(0, failures - 1)));
  return Math.round(fullMs * (0.5 + random / 2));
}

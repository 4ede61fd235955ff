/**
 * Waits for what only asking can tell. Used by rows that wait for the service.
 * Invariant: the first look is at once, and an error of a look ends the waiting.
 */
import { setTimeout as sleep } from "node:timers/promises";

export interface Patience {
  /** What the error says has not happened in time. */
  readonly what: string;
  readonly timeoutMs: number;
  readonly pollMs: number;
}

/** Resolves with the first value that `look` finds. */
export async function until<Value>(
  { what, timeoutMs, pollMs }: Patience,
  look: () => Promise<Value | null>,
): Promise<Value> {
  for (const giveUpMs = performance.now() + timeoutMs; performance.now() < giveUpMs; await sleep(pollMs)) {
    const value = await look();
    if (value !== null) return value;
  }
  throw new Error(`not in time: ${what}`);
}

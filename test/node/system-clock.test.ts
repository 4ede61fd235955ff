/**
 * The clock of the Node host on the real event loop.
 */
import { describe, expect, it } from "vitest";
import { systemClock } from "../../shared/node/system-clock.ts";

/** Node's own timers are early only when they are due late within a millisecond: many at all instants of one. */
const DELAYS_MS = Array.from({ length: 100 }, (_, index) => 5 + index / 100);

function after(delayMs: number): Promise<{ dueMs: number; calledMs: number }> {
  const dueMs = systemClock.monotonicMs() + delayMs;
  return new Promise((resolve) =>
    systemClock.after(delayMs, () => resolve({ dueMs, calledMs: systemClock.monotonicMs() })),
  );
}

describe("systemClock", () => {
  it("never calls back early, not even by a fraction of a millisecond", async () => {
    const calls = await Promise.all(DELAYS_MS.map(after));
    expect(calls.filter(({ dueMs, calledMs }) => calledMs < dueMs)).toEqual([]);
  });

  it("does not call back what has been cancelled", async () => {
    const called: number[] = [];
    const cancels = DELAYS_MS.map((delayMs) => systemClock.after(delayMs, () => called.push(delayMs)));
    for (const cancel of cancels) cancel();
    await after(10);
    expect(called).toEqual([]);
  });
});

import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { steadyClock } from "../../shared/common/steady-clock.ts";
import { systemClock } from "../../shared/node/system-clock.ts";
import { T0 } from "../support/checks.ts";

function machine(wallMs: number) {
  const state = { wallMs, monotonicMs: 0 };
  return {
    clock: { ...systemClock, nowMs: () => state.wallMs, monotonicMs: () => state.monotonicMs },
    pass(ms: number) {
      state.wallMs += ms;
      state.monotonicMs += ms;
    },
    step(ms: number) {
      state.wallMs += ms;
    },
  };
}

describe("steady clock", () => {
  it("is the wall clock while that one goes on", () => {
    const { clock, pass, step } = machine(T0);
    const { nowMs } = steadyClock(clock, 0);
    pass(1_000);
    expect(nowMs()).toBe(T0 + 1_000);
    step(3_600_000);
    expect(nowMs()).toBe(T0 + 3_601_000);
  });

  it("goes on at half speed after the wall clock was set back, until that one has caught up", () => {
    const { clock, pass, step } = machine(T0);
    const { nowMs } = steadyClock(clock, 0);
    step(-60_000);
    pass(30_000);
    expect(nowMs()).toBe(T0 + 15_000);
    pass(90_000);
    expect(nowMs()).toBe(T0 + 60_000);
    pass(10_000);
    expect(nowMs()).toBe(T0 + 70_000);
  });

  it("starts at the newest stored time when the wall clock is behind it", () => {
    const { clock, pass } = machine(T0);
    const { nowMs } = steadyClock(clock, T0 + 3_600_000);
    pass(2_000);
    expect(nowMs()).toBe(T0 + 3_601_000);
  });

  it("never runs backwards, whatever the wall clock does", () => {
    const move = fc.tuple(fc.nat(100_000), fc.integer({ min: -1e9, max: 1e9 }));
    fc.assert(
      fc.property(fc.array(move, { maxLength: 30 }), (moves) => {
        const { clock, pass, step } = machine(T0);
        const { nowMs } = steadyClock(clock, 0);
        let beforeMs = nowMs();
        for (const [passedMs, stepMs] of moves) {
          pass(passedMs);
          step(stepMs);
          const next = nowMs();
          expect(next).toBeGreaterThanOrEqual(beforeMs + Math.floor(passedMs / 2) - 1);
          beforeMs = next;
        }
      }),
    );
  });
});

import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { steadyClock } from "../../shared/common/steady-clock.ts";
import { systemClock } from "../../shared/node/system-clock.ts";
import { DAY_MS } from "../../shared/domain/text/timestamp.ts";
import { HOUR, MINUTE, T0 } from "../support/checks.ts";

function machine(wallMs: number) {
  const state = { wallMs, monotonicMs: 0 };
  return {
    clock: {
      ...systemClock,
      nowMs: () => state.wallMs,
      wallMs: () => state.wallMs,
      monotonicMs: () => state.monotonicMs,
    },
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
    const { nowMs } = steadyClock(clock, { floorMs: 0, settlesInMs: 0 });
    pass(1_000);
    expect(nowMs()).toBe(T0 + 1_000);
    step(3_600_000);
    expect(nowMs()).toBe(T0 + 3_601_000);
  });

  it("goes on at half speed after the wall clock was set back, until that one has caught up", () => {
    const { clock, pass, step } = machine(T0);
    const { nowMs } = steadyClock(clock, { floorMs: 0, settlesInMs: 0 });
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
    const { nowMs } = steadyClock(clock, { floorMs: T0 + 3_600_000, settlesInMs: 0 });
    pass(2_000);
    expect(nowMs()).toBe(T0 + 3_601_000);
  });

  const wrong = { "400 days": 400 * DAY_MS, "25 hours": 25 * HOUR };
  for (const [name, leadMs] of Object.entries(wrong)) {
    it(`goes on from the present when what is stored is ${name} ahead`, () => {
      const { clock, pass } = machine(T0);
      const { nowMs } = steadyClock(clock, { floorMs: T0 + leadMs, settlesInMs: 0 });
      expect(nowMs()).toBe(T0);
      pass(2_000);
      expect(nowMs()).toBe(T0 + 2_000);
    });

    it(`follows a wall clock that is set back by ${name} while it runs`, () => {
      const { clock, pass, step } = machine(T0 + leadMs);
      const { nowMs } = steadyClock(clock, { floorMs: T0, settlesInMs: 0 });
      expect(nowMs()).toBe(T0 + leadMs);
      step(-leadMs);
      pass(1_000);
      expect(nowMs()).toBe(T0 + 1_000);
    });
  }

  it("goes on from what is stored while the wall clock says 1970, and follows it when it is set", () => {
    const { clock, pass, step } = machine(5_000);
    const steady = steadyClock(clock, { floorMs: T0, settlesInMs: 0 });
    pass(2_000);
    expect([steady.nowMs(), steady.wallMs()]).toEqual([T0 + 1_000, T0 + 1_000]);
    step(T0 + HOUR);
    expect(steady.nowMs()).toBe(T0 + HOUR + 7_000);
  });

  it("waits for a machine that has just booted to set its clock, and believes it when it has not", () => {
    const late = machine(T0 - 10 * DAY_MS);
    const steady = steadyClock(late.clock, { floorMs: T0, settlesInMs: MINUTE });
    late.pass(20_000);
    expect(steady.nowMs()).toBe(T0 + 10_000);
    late.step(10 * DAY_MS + HOUR);
    expect(steady.nowMs()).toBe(T0 + HOUR + 20_000);

    const ahead = machine(T0 - 10 * DAY_MS);
    const other = steadyClock(ahead.clock, { floorMs: T0, settlesInMs: MINUTE });
    ahead.pass(MINUTE - 1);
    expect(other.nowMs()).toBe(T0 + MINUTE / 2 - 1);
    ahead.pass(1);
    expect(other.nowMs()).toBe(T0 - 10 * DAY_MS + MINUTE);
  });

  it("tells what the machine's clock says, for others to compare with theirs", () => {
    const { clock, pass } = machine(T0);
    const { wallMs } = steadyClock(clock, { floorMs: T0 + HOUR, settlesInMs: 0 });
    pass(2_000);
    expect(wallMs()).toBe(T0 + 2_000);
  });

  it("never runs backwards, whatever the wall clock does within a day", () => {
    const move = fc.tuple(fc.nat(100_000), fc.integer({ min: -DAY_MS / 100, max: DAY_MS / 100 }));
    fc.assert(
      fc.property(fc.array(move, { maxLength: 30 }), (moves) => {
        const { clock, pass, step } = machine(T0);
        const { nowMs } = steadyClock(clock, { floorMs: 0, settlesInMs: 0 });
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

import { describe, expect, it } from "vitest";
import { bringForward, isBySameClock, isForward } from "../../../shared/domain/monitoring/first-setting.ts";
import { takeBack } from "../../../shared/domain/monitoring/clock-lead.ts";
import { T0 } from "../../support/checks.ts";

describe("a clock that is set for the first time", () => {
  it("brings forward what was dated by none, as long ago as it was", () => {
    const by = bringForward(20_000, T0);
    expect(by && isForward(by)).toBe(true);
    expect(by && [takeBack(20_000, by), takeBack(12_000, by)]).toEqual([T0, T0 - 8_000]);
  });

  it("moves nothing while nobody has set it, nor what was dated by one that was set", () => {
    expect([bringForward(20_000, 30_000), bringForward(T0, T0 + 1), bringForward(T0, 20_000)]).toEqual([
      null,
      null,
      null,
    ]);
  });

  it("tells instants of one clock from those of two", () => {
    expect([isBySameClock(1, 2), isBySameClock(T0, T0 + 1)]).toEqual([true, true]);
    expect([isBySameClock(1, T0), isBySameClock(T0, 1), isBySameClock(T0 + 1, T0)]).toEqual([false, false, false]);
  });
});

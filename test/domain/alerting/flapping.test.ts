import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  isFlapping,
  nextTrail,
  STEADY,
  withFiring,
  type CheckTrail,
} from "../../../shared/domain/alerting/flapping.ts";

/** `x` for a change, `.` for none, the oldest first. */
function trailOf(changes: string): CheckTrail {
  return [...changes].reduce((trail, each) => nextTrail(trail, each === "x"), STEADY);
}

function firingsOf(marks: string): CheckTrail {
  return [...marks].reduce((trail, each) => {
    const next = nextTrail(trail, false);
    return each === "f" ? withFiring(next) : next;
  }, STEADY);
}

describe("the share of changes", () => {
  it("weighs the newest of 20 changes half as much again as the oldest, and forgets what is older", () => {
    fc.assert(
      fc.property(fc.array(fc.boolean(), { maxLength: 60, size: "max" }), (changes) => {
        const trail = changes.reduce((before, isChange) => nextTrail(before, isChange), STEADY);
        const newestFirst = changes.toReversed().slice(0, 20);
        const sum = newestFirst.reduce((total, isChange, age) => total + (isChange ? 1.2 - (0.4 * age) / 19 : 0), 0);
        // Exactly at a threshold the order of summing decides.
        fc.pre(Math.abs(sum * 5 - 30) > 1e-9 && Math.abs(sum * 5 - 15) > 1e-9);
        expect(isFlapping(trail, false, false)).toBe(sum * 5 > 30);
        expect(isFlapping(trail, true, false)).toBe(sum * 5 > 15);
      }),
    );
  });
});

describe("flapping", () => {
  it("begins at 30 % and ends below 15 %, so that in between nothing changes", () => {
    const five = trailOf("xxxxx");
    const six = trailOf("xxxxxx");
    expect([five, six].map((trail) => isFlapping(trail, false, false))).toEqual([false, true]);
    const [above, below] = [trailOf("xxx"), trailOf("xx")];
    expect([above, below].map((trail) => isFlapping(trail, true, false))).toEqual([true, false]);
  });

  it("begins when an alert fires for the third time within 21 checks", () => {
    const twice = firingsOf("f....f...");
    expect(isFlapping(twice, false, true)).toBe(true);
    expect(isFlapping(twice, false, false)).toBe(false);
    expect(isFlapping(firingsOf("f........"), false, true)).toBe(false);
    expect(isFlapping(firingsOf(`f....f${".".repeat(18)}`), false, true)).toBe(false);
  });

  it("goes on while two of those are within 21 checks", () => {
    expect(isFlapping(firingsOf("f....f..."), true, false)).toBe(true);
    expect(isFlapping(firingsOf("f...."), true, false)).toBe(false);
  });
});

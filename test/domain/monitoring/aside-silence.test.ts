/**
 * When a server that answers nothing but whether it lives is busy, and when it is wedged.
 */
import { describe, expect, it } from "vitest";
import { afterAside, judgeAside, type AsideSilence } from "../../../shared/domain/monitoring/aside-silence.ts";

const MINUTE_MS = 60_000;
const PATIENCE_MS = 10 * MINUTE_MS;

/** A probe a minute, from minute 0 on, and what was judged at each. */
function judged(heard: readonly (boolean | null)[]) {
  let silence: AsideSilence | null = null;
  return heard.map((each, minute) => {
    silence = afterAside(silence, each, minute * MINUTE_MS);
    return judgeAside(silence, PATIENCE_MS, minute * MINUTE_MS);
  });
}

describe("silence about everything but life", () => {
  it("is busy from the third probe on, and wedged when patience ends", () => {
    const told = judged(Array(12).fill(false));
    expect(told).toEqual([null, null, ...Array(8).fill("busy"), "wedged", "wedged"]);
  });

  it("ends with an answer, and not by what says nothing", () => {
    expect(judged([false, false, true, false, false])).toEqual(Array(5).fill(null));
    expect(judged([false, false, null, false, null])).toEqual([null, null, null, "busy", "busy"]);
  });

  it("begins no later than now, when the clock has gone back", () => {
    const ahead = afterAside(null, false, 60 * MINUTE_MS);
    const back = afterAside(afterAside(ahead, false, 0), false, MINUTE_MS);
    expect(judgeAside(back, PATIENCE_MS, PATIENCE_MS)).toBe("wedged");
  });
});

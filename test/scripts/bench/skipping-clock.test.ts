/**
 * The clock of the pipeline rows: it goes on by itself, and leaves out what is only waiting.
 */
import { describe, expect, it } from "vitest";
import { SkippingClock } from "../../../scripts/bench/skipping-clock.ts";

const HOUR_MS = 3_600_000;

describe("SkippingClock", () => {
  it("runs what is due next and is then at that time, by both of its clocks", () => {
    const clock = new SkippingClock();
    const startMs = clock.monotonicMs();
    const startWallMs = clock.nowMs();
    const seen: number[] = [];
    clock.after(HOUR_MS, () => seen.push(clock.monotonicMs() - startMs, clock.nowMs() - startWallMs));
    clock.skip();
    expect(seen).toHaveLength(2);
    for (const passedMs of seen) expect(passedMs).toBeGreaterThanOrEqual(HOUR_MS);
  });

  it("runs timers in the order in which they are due, each once", () => {
    const clock = new SkippingClock();
    const ran: string[] = [];
    clock.after(2 * HOUR_MS, () => ran.push("second"));
    clock.after(HOUR_MS, () => ran.push("first"));
    clock.skip();
    clock.skip();
    expect(ran).toEqual(["first", "second"]);
    expect(() => clock.skip()).toThrow("nothing is due");
  });

  it("does not run what has been cancelled", () => {
    const clock = new SkippingClock();
    const ran: string[] = [];
    const cancel = clock.after(HOUR_MS, () => ran.push("cancelled"));
    clock.after(2 * HOUR_MS, () => ran.push("kept"));
    cancel();
    clock.skip();
    expect(ran).toEqual(["kept"]);
  });

  it("lets time pass by itself as well, so that a deadline is met without a skip", async () => {
    const clock = new SkippingClock();
    const startMs = clock.monotonicMs();
    // Its timers do not keep a process alive.
    const alive = setInterval(() => {}, HOUR_MS);
    await clock.sleep(5);
    clearInterval(alive);
    expect(clock.monotonicMs() - startMs).toBeGreaterThanOrEqual(5);
    expect(() => clock.skip()).toThrow("nothing is due");
  });
});

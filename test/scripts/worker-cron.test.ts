/** The cron events that a local Worker gets: expressions fire as on the platform, whichever a job has. */
import { describe, expect, it } from "vitest";
import { CRONS, isDueAt } from "../../scripts/worker/cron.ts";

const MINUTE_MS = 60_000;
const TUESDAY_10 = Date.parse("2026-03-10T10:00:00Z");

describe("a cron expression", () => {
  it.each([
    ["* * * * *", 1_440],
    ["*/5 * * * *", 288],
    ["0 3 * * *", 1],
    ["15,45 */6 * * *", 8],
    ["0-10/5 8-17 * * *", 30],
    ["30 4 10 3 *", 1],
    ["0 0 11 * *", 0],
    ["0 12 * * 3", 1],
    ["0 12 * * 2", 0],
  ])("%s fires %i times on Tuesday, the tenth of March", (cron, times) => {
    const midnight = TUESDAY_10 - 10 * 60 * MINUTE_MS;
    const minutes = Array.from({ length: 1_440 }, (_, minute) => midnight + minute * MINUTE_MS);
    expect(minutes.filter((atMs) => isDueAt(cron, atMs))).toHaveLength(times);
  });

  it("fires in the whole of its minute", () => {
    expect(isDueAt("0 10 * * *", TUESDAY_10 + MINUTE_MS - 1)).toBe(true);
    expect(isDueAt("0 10 * * *", TUESDAY_10 + MINUTE_MS)).toBe(false);
  });

  it("of every job can be fired", () => {
    expect(CRONS.filter((cron) => !isDueAt(cron, TUESDAY_10))).toEqual([]);
  });

  it("that cannot be fired is named", () => {
    expect(() => isDueAt("0 3 L * *", TUESDAY_10)).toThrow("a cron expression with L cannot be fired here");
  });
});

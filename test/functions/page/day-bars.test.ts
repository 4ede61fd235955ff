/** What of a day is drawn in which colour, and what is said of it. */
import { describe, expect, it } from "vitest";
import type { ServiceModel } from "../../../functions/page/read-service.ts";
import { Quarter } from "../../../functions/page/views/quarter.tsx";
import { dayColumns, describeDays } from "../../../functions/page/day-bars.ts";

const DAY_S = 86_400;
const NOTHING = { degraded: 0, maintenance: 0, unknown: 0, down: 0 };

type Seconds = Partial<typeof NOTHING & { readonly healthy: number }> | null;

function uptimeOf(days: readonly Seconds[]): ServiceModel["uptime"] {
  const column = (group: keyof typeof NOTHING) => days.map((day) => ({ ...NOTHING, ...day })[group]);
  const healthy = days.map(
    (day) => day && (day.healthy ?? DAY_S - Object.values(day).reduce((sum, each) => sum + each, 0)),
  );
  const figures = { name: "A", uptime_percent: 99.66, coverage_percent: 100, outages: 1, mttr_s: null, mtbf_s: null };
  return {
    ...figures,
    healthy,
    degraded: column("degraded"),
    maintenance: column("maintenance"),
    unknown: column("unknown"),
    down: column("down"),
  };
}

function partsOf(day: Seconds): Record<string, number> {
  const [column] = dayColumns(["2026-11-25"], uptimeOf([day]));
  return Object.fromEntries((column?.parts ?? []).map(({ group, share }) => [group, Math.round(share * 100)]));
}

describe("a day", () => {
  it.each<[string, Seconds, Record<string, number>]>([
    ["nothing was wrong", {}, { healthy: 100 }],
    ["nobody watched", null, {}],
    ["it was down for a minute", { down: 60 }, { down: 33, healthy: 67 }],
    ["it was down for ten minutes", { down: 600 }, { down: 50, healthy: 50 }],
    ["it was down for five hours", { down: 18_000 }, { down: 75, healthy: 25 }],
    ["it was down for seven hours", { down: 25_200 }, { down: 100 }],
    [
      "half of what was wrong was maintenance",
      { down: 1_000, maintenance: 1_000 },
      { down: 25, maintenance: 25, healthy: 50 },
    ],
    ["nothing is known of it", { unknown: DAY_S }, { unknown: 100 }],
    ["it was down for the ten seconds there were so far", { down: 10, healthy: 0 }, { down: 100 }],
  ])("on which %s", (_name, day, parts) => {
    expect(partsOf(day)).toEqual(parts);
  });
});

it("says in words what the picture shows", () => {
  const days = ["2026-11-22", "2026-11-23", "2026-11-24", "2026-11-25"];
  expect(describeDays(days, uptimeOf([null, { down: 60 }, { maintenance: 60 }, { down: 60 }]))).toBe(
    "4 days: 99.66 percent up, down on 2 days, in maintenance on 1 day, 1 day without data.",
  );
  expect(describeDays(["2026-11-25"], { ...uptimeOf([null]), uptime_percent: null })).toBe(
    "1 day: nothing was watched, down on 0 days, 1 day without data.",
  );
});

describe("the table of the days", () => {
  it.each<[string, readonly Seconds[], string]>([
    ["all of them were well", [null, {}], "On no day of them it was anything but healthy."],
    ["nobody watched", [null, null], "Nobody watched on any of them."],
  ])("says in a sentence that %s", (_what, lived, sentence) => {
    const days = lived.map((_day, index) => `2026-11-${25 + index}`);
    const markup: unknown = Quarter({ days, uptime: uptimeOf(lived), zone: "UTC" });
    expect(String(markup)).toContain(`<p>${sentence}</p>`);
  });
});

/** What the page of a service makes of the API's answers: figures, checks with their phases, rows of days. */
import { describe, expect, it } from "vitest";
import { dayRows } from "../../../functions/page/day-rows.ts";
import type { ServiceDocument } from "../../../functions/page/read-service.ts";
import { listRecentChecks, type ToldHealth } from "../../../functions/page/recent-checks.ts";
import { listFigures } from "../../../functions/page/service-figures.ts";
import { seriesOf } from "../../support/series.ts";
import { sentenceParts } from "../../../functions/page/sentence-parts.ts";

const AT = "2026-11-25T12:00:00.000Z";

describe("the figures of a service", () => {
  const period = (hours: number, up: number | null, coverage: number | null) => ({
    hours,
    since: AT,
    uptime_percent: up,
    coverage_percent: coverage,
    outages: 2,
    mttr_s: up === null ? null : 90,
    mtbf_s: null,
  });
  const figuresOf = (periods: ServiceDocument["periods"], series = seriesOf([0.041, 0.118])) =>
    // What else a service has is not looked at.
    listFigures({ periods } as ServiceDocument, series, "24h").map(({ label, value, note }) => [label, value, note]);

  it("are those of three periods, with what was watched where that is not all", () => {
    expect(figuresOf([period(24, 100, 100), period(168, 99.6, 87.5), period(2_160, 99.59, 100)])).toEqual([
      ["Uptime 24 h", "100 %", ""],
      ["Uptime 7 d", "99.60 %", "87.50 % watched"],
      ["Uptime 90 d", "99.59 %", ""],
      ["Response p50, 24 h", "41 ms", "of 2 answers"],
      ["Response p95, 24 h", "118 ms", "of 2 answers"],
      ["Outages 90 d", "2", ""],
      ["Recovery takes", "1 min 30 s", "on average (MTTR)"],
    ]);
  });

  it("are no numbers where nothing was measured", () => {
    const values = figuresOf([period(24, null, null)], seriesOf([null])).map(([, value]) => value);
    expect(values).toEqual([null, null, null, null, null]);
  });
});

describe("the last checks", () => {
  const told = (more: Partial<ToldHealth>): ToldHealth => ({
    status: "healthy",
    response_time: 0.02,
    checked_at: AT,
    ...more,
  });

  it("have their phases in order, as shares of the longest, and the one that the deadline ended", () => {
    const [quick, late] = listRecentChecks([
      told({ timings: { first_byte: 0.01, dns: 0.002, tcp: 0.003 } }),
      told({
        status: "timeout",
        response_time: 10,
        timings: { tcp: 0.01, first_byte: 0.14 },
        cut_off_in: "first_byte",
      }),
    ]);
    expect(quick?.phases.map(({ name, ms, share }) => [name, ms, Math.round(share * 100)])).toEqual([
      ["dns", 2, 1],
      ["tcp", 3, 2],
      ["first_byte", 10, 7],
    ]);
    expect(late).toMatchObject({ response: { ms: 10_000, isLimit: true }, cutOffIn: "first_byte" });
    expect(late?.phases.reduce((sum, { share }) => sum + share, 0)).toBeCloseTo(1);
  });

  it("have no response time where nothing answered, and no phases where nobody told them", () => {
    const [refused, bare] = listRecentChecks([
      told({ status: "error", response_time: 0.001, error: `${"x".repeat(70_000)}\u202e` }),
      told({ timings: undefined }),
      told({ checked_at: null }),
    ]);
    expect(refused?.response).toBeNull();
    expect(refused?.message).toHaveLength(200);
    expect(bare?.phases).toEqual([]);
  });
});

it("A sentence is shown in parts, of which those count on that the API says, and only where they still stand", () => {
  const [at, later] = ["2026-11-25T12:00:00.000Z", "2026-11-25T12:01:00.000Z"];
  const running = [
    { kind: "ago", at, text: "4 s ago" },
    { kind: "in", at: later, text: "in 56 s" },
  ] as const;
  const text = "The check of 4 s ago said: 4 s ago; next in 56 s.";
  expect(sentenceParts({ text, running: [...running] })).toEqual([
    "The check of ",
    { kind: "ago", atMs: Date.parse(at) },
    " said: 4 s ago; next ",
    { kind: "in", atMs: Date.parse(later) },
    ".",
  ]);
  const long = sentenceParts({
    text: `The check of 4 s ago said: ${"x".repeat(300)}, next in 56 s.`,
    running: [...running],
  });
  expect(long.slice(0, 2)).toEqual(["The check of ", { kind: "ago", atMs: Date.parse(at) }]);
  expect(long).toHaveLength(3);
  expect(sentenceParts({ text: "It is well.", running: [] })).toEqual(["It is well."]);
});

it("The rows of days are those on which something was, newest first, with what was up of what was watched", () => {
  const days = ["2026-11-22", "2026-11-23", "2026-11-24", "2026-11-25"];
  const uptime = {
    healthy: [null, 86_399, 0, 86_400],
    degraded: [0, 0, 0, 0],
    down: [0, 1, 0, 0],
    unknown: [0, 0, 80_000, 0],
    maintenance: [0, 0, 6_400, 0],
    uptime_percent: 99.9,
    coverage_percent: 100,
    outages: 1,
  };
  expect(dayRows(days, uptime)).toEqual([
    { day: "2026-11-24", seconds: [0, 0, 80_000, 6_400], uptimePercent: null },
    { day: "2026-11-23", seconds: [1, 0, 0, 0], uptimePercent: 99.99 },
  ]);
});

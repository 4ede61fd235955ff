import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { rollUp } from "../../../shared/domain/history/rollup.ts";
import { sampleSeries } from "../../../shared/domain/history/sample-series.ts";
import { isExact, layOutSeries, seriesOfRollups, seriesOfSamples } from "../../../shared/domain/history/series.ts";
import { CHECK_STATUSES, type Check } from "../../../shared/domain/monitoring/check.ts";
import { check, HOUR, T0 } from "../../support/checks.ts";

const DAY = 24 * HOUR;

const anyRange = fc
  .record({
    untilMs: fc.integer({ min: 1, max: 253_402_300_799_999 }),
    exponent: fc.double({ min: 0, max: 11.5, noNaN: true }),
  })
  .map(({ untilMs, exponent }) => ({ sinceMs: Math.max(0, untilMs - Math.ceil(10 ** exponent)), untilMs }));

function segmentOf(checks: readonly Check[]) {
  const byTime = checks.toSorted((left, right) => left.checkedAtMs - right.checkedAtMs);
  return {
    baseMs: T0,
    offsetsMs: byTime.map(({ checkedAtMs }) => checkedAtMs - T0),
    tenthMs: byTime.map(({ responseTimeMs }) => Math.round(responseTimeMs * 10)),
    verdicts: byTime,
  };
}

describe("columns of a series", () => {
  it("are no more than asked for, aligned, touch the range, and cover it but for less than a column at its beginning", () => {
    fc.assert(
      fc.property(anyRange, fc.integer({ min: 1, max: 1_000 }), (range, points) => {
        const { startMs, stepMs, count } = layOutSeries(range, points);
        const endMs = startMs + count * stepMs;
        expect(count).toBeGreaterThanOrEqual(1);
        expect(count).toBeLessThanOrEqual(points);
        expect(startMs % stepMs).toBe(0);
        expect(endMs).toBeGreaterThanOrEqual(range.untilMs);
        expect(endMs - stepMs).toBeLessThan(range.untilMs);
        expect(startMs + stepMs).toBeGreaterThan(range.sinceMs);
        expect(startMs - range.sinceMs).toBeLessThan(stepMs);
        if (!isExact({ startMs, stepMs, count })) expect(stepMs < DAY ? DAY % stepMs : stepMs % DAY).toBe(0);
        if (!isExact({ startMs, stepMs, count })) expect(stepMs % HOUR).toBe(0);
      }),
    );
  });

  it.each([
    { days: 1, stepS: 300 },
    { days: 0.25, stepS: 120 },
    { days: 7, stepS: 3_600 },
    { days: 90, stepS: 43_200 },
    { days: 365, stepS: 172_800 },
  ])("of $days days are $stepS s wide", ({ days, stepS }) => {
    const untilMs = T0 + 1_234;
    expect(layOutSeries({ sinceMs: untilMs - days * DAY, untilMs }, 288).stepMs).toBe(stepS * 1_000);
  });

  const anyCheck = fc
    .record({
      offsetMs: fc.integer({ min: 0, max: 6 * HOUR - 1 }),
      status: fc.constantFrom(...CHECK_STATUSES),
      tenths: fc.integer({ min: 10, max: 600_000 }),
    })
    .map(({ offsetMs, status, tenths }) => check("a", T0 + offsetMs, { status, responseTimeMs: tenths / 10 }));

  it("have the exact percentiles of their answers, and those of rollups are within 2 % of them", () => {
    const grid = { startMs: T0, stepMs: HOUR, count: 6 };
    fc.assert(
      fc.property(fc.array(anyCheck, { maxLength: 80 }), (checks) => {
        const exact = seriesOfSamples(grid, sampleSeries([segmentOf(checks)], { sinceMs: T0, untilMs: T0 + 6 * HOUR }));
        const parts = checks.map((each) => ({ atMs: each.checkedAtMs, rollup: rollUp([each]) }));
        const rolledUp = seriesOfRollups(grid, parts);
        const answers = checks
          .filter(({ status }) => ["healthy", "degraded", "unhealthy"].includes(status))
          .map(({ responseTimeMs }) => responseTimeMs)
          .sort((left, right) => left - right);
        const at = (q: number): number | null => answers[Math.max(0, Math.ceil(answers.length * q) - 1)] ?? null;
        expect(exact.total).toEqual({
          count: answers.length,
          p50Ms: at(0.5),
          p95Ms: at(0.95),
          p995Ms: at(0.995),
          maxMs: answers.at(-1) ?? null,
        });
        expect(rolledUp.total).toMatchObject({ count: answers.length, maxMs: answers.at(-1) ?? null });
        const [all, allRolledUp] = [exact.total.p95Ms ?? 1, rolledUp.total.p95Ms ?? 1];
        expect(Math.abs(allRolledUp - all) / all).toBeLessThan(0.0195);
        exact.points.forEach((point, column) => {
          const own = checks.filter(({ checkedAtMs }) => Math.floor((checkedAtMs - T0) / HOUR) === column);
          const times = own
            .filter(({ status }) => ["healthy", "degraded", "unhealthy"].includes(status))
            .map(({ responseTimeMs }) => responseTimeMs)
            .sort((left, right) => left - right);
          const waited = own.filter(({ status }) => status === "timeout").map(({ responseTimeMs }) => responseTimeMs);
          const median = times[Math.ceil(times.length / 2) - 1] ?? null;
          expect(point).toMatchObject({ count: times.length, p50Ms: median, maxMs: times.at(-1) ?? null });
          expect([point.timeouts, point.longestTimeoutMs]).toEqual([
            waited.length,
            waited.length === 0 ? null : Math.max(...waited),
          ]);
          const other = rolledUp.points[column];
          expect(other).toMatchObject({
            count: point.count,
            maxMs: point.maxMs,
            timeouts: point.timeouts,
            longestTimeoutMs: point.longestTimeoutMs,
          });
          for (const percentile of ["p50Ms", "p95Ms"] as const) {
            const [mine, theirs] = [point[percentile], other?.[percentile] ?? null];
            if (mine === null || theirs === null) expect(theirs).toBe(mine);
            else expect(Math.abs(theirs - mine) / mine).toBeLessThan(0.0195);
          }
        });
      }),
    );
  });
});

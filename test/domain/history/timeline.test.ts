/** What a chart of columns shows of a service, whatever it has lived. */
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { clipSpans } from "../../../shared/domain/history/episodes.ts";
import { layOutTimeline, timelineRuns, timelineSeconds } from "../../../shared/domain/history/timeline.ts";
import { UPTIME_KINDS, type KindSpan, type UptimeKind } from "../../../shared/domain/history/uptime-kind.ts";

const T0_MS = Date.UTC(2026, 10, 25);
const RANGE = { sinceMs: T0_MS, untilMs: T0_MS + 100_000 };
const GRID = layOutTimeline(RANGE, 10);

function spansOf(...given: readonly (readonly [fromS: number, untilS: number, kind: UptimeKind])[]): KindSpan[] {
  return given.map(([fromS, untilS, kind]) => ({
    sinceMs: T0_MS + fromS * 1_000,
    untilMs: T0_MS + untilS * 1_000,
    kind,
  }));
}

function shown(spans: readonly KindSpan[]): (readonly [number, UptimeKind | null])[] {
  return timelineRuns(spans, GRID).map(({ sinceMs, kind }) => [(sinceMs - T0_MS) / 1_000, kind]);
}

/** Spans that touch each other, from some moment within the range on. */
const lives = fc
  .tuple(
    fc.integer({ min: 0, max: 99 }),
    fc.array(fc.tuple(fc.integer({ min: 1, max: 40_000 }), fc.constantFrom(...UPTIME_KINDS))),
  )
  .map(([startS, parts]) => {
    let atMs = T0_MS + startS * 1_000;
    return parts.flatMap(([lengthMs, kind]): KindSpan[] => {
      const span = { sinceMs: atMs, untilMs: Math.min(atMs + lengthMs, RANGE.untilMs), kind };
      atMs = span.untilMs;
      return span.sinceMs < span.untilMs ? [span] : [];
    });
  });

describe("a timeline", () => {
  it("shows an outage of a moment in a whole column, and nothing where nobody watched yet", () => {
    expect(shown(spansOf([25, 60.5, "healthy"], [60.5, 60.6, "down"], [60.6, 100, "healthy"]))).toEqual([
      [0, null],
      [20, "healthy"],
      [60, "down"],
      [70, "healthy"],
    ]);
    expect(shown([])).toEqual([[0, null]]);
  });

  it("never takes what is unknown or in maintenance for well", () => {
    const spans = spansOf(
      [0, 15, "healthy"],
      [15, 16, "maintenance"],
      [16, 25, "healthy"],
      [25, 26, "unknown"],
      [26, 100, "healthy"],
    );
    expect(shown(spans)).toEqual([
      [0, "healthy"],
      [10, "maintenance"],
      [20, "unknown"],
      [30, "healthy"],
    ]);
  });

  it("covers the range, and hides no moment at which it was down", () => {
    const property = fc.property(lives, (spans) => {
      const runs = timelineRuns(spans, GRID);
      expect(runs[0]?.sinceMs).toBe(RANGE.sinceMs);
      for (const [index, run] of runs.entries()) {
        expect(run.kind).not.toBe(runs[index + 1]?.kind);
        const untilMs = runs[index + 1]?.sinceMs ?? RANGE.untilMs;
        expect(untilMs).toBeGreaterThan(run.sinceMs);
        const within = spans.filter((span) => clipSpans([span], { sinceMs: run.sinceMs, untilMs }).length > 0);
        const kinds = new Set(within.map(({ kind }) => kind));
        if (run.kind !== "down") expect(kinds).not.toContain("down");
        if (run.kind === "healthy") expect(kinds).toEqual(new Set(["healthy"]));
        if (run.kind === null) expect(kinds.size).toBe(0);
        else expect(kinds).toContain(run.kind);
      }
    });
    fc.assert(property);
  });

  it("counts the seconds of each kind within the range alone", () => {
    const spans = spansOf([-50, 10, "down"], [10, 90, "healthy"], [90, 150, "degraded"]);
    expect(timelineSeconds(spans, RANGE)).toEqual({ healthy: 80, degraded: 10, maintenance: 0, unknown: 0, down: 10 });
  });

  it("has columns of whole seconds, as many as asked for at most", () => {
    const property = fc.property(
      fc.integer({ min: 1, max: 1_000 }),
      fc.integer({ min: 1, max: 4e10 }),
      (points, lengthMs) => {
        const { stepMs } = layOutTimeline({ sinceMs: T0_MS, untilMs: T0_MS + lengthMs }, points);
        expect(stepMs % 1_000).toBe(0);
        expect(Math.ceil(lengthMs / stepMs)).toBeLessThanOrEqual(points);
      },
    );
    fc.assert(property);
  });
});

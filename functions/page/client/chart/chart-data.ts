/**
 * A series as a chart takes it: columns side by side, spans and marks as seconds since 1970. Pure; drawn by chart-view.ts.
 * Invariants: what was not measured is null, also in the middle of a line; what lies above the scale is marked, not drawn.
 */
import type { Reason } from "../../../../shared/domain/monitoring/check.ts";
import { REASON_WORDS } from "../../../../shared/domain/monitoring/reason-words.ts";

/** As GET /series answers it. */
export interface SeriesAnswer {
  readonly since: string;
  readonly until: string;
  readonly step_s: number;
  readonly t: readonly number[];
  readonly p50: readonly (number | null)[];
  readonly p95: readonly (number | null)[];
  readonly max: readonly (number | null)[];
  readonly count: readonly number[];
  readonly timeouts: readonly number[];
  readonly total: { readonly p99_5: number | null };
  readonly outages: readonly {
    readonly since: string;
    readonly until: string | null;
    readonly reason: Reason | null;
  }[];
  readonly maintenance: readonly { readonly since: string; readonly until: string | null }[];
  readonly marks: readonly { readonly at: string; readonly text: string }[];
}

type Column = (number | null)[];

export interface Span {
  readonly fromS: number;
  readonly toS: number;
  readonly text: string;
}

export interface ChartData {
  /** Middles of the columns, p50, p95, and single late answers. */
  readonly columns: [number[], Column, Column, Column];
  readonly stepS: number;
  readonly max: readonly (number | null)[];
  readonly counts: readonly number[];
  readonly timeouts: readonly number[];
  /** Seconds. */
  readonly top: number;
  /** Of all that is drawn, for a scale that has no nought. */
  readonly least: number;
  /** Where something lies above the scale. */
  readonly clipped: readonly number[];
  readonly outages: readonly Span[];
  readonly maintenance: readonly Span[];
  readonly marks: readonly { readonly atS: number; readonly text: string }[];
}

/** As chart.ts of the server has them. */
const HEADROOM = 1.1;
const LOWEST_TOP = 0.01;
const OUTLIER = 3;

export function chartData(series: SeriesAnswer, nowMs: number): ChartData {
  const { t, p50, p95, max, step_s: stepS } = series;
  const xs = t.map((atS) => atS + stepS / 2);
  const top = Math.max(LOWEST_TOP, HEADROOM * (series.total.p99_5 ?? 0));
  const outliers = max.map((seconds, index) => {
    const usual = p95[index] ?? null;
    return seconds !== null && usual !== null && seconds > OUTLIER * usual ? seconds : null;
  });
  const isAbove = (index: number): boolean => Math.max(p95[index] ?? 0, outliers[index] ?? 0) > top;
  const endS = Math.min(nowMs, Date.parse(series.until)) / 1_000;
  const spanOf = ({ since, until }: { readonly since: string; readonly until: string | null }) => ({
    fromS: Date.parse(since) / 1_000,
    toS: until === null ? endS : Date.parse(until) / 1_000,
  });
  const measured = p50.filter((value) => value !== null && value > 0) as number[]; // as the filter says
  return {
    columns: [xs, [...p50], [...p95], outliers.map((seconds) => (seconds !== null && seconds <= top ? seconds : null))],
    stepS,
    max,
    counts: series.count,
    timeouts: series.timeouts,
    top,
    least: Math.min(...measured, top / 10),
    clipped: xs.filter((_, index) => isAbove(index)),
    outages: series.outages.map((outage) => ({
      ...spanOf(outage),
      text: outage.reason === null ? "" : REASON_WORDS[outage.reason],
    })),
    maintenance: series.maintenance.map((each) => ({ ...spanOf(each), text: "" })),
    marks: series.marks.map(({ at, text }) => ({ atS: Date.parse(at) / 1_000, text })),
  };
}

/**
 * Response times over a range as a picture: where lines, outages, marks and labels lie. Pure; drawn by views/service-chart.tsx.
 * Invariants: where nothing answered there is no point and no line through it; the scale begins at nought; what lies above it is marked.
 */
import type { Reason } from "../../shared/domain/monitoring/check.ts";
import { REASON_WORDS } from "../../shared/domain/monitoring/reason-words.ts";
import { RANGES, type RangeName } from "./ranges.ts";
import type { Series } from "./read-service.ts";

export const CHART = { width: 960, height: 200 } as const;

/** Above the time within which nearly all answers came, so that one late answer does not flatten a day; what is later is marked. */
const HEADROOM = 1.1;
/** Seconds, where nothing is slower. */
const LOWEST_TOP = 0.01;
/** A latest answer that is so many times later than most others is shown by itself. */
const OUTLIER = 3;

export interface ChartInput {
  readonly series: Series;
  readonly range: RangeName;
  /** Seconds; null: none is configured. */
  readonly slowAfterS: number | null;
  readonly nowMs: number;
}

/** From left to right; x within the width, y within the height. */
export interface ChartShape {
  /** Seconds. */
  readonly top: number;
  readonly p50: string;
  /** Between p50 and p95. */
  readonly band: string;
  /** Single late answers. */
  readonly dots: readonly { readonly x: number; readonly y: number }[];
  /** Where something lies above the scale. */
  readonly clipped: readonly number[];
  readonly outages: readonly (Bar & { readonly label: OutageLabel | null })[];
  readonly maintenance: readonly Bar[];
  readonly marks: readonly number[];
  /** Null: it lies above the scale, or none is configured. */
  readonly slowAfterY: number | null;
  readonly ticks: readonly { readonly x: number; readonly atMs: number }[];
}

/** Why, in words, where it hides no other's. */
export interface OutageLabel {
  readonly text: string;
  /** It stands before where the outage begins: behind it there is no room. */
  readonly isBefore: boolean;
}

interface Bar {
  readonly x: number;
  readonly width: number;
}

export function chartOf({ series, range, slowAfterS, nowMs }: ChartInput): ChartShape {
  const { t, p50, p95, step_s: stepS } = series;
  const [sinceMs, untilMs] = [Date.parse(series.since), Date.parse(series.until)];
  const xOf = (atMs: number): number => round((CHART.width * (atMs - sinceMs)) / (untilMs - sinceMs));
  const xs = t.map((atS) => xOf((atS + stepS / 2) * 1_000));
  const top = Math.max(LOWEST_TOP, HEADROOM * (series.total.p99_5 ?? 0));
  const yOf = (seconds: number): number => round(CHART.height * (1 - Math.min(1, seconds / top)));
  const barOf = ({ since, until }: { readonly since: string; readonly until: string | null }): Bar => {
    const x = xOf(Math.max(sinceMs, Date.parse(since)));
    const end = xOf(until === null ? Math.min(untilMs, nowMs) : Date.parse(until));
    return { x, width: round(Math.max(1, end - x)) };
  };
  const outliers = findOutliers(series).map(({ index, seconds }) => ({ x: xs[index] ?? 0, seconds }));
  const over = [...p95.map((value, index) => ({ x: xs[index] ?? 0, seconds: value ?? 0 })), ...outliers];
  return {
    top,
    p50: linePath(xs, p50, yOf),
    band: bandPath(xs, { p50, p95 }, yOf),
    dots: outliers.filter(({ seconds }) => seconds <= top).map(({ x, seconds }) => ({ x, y: yOf(seconds) })),
    clipped: [...new Set(over.filter(({ seconds }) => seconds > top).map(({ x }) => x))],
    outages: withLabels(series.outages.map((outage) => ({ bar: barOf(outage), reason: outage.reason }))),
    maintenance: series.maintenance.map(barOf),
    marks: series.marks.map(({ at }) => xOf(Date.parse(at))),
    slowAfterY: slowAfterS === null || slowAfterS > top ? null : yOf(slowAfterS),
    ticks: ticksOf({ sinceMs, untilMs, tickMs: RANGES[range].tickMs }).map((atMs) => ({ x: xOf(atMs), atMs })),
  };
}

function findOutliers({ p95, max }: Series): { readonly index: number; readonly seconds: number }[] {
  return max.flatMap((seconds, index) => {
    const usual = p95[index] ?? null;
    return seconds !== null && usual !== null && seconds > OUTLIER * usual ? [{ index, seconds }] : [];
  });
}

type YOf = (seconds: number) => number;

/** A new line begins after each gap; a point alone is a short dash. */
function linePath(xs: readonly number[], values: Series["p50"], yOf: YOf): string {
  let [path, isOn] = ["", false];
  for (const [index, value] of values.entries()) {
    const x = xs[index] ?? 0;
    if (value !== null) path += isOn ? `L${x} ${yOf(value)}` : `M${x} ${yOf(value)}h1`;
    isOn = value !== null;
  }
  return path;
}

/** A shape for each time without a gap: there along the one line, back along the other. */
function bandPath(xs: readonly number[], { p50, p95 }: Pick<Series, "p50" | "p95">, yOf: YOf): string {
  let path = "";
  let [there, back]: [string[], string[]] = [[], []];
  const end = (): void => {
    if (there.length > 0) path += `M${[...there, ...back.toReversed()].join("L")}z`;
    [there, back] = [[], []];
  };
  for (const [index, x] of xs.entries()) {
    const [half, most] = [p50[index] ?? null, p95[index] ?? null];
    if (half === null || most === null) end();
    else {
      there.push(`${x} ${yOf(most)}`);
      back.push(`${x} ${yOf(half)}`);
    }
  }
  end();
  return path;
}

/** Of a character and of the gaps, in px of a phone: a picture is no narrower than that, and its words do not shrink with it. */
const CHARACTER_PX = 6.5;
const GAPS_PX = 10;
const NARROWEST_PX = 358;

/** Of neighbours that would hide each other's the first has one. */
function withLabels(outages: readonly { readonly bar: Bar; readonly reason: Reason | null }[]): ChartShape["outages"] {
  let freeFrom = -Infinity;
  return outages.map(({ bar, reason }) => {
    if (reason === null) return { ...bar, label: null };
    const text = REASON_WORDS[reason];
    const width = ((text.length * CHARACTER_PX + GAPS_PX) * CHART.width) / NARROWEST_PX;
    const isBefore = bar.x + width > CHART.width;
    const from = isBefore ? bar.x - width : bar.x;
    if (from < freeFrom) return { ...bar, label: null };
    freeFrom = from + width;
    return { ...bar, label: { text, isBefore } };
  });
}

/** Whole ones in UTC; none so near to an end that its label would be cut. */
function ticksOf(axis: { readonly sinceMs: number; readonly untilMs: number; readonly tickMs: number }): number[] {
  const { sinceMs, untilMs, tickMs } = axis;
  const marginMs = (untilMs - sinceMs) * 0.03;
  const first = Math.ceil((sinceMs + marginMs) / tickMs) * tickMs;
  const count = Math.max(0, Math.floor((untilMs - marginMs - first) / tickMs) + 1);
  return Array.from({ length: count }, (_, index) => first + index * tickMs);
}

const round = (value: number): number => Math.round(value * 10) / 10;

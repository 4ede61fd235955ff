/**
 * A day of response times as lines: where the points lie. Pure; drawn by views/chart.tsx.
 * Invariants: where nothing answered there is no point and no line through it; the scale begins at nought.
 */
import type { Series } from "./read-service.ts";

export const CHART = { width: 960, height: 200 } as const;

/** Of all that is drawn, so that one late answer does not flatten a day: what is later touches the top. */
const TOP_QUANTILE = 0.995;
const HEADROOM = 1.1;
/** Seconds, where nothing is slower. */
const LOWEST_TOP = 0.01;

export interface ChartShape {
  /** Seconds. */
  readonly top: number;
  readonly p50: string;
  readonly p95: string;
  /** Where it was down, from left to right. */
  readonly outages: readonly { readonly x: number; readonly width: number }[];
}

export function chartOf({ since, until, t, p50, p95, outages, step_s: stepS }: Series): ChartShape {
  const [fromS, toS] = [Date.parse(since) / 1_000, Date.parse(until) / 1_000];
  const xOf = (atS: number): number => (CHART.width * (atS - fromS)) / (toS - fromS);
  const top = findTop(p95);
  const yOf = (seconds: number): number => CHART.height * (1 - Math.min(1, seconds / top));
  const line = (values: Series["p50"]): string =>
    pathOf(
      t.map((atS) => xOf(atS + stepS / 2)),
      values,
      yOf,
    );
  return {
    top,
    p50: line(p50),
    p95: line(p95),
    outages: outages.map((outage) => {
      const x = xOf(Date.parse(outage.since) / 1_000);
      const end = outage.until === null ? CHART.width : xOf(Date.parse(outage.until) / 1_000);
      return { x: round(x), width: round(Math.max(1, end - x)) };
    }),
  };
}

function findTop(values: Series["p95"]): number {
  const measured = values.filter((value) => value !== null).toSorted((left, right) => left - right);
  const highest = measured[Math.min(measured.length - 1, Math.floor(measured.length * TOP_QUANTILE))] ?? 0;
  return Math.max(LOWEST_TOP, highest * HEADROOM);
}

/** A new line begins after each gap; a point alone is a short dash. */
function pathOf(xs: readonly number[], values: Series["p50"], yOf: (seconds: number) => number): string {
  let [path, isOn] = ["", false];
  for (const [index, value] of values.entries()) {
    const x = xs[index] ?? 0;
    if (value !== null) path += isOn ? `L${round(x)} ${round(yOf(value))}` : `M${round(x)} ${round(yOf(value))}h1`;
    isOn = value !== null;
  }
  return path;
}

const round = (value: number): number => Math.round(value * 10) / 10;

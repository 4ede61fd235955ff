/**
 * How far back the chart of a service goes: what the links say, and what of the past is asked for. Pure.
 * Used by read-service.ts and views/service-chart.tsx. Invariant: a range is one of these; whatever else an address says is refused.
 */
const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;

interface Range {
  /** As the link says it. */
  readonly label: string;
  /** Behind "Last". */
  readonly words: string;
  readonly ms: number;
  /** Between two labels of the axis. */
  readonly tickMs: number;
}

export const RANGES = {
  "1h": { label: "1 h", words: "hour", ms: HOUR_MS, tickMs: HOUR_MS / 6 },
  "6h": { label: "6 h", words: "6 hours", ms: 6 * HOUR_MS, tickMs: HOUR_MS },
  "24h": { label: "24 h", words: "24 hours", ms: DAY_MS, tickMs: 4 * HOUR_MS },
  "7d": { label: "7 d", words: "7 days", ms: 7 * DAY_MS, tickMs: DAY_MS },
  "30d": { label: "30 d", words: "30 days", ms: 30 * DAY_MS, tickMs: 5 * DAY_MS },
  "90d": { label: "90 d", words: "90 days", ms: 90 * DAY_MS, tickMs: 15 * DAY_MS },
  "1y": { label: "1 y", words: "year", ms: 365 * DAY_MS, tickMs: 60 * DAY_MS },
} as const satisfies Readonly<Record<string, Range>>;

export type RangeName = keyof typeof RANGES;

export const RANGE_NAMES = Object.keys(RANGES) as readonly RangeName[]; // of a constant of exactly these

const DEFAULT: RangeName = "24h";

/** Null: there is no such range. */
export function readRange(name: string | undefined): RangeName | null {
  return name === undefined ? DEFAULT : (RANGE_NAMES.find((each) => each === name) ?? null);
}

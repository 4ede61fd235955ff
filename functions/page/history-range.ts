/** The ranges that the view History offers, by their words in its address. Pure. */
import { DAY_MS, formatTimestamp } from "../../shared/domain/text/timestamp.ts";

export const RANGES = {
  "24h": { label: "24 h", days: 1 },
  "7d": { label: "7 days", days: 7 },
  "30d": { label: "30 days", days: 30 },
} as const;

export type RangeName = keyof typeof RANGES;

export interface HistoryRange {
  readonly name: RangeName;
  /** As the API takes them. */
  readonly since: string;
  readonly until: string;
}

/** What is no range of ours is a day. */
export function readRange(text: string | null, nowMs: number): HistoryRange {
  const name: RangeName = text !== null && Object.hasOwn(RANGES, text) ? (text as RangeName) : "24h";
  return { name, since: formatTimestamp(nowMs - RANGES[name].days * DAY_MS), until: formatTimestamp(nowMs) };
}

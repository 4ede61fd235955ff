/**
 * Whether people can be told, as the view Setup shows it: each channel with what it is for and how it does, the last test of each, and
 * the last drill. Pure. Invariant: what has not ended is never shown as if it had; text of receivers is clean and short.
 */
import { formatDuration } from "../../shared/domain/text/duration-text.ts";
import { parseTimestamp } from "../../shared/domain/text/timestamp.ts";
import { shorten } from "./shorten.ts";
import type { Channels, Drills } from "./read-setup.ts";
import type { StatusGroup } from "./status-words.ts";

type ChannelJson = Channels["channels"][number];
type TestJson = NonNullable<ChannelJson["last_test"]>;

export interface ChannelRow {
  readonly name: string;
  readonly type: string;
  readonly group: StatusGroup;
  readonly state: string;
  /** `critical at once, warning after 15 min`. */
  readonly purpose: string;
  readonly deliveredAtMs: number | null;
  readonly receipt: string | null;
  readonly failedAtMs: number | null;
  /** Why, as far as it is known. */
  readonly failure: string | null;
  readonly pending: number;
  readonly test: TestRow | null;
}

export interface TestRow {
  readonly startedAtMs: number;
  readonly by: string;
  readonly isRunning: boolean;
  /** How long it has been running, or took; null: nobody knows. */
  readonly tookMs: number | null;
  readonly group: StatusGroup;
  readonly text: string;
}

const STATES: Readonly<Record<ChannelJson["state"], readonly [StatusGroup, string]>> = {
  working: ["healthy", "Working"],
  unused: ["unknown", "Not used yet"],
  retrying: ["degraded", "Trying again"],
  broken: ["down", "Broken"],
};

export function channelRows({ channels }: Channels, nowMs: number): ChannelRow[] {
  return channels.map((each) => {
    const [group, state] = STATES[each.state];
    const why = [each.failure, each.message].filter((part) => part !== null).join(": ");
    return {
      name: each.name,
      type: each.type,
      group,
      state,
      purpose: purposeOf(each),
      deliveredAtMs: instantOf(each.last_delivery),
      receipt: each.last_receipt === null ? null : shorten(each.last_receipt),
      failedAtMs: instantOf(each.last_failure),
      failure: why === "" ? null : shorten(why),
      pending: each.pending,
      test: each.last_test && testRow(each.last_test, nowMs),
    };
  });
}

function purposeOf({ used_for: uses }: ChannelJson): string {
  if (uses.length === 0) return "nothing: no policy names it";
  return uses
    .map(
      ({ severity, after_s: afterS }) =>
        `${severity} ${afterS === 0 ? "at once" : `after ${formatDuration(afterS * 1_000)}`}`,
    )
    .join(", ");
}

const OUTCOMES: Readonly<Record<NonNullable<TestJson["outcome"]>, readonly [StatusGroup, string]>> = {
  accepted: ["healthy", "taken by the receiver"],
  deferred: ["degraded", "not taken now"],
  refused: ["down", "refused"],
};

function testRow(test: TestJson, nowMs: number): TestRow {
  const startedAtMs = parseTimestamp(test.started_at) ?? nowMs;
  const endedAtMs = instantOf(test.ended_at);
  const common = { startedAtMs, by: test.by, isRunning: test.state === "running" };
  if (common.isRunning)
    return { ...common, tookMs: Math.max(0, nowMs - startedAtMs), group: "unknown", text: "under way" };
  if (test.state === "lost" || test.outcome === null)
    return { ...common, tookMs: null, group: "unknown", text: "nobody knows what became of it" };
  const [group, word] = OUTCOMES[test.outcome];
  const said = [test.reason, test.message, test.receipt].filter((part) => part !== null).join(": ");
  const text = said === "" ? word : `${word} (${shorten(said)})`;
  return { ...common, tookMs: endedAtMs === null ? null : Math.max(0, endedAtMs - startedAtMs), group, text };
}

export interface DrillModel {
  readonly startedAtMs: number;
  /** So far, while it runs. */
  readonly lastedMs: number;
  readonly isRunning: boolean;
  readonly group: StatusGroup;
  readonly sentence: string;
  readonly answered: number;
  readonly channels: readonly { readonly name: string; readonly group: StatusGroup; readonly text: string }[];
}

const DRILL_STATES: Readonly<Record<NonNullable<Drills["drill"]>["state"], readonly [StatusGroup, string]>> = {
  running: ["unknown", "Not every receiver has answered."],
  passed: ["healthy", "Every receiver has taken it."],
  failed: ["down", "A receiver will never take it."],
};

const RECEIVER_STATES = {
  pending: ["unknown", "waits"],
  sent: ["healthy", "taken"],
  failed: ["down", "not taken"],
} as const;

/** Null: there never was one. */
export function drillModel({ drill }: Drills, nowMs: number): DrillModel | null {
  if (drill === null) return null;
  const startedAtMs = parseTimestamp(drill.started_at) ?? nowMs;
  const isRunning = drill.channels.some(({ state }) => state === "pending");
  const ends = drill.channels.map(({ ended_at: endedAt }) => instantOf(endedAt) ?? startedAtMs);
  const [group, sentence] = DRILL_STATES[drill.state];
  return {
    startedAtMs,
    lastedMs: Math.max(0, (isRunning ? nowMs : Math.max(startedAtMs, ...ends)) - startedAtMs),
    isRunning,
    group,
    sentence,
    answered: drill.channels.filter(({ state }) => state !== "pending").length,
    channels: drill.channels.map(({ name, state, failure }) => {
      const [own, word] = RECEIVER_STATES[state];
      return { name, group: own, text: failure === null ? word : `${word}: ${failure}` };
    }),
  };
}

/** A receiver that is away is tried for a day; after a minute who still watches looks again. */
const WATCHED_MS = 60_000;

/** Whether the page is to be loaded again by itself. */
export function isUnderWay(rows: readonly ChannelRow[], drill: DrillModel | null, nowMs: number): boolean {
  if (rows.some(({ test }) => test?.isRunning)) return true;
  return drill !== null && drill.isRunning && nowMs - drill.startedAtMs < WATCHED_MS;
}

function instantOf(text: string | null): number | null {
  return text === null ? null : parseTimestamp(text);
}

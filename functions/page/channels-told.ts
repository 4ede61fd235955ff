/**
 * Which channels know of an open alert, by what their receivers have taken. Pure.
 * Made for the cards of Now; views/life-line.tsx has the whole life. Invariants: "taken" is a receiver's receipt, never what was decided;
 * who has taken a message knows of the alert, whatever became of a later one.
 */
import type { AlertMessage } from "../../shared/domain/alerting/alert-timeline.ts";
import { channelOf } from "../../shared/domain/alerting/recipient.ts";
import { isRemediation } from "../../shared/domain/alerting/remediation.ts";

export interface ToldChannel {
  readonly channel: string;
  readonly state: keyof typeof TOLD_STATES;
  /** Since when that is so; null: nothing is known of it. */
  readonly atMs: number | null;
  /** Why it was not taken, in words; null: nothing went wrong. */
  readonly failure: string | null;
}

/** What most decides what is said of a channel comes first: one of its recipients is enough. */
export const TOLD_STATES = {
  taken: { sign: "✓", word: "taken" },
  waits: { sign: "…", word: "waits since" },
  retried: { sign: "✗", word: "not taken, is tried again" },
  refused: { sign: "✗", word: "not taken" },
  /** No message is known, as it was decided long ago. */
  decided: { sign: "", word: "" },
} as const;

const BY_WEIGHT = Object.keys(TOLD_STATES);

/** @param decided channels that are to be told, which come first; @param messages about this alert, oldest first */
export function channelsTold(decided: readonly string[], messages: readonly AlertMessage[]): ToldChannel[] {
  const told = new Map<string, ToldChannel>();
  for (const channel of decided) told.set(channel, { channel, state: "decided", atMs: null, failure: null });
  for (const message of messages) {
    if (isRemediation(message.channel)) continue;
    const next = ofMessage(message);
    const before = told.get(next.channel);
    if (!before || weightOf(next) <= weightOf(before)) told.set(next.channel, next);
  }
  return [...told.values()];
}

function weightOf({ state }: ToldChannel): number {
  return BY_WEIGHT.indexOf(state);
}

function ofMessage({ channel, state, createdAtMs, endedAtMs, failure }: AlertMessage): ToldChannel {
  const words = failure === null ? null : failure.replaceAll("_", " ");
  const told = { channel: channelOf(channel), atMs: endedAtMs ?? createdAtMs, failure: words };
  if (state === "sent") return { ...told, state: "taken", failure: null };
  if (state === "failed") return { ...told, state: "refused" };
  return { ...told, state: failure === null ? "waits" : "retried" };
}

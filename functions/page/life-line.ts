/**
 * The life of an alert as the steps of a line: failed → fired → told → acknowledged → what comes next. Pure.
 * Made of the API's timeline for the view Alerts. Invariants: "told" is what a receiver took, never what was decided; text of people
 * is clean and short.
 */
import { parseTimestamp } from "../../shared/domain/text/timestamp.ts";
import type { alertsEndpoint } from "../endpoints/alerts.ts";
import type { AnswerOf } from "./own-api.ts";
import { shorten } from "./shorten.ts";
import { wellAgain } from "./status-words.ts";

export type OpenAlertJson = AnswerOf<typeof alertsEndpoint>["details"][number];
type EventJson = NonNullable<OpenAlertJson["timeline"]>[number];

export interface LifeStep {
  /** Null: that is how it is now. */
  readonly atMs: number | null;
  readonly text: string;
  /** Whether it went well, in a sign and in a word for who does not see it; null: there is nothing to say. */
  readonly outcome: keyof typeof OUTCOMES | null;
  /** How often it happened in a row; the last time counts. */
  readonly times: number;
  /** What the receiver calls the message, clean and short; null: it says nothing. */
  readonly receipt: string | null;
  /** When it is over; null: that is not said. */
  readonly untilMs: number | null;
  readonly isFuture: boolean;
}

export const OUTCOMES = {
  taken: { sign: "✓", word: "taken" },
  waits: { sign: "…", word: "waits" },
  refused: { sign: "✗", word: "not taken" },
} as const;

const STEP = { outcome: null, times: 1, receipt: null, untilMs: null, isFuture: false } as const;

export function lifeLine(alert: OpenAlertJson): LifeStep[] {
  const past = (alert.timeline ?? []).map((event) => stepOf(event, alert));
  const nextMs = alert.next_escalation_at === null ? null : parseTimestamp(alert.next_escalation_at);
  const next = { ...STEP, atMs: nextMs, text: `next: ${alert.next_channels.join(", ")}`, isFuture: true };
  return [...joinRepeated(past), ...presentOf(alert), ...(nextMs === null ? [] : [next])];
}

function stepOf(event: EventJson, alert: OpenAlertJson): LifeStep {
  const untilMs = event.until === null ? null : parseTimestamp(event.until);
  const text = TEXTS[event.event](event, alert);
  const receipt = event.receipt === null ? null : shorten(event.receipt);
  const outcome = OUTCOME_OF[event.event] ?? null;
  return { ...STEP, atMs: parseTimestamp(event.at), text, untilMs, receipt, outcome };
}

const OUTCOME_OF: Readonly<Partial<Record<EventJson["event"], keyof typeof OUTCOMES>>> = {
  told: "taken",
  waiting: "waits",
  untold: "refused",
};

const TEXTS: Readonly<Record<EventJson["event"], (event: EventJson, alert: OpenAlertJson) => string>> = {
  failed: (_event, { failures_in_row: failures }) => (failures > 1 ? `failed, ${failures} times in a row` : "failed"),
  fired: () => "fired",
  told: messageText,
  waiting: messageText,
  untold: (event) => `${messageText(event)} (${event.failure ?? "nobody knows why"})`,
  acknowledged: ({ by, comment }) =>
    `acknowledged by ${by ?? "somebody"}${comment === null ? "" : `: “${shorten(comment)}”`}`,
  ended: () => "over",
};

const VERBS: Readonly<Record<NonNullable<EventJson["type"]>, string>> = {
  "alert.firing": "told",
  "alert.escalated": "escalated to",
  "alert.reminder": "reminded",
  "alert.flapping": "coming and going told to",
  "alert.resolved": "end told to",
  drill: "drill to",
  "channel.test": "test to",
};

function messageText({ type, channel }: EventJson): string {
  return `${type === null ? "told" : VERBS[type]} ${channel ?? "somebody"}`;
}

/** The same again and again is one step. */
function joinRepeated(steps: readonly LifeStep[]): LifeStep[] {
  const joined: LifeStep[] = [];
  for (const step of steps) {
    const last = joined.at(-1);
    const isSame = last?.text === step.text && last.outcome === step.outcome && step.outcome !== null;
    if (isSame) joined[joined.length - 1] = { ...step, times: last.times + 1 };
    else joined.push(step);
  }
  return joined;
}

/** What time alone changes needs no words beside what comes next. */
const SAID_OTHERWISE: ReadonlySet<OpenAlertJson["notification"]> = new Set([
  "pending",
  "notified",
  "waiting",
  "acknowledged",
  "no_channel",
]);

function presentOf({ notification, decision_text: text, successes_in_row: successes }: OpenAlertJson): LifeStep[] {
  const recovering = wellAgain(successes);
  const said = [
    ...(recovering === null ? [] : [recovering]),
    ...(SAID_OTHERWISE.has(notification) ? [] : [`now quiet: ${text}`]),
  ];
  return said.map((each) => ({ ...STEP, atMs: null, text: each }));
}

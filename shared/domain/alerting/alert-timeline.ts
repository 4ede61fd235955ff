/**
 * The life of one alert as what happened, one after the other: it failed, it fired, who was told, who looked after it, how it ended. Pure.
 * Made for `GET /alerts?timeline=true` and its history, which the page shows as a line.
 * Invariants: oldest first; nothing is told of that is not stored; a long life keeps how it began and what came last.
 */
import type { AlertRecord } from "./alerting-state.ts";
import type { NotificationType } from "./notification.ts";
import { channelOf } from "./recipient.ts";
import { isRemediation } from "./remediation.ts";

/** The closed list, with the sentence that documents each one. */
export const ALERT_EVENTS = {
  failed: "The first failing check.",
  fired: "It had failed often and long enough.",
  told: "A receiver took a message about it.",
  waiting: "A message about it waits for its receiver.",
  untold: "A receiver will never take a message about it.",
  acknowledged: "Somebody looks after it.",
  ended: "It was over.",
} as const;

export interface AlertEvent {
  readonly atMs: number;
  readonly event: keyof typeof ALERT_EVENTS;
  /** Of a message. */
  readonly message: {
    readonly channel: string;
    readonly type: NotificationType;
    readonly failure: string | null;
    /** What the receiver calls it. */
    readonly receipt: string | null;
  } | null;
  /** Of an acknowledgement. */
  readonly acknowledgement: {
    readonly by: string;
    readonly comment: string | null;
    readonly untilMs: number | null;
  } | null;
}

/** A message about some alerts, as the outbox has it. */
export interface AlertMessage {
  readonly alertIds: readonly string[];
  /** The name in the outbox. */
  readonly channel: string;
  readonly type: NotificationType;
  readonly state: "pending" | "sent" | "failed";
  readonly createdAtMs: number;
  readonly endedAtMs: number | null;
  readonly failure: string | null;
  readonly receipt: string | null;
}

export interface AlertAcknowledgement {
  readonly alertId: string;
  readonly atMs: number;
  readonly by: string;
  readonly comment: string | null;
  /** Null: from before this was written down. */
  readonly untilMs: number | null;
}

export interface AlertEvidence {
  readonly messages: readonly AlertMessage[];
  readonly acknowledgements: readonly AlertAcknowledgement[];
}

/** A reminder every four hours to two channels is some twelve a day. */
const MOST_EVENTS = 50;
/** How it began is told before what happened again and again. */
const FIRST_EVENTS = 10;

type Life = Pick<AlertRecord, "id" | "sinceMs" | "endedAtMs"> & { readonly firedAtMs: number | null };

export function alertTimeline(alert: Life, { messages, acknowledgements }: AlertEvidence): AlertEvent[] {
  const { id, sinceMs, firedAtMs, endedAtMs } = alert;
  const events = [
    plain("failed", sinceMs),
    ...(firedAtMs === null ? [] : [plain("fired", firedAtMs)]),
    ...messages.filter(({ alertIds, channel }) => alertIds.includes(id) && !isRemediation(channel)).map(ofMessage),
    ...acknowledgements.filter(({ alertId }) => alertId === id).map(ofAcknowledgement),
    ...(endedAtMs === null ? [] : [plain("ended", endedAtMs)]),
  ].toSorted((left, right) => left.atMs - right.atMs);
  if (events.length <= MOST_EVENTS) return events;
  return [...events.slice(0, FIRST_EVENTS), ...events.slice(FIRST_EVENTS - MOST_EVENTS)];
}

function plain(event: AlertEvent["event"], atMs: number): AlertEvent {
  return { atMs, event, message: null, acknowledgement: null };
}

const EVENT_OF = { pending: "waiting", sent: "told", failed: "untold" } as const;

function ofMessage({ channel, type, state, createdAtMs, endedAtMs, failure, receipt }: AlertMessage): AlertEvent {
  const message = { channel: channelOf(channel), type, failure, receipt };
  return { atMs: endedAtMs ?? createdAtMs, event: EVENT_OF[state], message, acknowledgement: null };
}

function ofAcknowledgement({ atMs, by, comment, untilMs }: AlertAcknowledgement): AlertEvent {
  return { atMs, event: "acknowledged", message: null, acknowledgement: { by, comment, untilMs } };
}

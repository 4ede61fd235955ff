/**
 * A notification as a document: what one message to one channel says, before any channel has put it into its own form.
 * Made by `grouping.ts` at the moment of the commit and stored as it is; `shared/notify` renders it.
 * Invariant: it says everything itself: whoever sends it a day later needs nothing else, and sends the same.
 */
import type { FaultyBalancer } from "./faulty-balancer.ts";
import type { NamedAlert, Severity } from "./alert.ts";

/** What a message is about, with the sentence that documents each type; part of the webhook's format. */
export const NOTIFICATION_TYPES = {
  "alert.firing": "Something is wrong.",
  "alert.escalated": "It is still wrong, and nobody has acknowledged it.",
  "alert.reminder": "It is still wrong after hours, or its acknowledgement has lapsed, or who is told of it is new.",
  "alert.flapping": "It comes and goes; nothing more is told until it has settled.",
  "alert.resolved": "It is over.",
  drill: "Nothing is wrong: the whole way of a message is tried, from the decision to the receiver.",
  "channel.test": "Somebody wants to know whether this channel works.",
} as const;

export type NotificationType = keyof typeof NOTIFICATION_TYPES;

export function isEnd(type: NotificationType): boolean {
  return type === "alert.resolved";
}

/** One alert as a message tells of it; `level` is that of the step that tells it. */
export interface AlertReport extends NamedAlert {
  /** Key of the service; null when it is about the monitor itself. */
  readonly service: string | null;
  /** Names of services that fail because of it. */
  readonly affected: readonly string[];
  /** What people lack because of it. Absent: nobody said, it is not down, or it is over. */
  readonly impact?: string;
  /** A load balancer that is known to be at fault. Absent: none is. */
  readonly balancer?: FaultyBalancer;
}

export interface Notification {
  /** Stable over every attempt, `[A-Za-z0-9_-]{1,120}`: receivers may drop what they have seen. */
  readonly id: string;
  readonly type: NotificationType;
  /** When it was decided, epoch ms. */
  readonly atMs: number;
  /** Name of the machine that monitors. */
  readonly node: string;
  /** The worst of its alerts. */
  readonly severity: Severity;
  /** At least one, the worst first; none in a drill or a test. */
  readonly alerts: readonly AlertReport[];
  /** True when it should have been decided more than a minute earlier: we were away. */
  readonly isLate: boolean;
  /** True when storage did not work when it was decided: nobody finds it in the history yet. Absent: it is there. */
  readonly isUnsaved?: boolean;
  /** The channel that did not take it, when another one tells it instead. Absent: it is where it was meant to be. */
  readonly insteadOf?: { readonly channel: string; readonly failure: string };
  /** Ids of the alerts that it tells of only to whom they are new (receivers.ts). Absent: none. */
  readonly catchesUpOn?: readonly string[];
}

/**
 * What a channel is: settings closed over, waiting to be given a notification.
 * `shared/notify/<type>.ts` make them, `usecases/delivery/deliverer.ts` calls them. Knows no outbox and no retry.
 * Invariant: a delivery never rejects because of its receiver, and leaves no socket behind.
 */
import type { Notification } from "../domain/alerting/notification.ts";
import type { Clock } from "./clock.ts";
import type { HttpTransport } from "./http-transport.ts";
import type { Log } from "./log.ts";
import type { NameResolution } from "./resolve-name.ts";

/** Why a delivery did not work: the closed list, with the sentence that documents each one. */
export const DELIVERY_FAILURES = {
  connection: "No connection, or it broke.",
  timeout: "No answer in time; it may have arrived all the same.",
  tls: "The connection cannot be trusted.",
  rate_limited: "Told to come less often.",
  receiver_failed: "The receiver failed by itself (5xx).",
  refused: "The receiver does not want this message (4xx).",
  credentials: "The receiver does not accept our credentials.",
  invalid_response: "What answered does not speak the expected protocol.",
  daily_cap: "As many messages as allowed were sent in the last 24 hours.",
  gave_up: "It has been tried for 24 hours.",
  left_to_primary: "We stand by, and the primary was there to tell it.",
  unreadable: "What was stored of it cannot be read.",
  not_configured: "The channel is not configured any more.",
} as const;

export type DeliveryFailure = keyof typeof DELIVERY_FAILURES;

export type DeliveryOutcome =
  /** The receiver has taken responsibility. `receipt`: what it calls the message, when it says so. */
  | { readonly kind: "accepted"; readonly receipt: string | null }
  /** To be tried again; not before `retryAfterMs` from now when the receiver said so. `message`: one sentence, no secrets. */
  | {
      readonly kind: "deferred";
      readonly reason: DeliveryFailure;
      readonly message: string;
      readonly retryAfterMs: number | null;
      /** True when all of it was handed over and only the answer is missing: it is not sent again soon, and counts as sent. */
      readonly mayHaveArrived?: boolean;
    }
  /** Trying again cannot help. */
  | { readonly kind: "refused"; readonly reason: DeliveryFailure; readonly message: string };

export interface DeliveryContext {
  /** Deadline over the whole delivery, in ms, > 0. */
  readonly timeoutMs: number;
  readonly clock: Clock;
  readonly http: HttpTransport;
  readonly log: Log;
  /** For channels that open sockets themselves. */
  readonly resolveName: NameResolution;
}

/** Delivers one notification once. Ends at most 100 ms after the deadline. Safe to run concurrently. */
export type Deliver = (notification: Notification, context: DeliveryContext) => Promise<DeliveryOutcome>;

/** A channel of the configuration, ready to be used. */
export interface Channel {
  /** Key in the configuration, `[A-Za-z0-9_-]{1,64}`. */
  readonly name: string;
  /** Name in the channel registry (`slack`, `email`, …). */
  readonly type: string;
  /** Another one for other settings, also where only a secret's value differs. What is known of a channel holds for one of them. */
  readonly fingerprint: string;
  /** When it is used by policies that nobody configured. */
  readonly tier: ChannelTier;
  /** Between two messages, in ms, ≥ 0: what the receiver's own limits ask for. */
  readonly shortestGapMs: number;
  /** Messages in 24 hours at most, for each recipient; null for any number. */
  readonly dailyCap: number | null;
  /** Time limit of one delivery, in ms. Default: 10,000. */
  readonly timeoutMs?: number;
  /** Where there are several, each is told by a message of its own, as by a channel (recipient.ts). Default: there is one. */
  readonly recipients?: readonly Channel[];
  /** To all recipients at once, for tests of the channel. */
  readonly deliver: Deliver;
}

/**
 * `chat` is told at once, `mail` after five minutes, `phone` after fifteen; `log` is never told by default; a `remediation`
 * does something instead of notifying anybody.
 */
export type ChannelTier = "chat" | "mail" | "phone" | "log" | "remediation";

/**
 * Notifications that wait to be sent, and what became of them; the rows themselves are made by the sweep's commit.
 * `usecases/delivery/deliverer.ts` calls it, `shared/storage` implements it on both runtimes.
 * Invariants: a notification is pending until its receiver has accepted it or cannot be made to; of several who want to send it,
 * one does. All methods reject with the database's error when the database fails; nothing is then changed.
 */
import type { Notification } from "../domain/alerting/notification.ts";
import type { RelatedMessage } from "../domain/alerting/same-message.ts";
import { DAY_MS } from "../domain/text/timestamp.ts";
import type { DeliveryFailure } from "./notifier.ts";

export interface PendingNotification {
  readonly id: string;
  readonly channel: string;
  readonly alertIds: readonly string[];
  /** Epoch ms. */
  readonly createdAtMs: number;
  /** Not to be tried before, epoch ms. */
  readonly dueMs: number;
  /** The settings of the channel for which that holds; null: it has not been tried. */
  readonly fingerprint: string | null;
  /** Somebody is sending it until then, epoch ms; 0: nobody. */
  readonly claimedUntilMs: number;
  /** When another channel is told, epoch ms, if it still waits then; null: never, or that has been done. */
  readonly elsewhereAtMs: number | null;
}

export interface ClaimedNotification {
  readonly notification: Notification;
  /** This attempt included, ≥ 1. */
  readonly attempts: number;
}

export interface ChannelState {
  readonly name: string;
  /** The settings for which all of this holds; see Channel. */
  readonly fingerprint: string;
  /** Failed attempts since the last message that was accepted. */
  readonly failures: number;
  /** Trying again cannot help; somebody has to look at it. */
  readonly isBroken: boolean;
  /** Why the last attempt failed; null when it did not. */
  readonly failure: DeliveryFailure | null;
  readonly message: string | null;
  /** Nothing is to be sent there before, epoch ms. */
  readonly notBeforeMs: number;
  readonly sentAtMs: number | null;
  readonly failedAtMs: number | null;
}

/** A drill as its messages stand; `drill-<epoch ms in base 36>-…` are their ids. */
export interface DrillReport {
  readonly atMs: number;
  readonly messages: readonly {
    readonly channel: string;
    readonly state: "pending" | "sent" | "failed";
    readonly endedAtMs: number | null;
    readonly failure: DeliveryFailure | null;
  }[];
}

/** What has become of an attempt; the notification's part. */
export type Settlement =
  | { readonly kind: "sent"; readonly receipt: string | null }
  /** `attempt`: which one it was; nothing is written when somebody has begun another one since. */
  | {
      readonly kind: "again";
      readonly dueMs: number;
      readonly fingerprint: string;
      readonly failure: DeliveryFailure;
      readonly attempt: number;
      readonly mayHaveArrived: boolean;
    }
  | { readonly kind: "failed"; readonly failure: DeliveryFailure }
  /** It waits on; another channel has been told, or there is none. */
  | { readonly kind: "elsewhere" }
  /** Others take its place, which wait since then, epoch ms. */
  | { readonly kind: "replaced"; readonly createdAtMs: number };

export interface AttemptResult {
  readonly id: string;
  /** When the attempt ended, epoch ms. */
  readonly atMs: number;
  readonly settlement: Settlement;
  /** Ids of the alerts that it has told of. Absent: of all that it was about. */
  readonly alertIds?: readonly string[];
  /** The state of the channel after it; null leaves it as it is. */
  readonly channel: ChannelState | null;
  /** What is to be told on other channels, or to each recipient, instead; those whose id is stored already are left as they are. */
  readonly forwarded: readonly { readonly channel: string; readonly notification: Notification }[];
}

/** See countSentSince. */
export const COUNTED_MS = 2 * DAY_MS;

export interface Outbox {
  /** Those not sent yet, in the order in which they were decided, of each channel the first 500. */
  listPending(): Promise<PendingNotification[]>;

  /**
   * Takes a pending notification for sending until `untilMs` and counts the attempt. Null when it is not pending any more or
   * somebody else has taken it. Of several who claim at once exactly one gets it. The notification has this id; one that cannot be
   * read has failed.
   */
  claim(id: string, claim: { readonly nowMs: number; readonly untilMs: number }): Promise<ClaimedNotification | null>;

  /** Makes a claim last until `untilMs`, as long as it is that of this attempt and has not been given back. Idempotent. */
  extend(id: string, claim: { readonly attempt: number; readonly untilMs: number }): Promise<void>;

  /** What a claim of a pending notification would give out, its `attempts` one less; null when it is not pending or cannot be read. */
  peek(id: string): Promise<ClaimedNotification | null>;

  /**
   * Writes down what has become of an attempt, and of its channel, as one step. Idempotent. What is known of the channel from
   * later attempts stays.
   */
  settle(result: AttemptResult): Promise<void>;

  /** Of every channel that was ever used, by name. */
  channelStates(): Promise<ChannelState[]>;

  /**
   * Notifications about any of these alerts, and those that were made of the one with this id for others, in the order in which they
   * were stored, whatever has become of them.
   */
  listRelated(to: { readonly id?: string; readonly alertIds: readonly string[] }): Promise<RelatedMessage[]>;

  /** The newest drill with what has become of its messages; null when there never was one. */
  lastDrill(): Promise<DrillReport | null>;

  /**
   * How often a notification was sent on this channel in the two days since then, attempts included that may have arrived; what is
   * dated later was sent by a clock that was ahead. For a recipient, what was sent when it stood under the name of its channel counts.
   */
  countSentSince(channel: string, sinceMs: number): Promise<number>;

  /** Deletes what ended before that, in short steps. Idempotent. */
  forgetEndedBefore(beforeMs: number): Promise<void>;
}

/**
 * One message that a process keeps for itself, because storage does not have it or cannot say whose it is.
 * Used by in-memory-outbox.ts. Invariant: it looks to the deliverer as a stored one does.
 */
import type { Outgoing } from "../../domain/alerting/grouping.ts";
import type { NearMessage } from "../../domain/alerting/same-message.ts";
import type { ClaimedNotification, Outbox, PendingNotification } from "../../ports/outbox.ts";

export type Claim = Parameters<Outbox["claim"]>[1];

export interface Held extends Outgoing {
  /** Who stores it: a later commit, the result that forwarded it, or nobody, since it is stored and could not be claimed. */
  readonly origin: "commit" | "forwarded" | "stored";
  readonly createdAtMs: number;
  dueMs: number;
  claimedUntilMs: number;
  attempts: number;
  state: NearMessage["state"];
}

export function heldOf(outgoing: Outgoing, createdAtMs: number, origin: Held["origin"]): Held {
  return {
    ...outgoing,
    origin,
    createdAtMs,
    dueMs: createdAtMs,
    claimedUntilMs: 0,
    attempts: 0,
    state: "pending",
  };
}

export function claimHeld(held: Held | null, { nowMs, untilMs }: Claim): ClaimedNotification | null {
  if (held?.state !== "pending" || held.claimedUntilMs > nowMs) return null;
  held.claimedUntilMs = untilMs;
  held.attempts += 1;
  return { notification: held.notification, attempts: held.attempts };
}

export function pendingOf(held: Held): PendingNotification {
  const { channel, notification, createdAtMs, dueMs, claimedUntilMs } = held;
  return { id: notification.id, channel, alertIds: alertIdsOf(held), createdAtMs, dueMs, claimedUntilMs };
}

export function nearOf(held: Held): NearMessage {
  return { channel: held.channel, type: held.notification.type, alertIds: alertIdsOf(held), state: held.state };
}

function alertIdsOf({ notification }: Held): string[] {
  return notification.alerts.map(({ id }) => id);
}

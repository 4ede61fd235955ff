/**
 * How long a message may wait for its receiver before another channel is told as well. Pure.
 * Asked when a message is stored, and when it is asked which channels have been told.
 * Invariant: whoever waits for longer than that does not count as told.
 */
import { dueFrom } from "../monitoring/clock-lead.ts";
import type { Notification } from "./notification.ts";
import { isRemediation } from "./remediation.ts";

const PATIENCE_MS = { critical: 120_000, warning: 300_000, info: 300_000 };

/** Epoch ms; null: never, since a drill is about its channel, and a remediation is not told but done. */
export function elsewhereAtMs(channel: string, { severity, alerts }: Notification, sinceMs: number): number | null {
  return alerts.length === 0 || isRemediation(channel) ? null : sinceMs + PATIENCE_MS[severity];
}

export interface MessageState {
  readonly state: "pending" | "sent" | "failed";
  /** When another channel is told; null: one has been. */
  readonly elsewhereAtMs: number | null;
}

/** True for a message about an alert that its receiver has not taken for too long. */
export function isOverdue(message: MessageState, nowMs: number): boolean {
  return message.state === "pending" && dueFrom(message.elsewhereAtMs ?? 0, nowMs) <= nowMs;
}

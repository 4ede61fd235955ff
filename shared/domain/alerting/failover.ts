/**
 * Who delivers when there are two instances, and whether we may say that we live. Pure rules; the use cases ask them.
 * Invariants: a standby delivers only what nobody else has; a heartbeat never goes out while something is wrong with us.
 */

import type { UrlTarget } from "../net/target.ts";

/** Whom a standby stands by for. */
export interface Primary {
  /** Its `/health`. */
  readonly target: UrlTarget;
  /** A bearer token; null for none. */
  readonly token: string | null;
}

/** The primary may restart, or be restarted by hand, without two instances notifying of the same. */
export const SILENT_AFTER_MS = 180_000;

/** A message that waits for so long is stuck: whoever watches us must hear of it. */
const STUCK_AFTER_MS = 300_000;

/** @param seenAtMs when the primary last said that it works, epoch ms */
export function isSilent(seenAtMs: number, nowMs: number): boolean {
  return nowMs - seenAtMs >= SILENT_AFTER_MS;
}

export interface Vitals {
  readonly schedulerWorks: boolean;
  readonly storageWorks: boolean;
  /** The last commit, epoch ms; null: none yet. */
  readonly committedAtMs: number | null;
  /** Within this time there is always a commit, in ms. */
  readonly longestQuietMs: number;
  /** When the oldest message that still waits was decided, epoch ms; null: none waits. */
  readonly oldestPendingMs: number | null;
}

/** Why we must not say that we live; null when everything works. */
export function faultOfVitals(vitals: Vitals, nowMs: number): string | null {
  if (!vitals.schedulerWorks) return "probing does not work";
  if (!vitals.storageWorks) return "storage does not work";
  if (vitals.committedAtMs === null) return "nothing has been committed yet";
  if (nowMs - vitals.committedAtMs > vitals.longestQuietMs) return "no sweep has been committed";
  if (vitals.oldestPendingMs !== null && nowMs - vitals.oldestPendingMs > STUCK_AFTER_MS) return "a message is stuck";
  return null;
}

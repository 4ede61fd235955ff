/**
 * Why the monitor itself does not know how the services are: nothing was checked for too long, or it is cut off from the network. Pure.
 * Used by the model of Now, so that the verdict says whose fault it is. Invariant: what a monitor that is cut off cannot reach counts as
 * unknown, never as down; what has answered counts as what it is.
 */
import { MONITOR } from "../../shared/domain/alerting/alerting-state.ts";
import { isUnreachable } from "../../shared/domain/alerting/network-proof.ts";
import type { OpenSubject } from "../../shared/domain/alerting/list-open.ts";
import type { CheckStatus } from "../../shared/domain/monitoring/check.ts";
import type { ServiceState } from "../../shared/domain/monitoring/status-board.ts";

export interface Blindness {
  readonly reason: "monitor_paused" | "isolated";
  /** Epoch ms: nothing was checked after it, or it has been cut off since then. */
  readonly sinceMs: number;
}

type Seen = Pick<ServiceState, "status" | "reason">;

interface Evidence {
  /** Of all services; undefined: nothing is known of it. */
  readonly states: readonly (Seen | undefined)[];
  /** Of the last commit, epoch ms; null: there is none, or nobody knows why none has followed. */
  readonly atMs: number | null;
  /** Null: it is not cut off. */
  readonly isolatedSinceMs: number | null;
}

/** Since when the monitor is cut off, as people are told of it; null: it is not, or lacks names alone, which hides nothing else. */
export function isolatedSince(open: readonly Pick<OpenSubject, "subject" | "alert">[]): number | null {
  const isolated = open.find(({ subject, alert }) => subject === MONITOR.isolated && alert.state !== "pending");
  if (isolated?.alert.reason === "dns") return null;
  return isolated?.alert.sinceMs ?? null;
}

/** Null: the monitor sees. One service without a fresh check may be late by itself; all of them at once are not. */
export function findBlindness({ states, atMs, isolatedSinceMs }: Evidence): Blindness | null {
  if (isolatedSinceMs !== null) return { reason: "isolated", sinceMs: isolatedSinceMs };
  const isPaused = states.length > 0 && states.every((state) => state?.reason === "stale");
  return isPaused && atMs !== null ? { reason: "monitor_paused", sinceMs: atMs } : null;
}

/** What a service counts as in the verdict. */
export function countedStatus(state: Seen | undefined, blindness: Blindness | null): CheckStatus {
  if (!state) return "unknown";
  return blindness?.reason === "isolated" && isUnreachable(state) ? "unknown" : state.status;
}

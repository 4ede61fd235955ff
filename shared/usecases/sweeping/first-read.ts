/**
 * A start while nothing that is stored can be read, because another program has the database to itself: what holds until it can be,
 * and how what was decided by then goes on. Pure; the committer asks it.
 * Invariants: for a while nothing is decided that would contradict what is stored, so that nobody is told again, under another id,
 * what they know; after that people are told all the same, and what they were told is kept and ends as it was told.
 */
import type { AlertCommand } from "../../domain/alerting/alert-commands.ts";
import { mergeAlerting } from "../../domain/alerting/merge-alerting.ts";
import { NO_ALERTING } from "../../domain/alerting/alerting-state.ts";
import type { Snapshot } from "../../ports/store.ts";
import type { Cluster } from "../cluster.ts";
import { onlyHeld } from "./decided.ts";
import type { DraftedSweep } from "./draft-sweep.ts";
import { pendingSince, type Keeps, type Pending, type PendingCommand } from "./pending.ts";

/** A lock that lasts longer is no backup. Until then alerting decides nothing; an outage is told this much later at most. */
const UNREAD_QUIET_MS = 20_000;

/** What the process itself has to say, and says only once, waits; people are told that it cannot be done now. */
const WAITING: ReadonlySet<AlertCommand["kind"]> = new Set(["receivers", "heartbeat", "remediated"]);

/** Nothing has been read. @param sinceMs on the monotonic clock */
export function nothingRead(sinceMs: number): Pending {
  return { ...pendingSince(null, true), unreadSinceMs: sinceMs };
}

/** True while alerting is to decide nothing. */
export function isUndecided({ unreadSinceMs }: Pending, monotonicMs: number): boolean {
  return unreadSinceMs !== null && monotonicMs < unreadSinceMs + UNREAD_QUIET_MS;
}

/** Answers those who would wait in vain. Returns the commands that wait for what is stored. */
export function refuseUnread(commands: readonly PendingCommand[], error: unknown): PendingCommand[] {
  const waiting = commands.filter(({ command }) => WAITING.has(command.kind));
  for (const each of commands) if (!waiting.includes(each)) each.reject(error);
  return waiting;
}

/** What is shown of a sweep that decides nothing. */
export function undecided({ snapshot }: DraftedSweep): Snapshot {
  return { ...snapshot, alerting: NO_ALERTING };
}

/** @param before what waits, with nothing read @param begun what is stored, and nothing waiting */
export function afterFirstRead(
  before: Pending,
  begun: Pending,
  { cluster, keeps, nowMs }: { readonly cluster: Cluster; readonly keeps: Keeps; readonly nowMs: number },
): Pending {
  const { last } = begun;
  const checks = before.checks.filter((check) => {
    const service = cluster.servicesById.get(check.serviceId);
    return service !== undefined && keeps(check, last?.moment.checks.get(check.serviceId), service);
  });
  const waiting = { checks, commands: before.commands };
  // Nothing has been decided: it is now, from what is stored.
  if (before.decided.clockOffsetMs === null) return { ...begun, ...waiting };
  const { state, replaced } = mergeAlerting(begun.decided.alerting, before.decided.alerting, nowMs);
  return { ...begun, ...waiting, decided: onlyHeld({ ...before.decided, alerting: state, replaced }, checks) };
}

/**
 * The uptime of several services over the same days, of their transitions and what is known of them now.
 * Used by GET /uptime and by the page. Invariant: what nobody watched, and what nothing fresh is known of, is never counted as up.
 */
import { statusSpans } from "../../shared/domain/history/status-spans.ts";
import { findUptime, type Uptime } from "../../shared/domain/history/uptime.ts";
import type { ClusterMoment } from "../../shared/domain/monitoring/cluster-state.ts";
import type { RosterEntry } from "../../shared/domain/monitoring/service.ts";
import type { LocalDay } from "../../shared/domain/text/local-days.ts";
import { readOutageTransitions } from "../../shared/storage/transition-log.ts";
import type { Storage } from "../storage.ts";

export interface NamedUptime {
  readonly id: string;
  readonly name: string;
  readonly uptime: Uptime;
}

export interface UptimeSpan {
  readonly days: readonly [LocalDay, ...LocalDay[]];
  /** The newest one. */
  readonly moment: ClusterMoment;
}

/** In the order of `entries`. Rejects when the database fails. */
export async function listUptimes(
  storage: Pick<Storage, "db" | "tell">,
  entries: readonly RosterEntry[],
  { days, moment }: UptimeSpan,
): Promise<NamedUptime[]> {
  const range = { sinceMs: days[0].sinceMs, untilMs: days.at(-1)?.untilMs ?? days[0].untilMs };
  const transitions = await readOutageTransitions(storage, { ...range, serviceIds: entries.map(({ id }) => id) });
  return entries.map(({ id, name, staleAfterMs }) => {
    const check = moment.checks.get(id);
    const evidenceEndsAtMs = check ? check.checkedAtMs + staleAfterMs : 0;
    const spans = statusSpans(transitions.get(id) ?? [], { sinceMs: 0, untilMs: range.untilMs, evidenceEndsAtMs });
    return { id, name, uptime: findUptime(spans, days) };
  });
}

/**
 * The uptime of several services over the same days, of their transitions and what is known of them now.
 * Used by GET /uptime and by the page. Invariant: what nobody watched, and what nothing fresh is known of, is never counted as up.
 */
import { statusSpans } from "../../shared/domain/history/status-spans.ts";
import { findUptime, type Uptime } from "../../shared/domain/history/uptime.ts";
import type { LocalDay } from "../../shared/domain/text/local-days.ts";
import { readOutageTransitions } from "../../shared/storage/transition-log.ts";
import type { Storage } from "../storage.ts";
import type { Subject } from "./subjects.ts";

export interface NamedUptime {
  readonly id: string;
  readonly name: string;
  readonly uptime: Uptime;
}

/** In the order of `subjects`. Rejects when the database fails. */
export async function listUptimes(
  storage: Pick<Storage, "db" | "tell">,
  subjects: readonly Pick<Subject, "id" | "name" | "range">[],
  days: readonly [LocalDay, ...LocalDay[]],
): Promise<NamedUptime[]> {
  const range = { sinceMs: days[0].sinceMs, untilMs: days.at(-1)?.untilMs ?? days[0].untilMs };
  const transitions = await readOutageTransitions(storage, { ...range, serviceIds: subjects.map(({ id }) => id) });
  return subjects.map(({ id, name, range: known }) => {
    const untilMs = Math.min(range.untilMs, known.untilMs);
    const spans = statusSpans(transitions.get(id) ?? [], { ...known, sinceMs: 0, untilMs });
    return { id, name, uptime: findUptime(spans, days) };
  });
}

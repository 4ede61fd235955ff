/**
 * What the page says of a service's past, as whoever has the context may ask for it. Implemented by service-pasts.ts.
 */
import type { RosterEntry } from "../../shared/domain/monitoring/service.ts";
import type { DailyUptime } from "./day-bars.ts";
import type { LastHour } from "./last-hours.ts";

export interface ServicePast {
  /** Of the columns of `uptime`, as the calendar names them. */
  readonly days: readonly string[];
  readonly uptime: DailyUptime;
  readonly lastHour: LastHour;
}

export interface Pasts {
  /** By id; none before the first commit. Rejects when the database fails. */
  of(entries: readonly RosterEntry[], nowMs: number): Promise<ReadonlyMap<string, ServicePast>>;
}

/**
 * Status changes as people and reports ask for them; write-sweep.ts writes them in the commit that found them.
 * SQL by hand, since pages ask for uptime again and again. Knows no endpoint.
 * Invariant: what a clock that was ahead has written is not read before its time comes (tiers.ts).
 */
import type { D1Database } from "@cloudflare/workers-types";
import { getTableColumns } from "drizzle-orm";
import { ISOLATION_NOTICED_MS } from "../domain/history/blind-spots.ts";
import { UP_STATUSES } from "../domain/history/outages.ts";
import type { Transition } from "../domain/monitoring/transition.ts";
import { fillPage } from "./fill-page.ts";
import { transitions } from "./schema.ts";
import { readRow } from "./stored-rows.ts";
import { listNames, readAtOnce } from "./statements.ts";
import { NEWEST } from "./tiers.ts";
import type { Tell } from "./unreadable.ts";

const { generation: _orders_news_only, ...columns } = getTableColumns(transitions);

/** For a select by hand of what `readTransition` reads. */
export const TRANSITION_COLUMNS = listNames(columns);

/** Null for a row that cannot be read. */
export function readTransition(row: Row, tell: Tell): Transition | null {
  const otherwise = { reason: null, message: null, blindSinceMs: null };
  const read = readRow(row, columns, { key: transitions.atMs, tell, otherwise });
  if (!read) return null;
  const { blindSinceMs, ...transition } = read;
  return blindSinceMs === null ? transition : { ...transition, blindSinceMs };
}

interface Reading {
  readonly db: D1Database;
  readonly tell: Tell;
}

export interface TransitionQuery {
  /** Epoch ms, inclusive. */
  readonly sinceMs: number;
  /** Epoch ms, exclusive. */
  readonly untilMs: number;
  /** The last one of the page before; null for the first page. */
  readonly after: Pick<Transition, "serviceId" | "atMs" | "to"> | null;
  /** 1–1000. */
  readonly limit: number;
  /** Null: of all services. */
  readonly service: string | null;
}

/** A transition, and when the status that it began was over; null while it lasts. */
export type EndedTransition = Transition & { readonly endedAtMs: number | null };

const PAGE = `select ${TRANSITION_COLUMNS},
    (select min(later.at_ms) from transitions as later
      where later.service_id = own.service_id and later.at_ms > own.at_ms and later.at_ms <= ${NEWEST}) as ended_at_ms
  from transitions as own
  where at_ms >= ?1 and at_ms < ?2 and at_ms <= ${NEWEST} and (?3 is null or (at_ms, service_id, to_status) < (?3, ?4, ?5))`;
const PAGE_OF_ALL = `${PAGE} order by at_ms desc, service_id desc, to_status desc limit ?6`;
const PAGE_OF_ONE = `${PAGE} and service_id = ?7 order by at_ms desc, to_status desc limit ?6`;

/** Newest first. */
export function listTransitions({ db, tell }: Reading, query: TransitionQuery): Promise<EndedTransition[]> {
  const { sinceMs, untilMs, service } = query;
  return fillPage(query.limit, {
    select(last, limit) {
      const { atMs, serviceId, to } = query.after ?? { atMs: null, serviceId: null, to: null };
      const after = last ? [last["at_ms"], last["service_id"], last["to_status"]] : [atMs, serviceId, to];
      const values = [sinceMs, untilMs, ...after, limit];
      return service === null
        ? db.prepare(PAGE_OF_ALL).bind(...values)
        : db.prepare(PAGE_OF_ONE).bind(...values, service);
    },
    read(row) {
      const transition = readTransition(row, tell);
      const endedAtMs = row["ended_at_ms"];
      return transition && { ...transition, endedAtMs: typeof endedAtMs === "number" ? endedAtMs : null };
    },
  });
}

const BEFORE = `select ${TRANSITION_COLUMNS} from transitions
  where (service_id, at_ms) in (
    select value, (select max(at_ms) from transitions where service_id = value and at_ms <= min(?2, ${NEWEST}))
    from json_each(?1))`;
const WITHIN = `select ${TRANSITION_COLUMNS} from transitions
  where service_id in (select value from json_each(?1)) and at_ms > ?2 and at_ms < ?3 and at_ms <= ${NEWEST}
  order by service_id, at_ms`;

interface RangeQuery {
  readonly serviceIds: readonly string[];
  readonly sinceMs: number;
  readonly untilMs: number;
}

/** Oldest first. */
type TransitionsByService = ReadonlyMap<string, readonly Transition[]>;

/** Those of some services within a range, and of each the last one before it, if there is one. */
export async function readTransitions(
  { db, tell }: Reading,
  { serviceIds, sinceMs, untilMs }: RangeQuery,
): Promise<TransitionsByService> {
  const ids = JSON.stringify(serviceIds);
  const [before, within] = await readAtOnce<[Row, Row]>(db, [
    db.prepare(BEFORE).bind(ids, sinceMs),
    db.prepare(WITHIN).bind(ids, sinceMs, untilMs),
  ]);
  const read = [...before, ...within].flatMap((row) => readTransition(row, tell) ?? []);
  return Map.groupBy(read, ({ serviceId }) => serviceId);
}

const UP = UP_STATUSES.map((status) => `'${status}'`).join(", ");

/** What has not been up for more changes of its status began, as far as it is told, with the first of these. */
const LONGEST_LEAD_IN = 1_000;

const EARLIER = `service_id = value ->> 0 and at_ms < value ->> 1`;
const EARLIEST = `coalesce((select at_ms from transitions where ${EARLIER}
  order by at_ms desc limit 1 offset ${LONGEST_LEAD_IN - 1}), 0)`;

/** What lies before the transition that a service is named with, back to when it was last up. */
const LEAD_IN = `select ${TRANSITION_COLUMNS} from json_each(?1) cross join transitions
  on ${EARLIER} and at_ms >= coalesce((
    select max(at_ms) from transitions where ${EARLIER} and at_ms >= ${EARLIEST} and to_status in (${UP})), ${EARLIEST})
  order by service_id, at_ms`;

/**
 * The same, and of a service that is not up as the range begins also what came before, since it was last up; and what has come so soon
 * after the range that it may tell that the monitor was cut off within it (blind-spots.ts).
 */
export async function readOutageTransitions(reading: Reading, query: RangeQuery): Promise<TransitionsByService> {
  const found = await readTransitions(reading, { ...query, untilMs: query.untilMs + ISOLATION_NOTICED_MS });
  const begun = [...found.values()].flatMap(([first]) =>
    first && first.atMs <= query.sinceMs && !UP_STATUSES.includes(first.to) ? [[first.serviceId, first.atMs]] : [],
  );
  if (begun.length === 0) return found;
  const leadIn = reading.db.prepare(LEAD_IN).bind(JSON.stringify(begun));
  const { results } = await leadIn.all<Row>();
  const earlier = results.flatMap((row) => readTransition(row, reading.tell) ?? []);
  return Map.groupBy([...earlier, ...[...found.values()].flat()], ({ serviceId }) => serviceId);
}

interface WatchedQuery {
  readonly sinceMs: number;
  /** Exclusive. */
  readonly untilMs: number;
  /** Not these services. */
  readonly except: readonly string[];
  /** Null: any. */
  readonly service: string | null;
  readonly limit: number;
}

interface WatchedService {
  readonly serviceId: string;
  /** Its last transition of all, which its removal from the configuration is. */
  readonly lastAtMs: number;
}

/** Each service is found by one step through the key, however many transitions it has. */
const WATCHED = `with recursive ids (id) as (
    select min(service_id) from transitions
    union all select (select min(service_id) from transitions where service_id > id) from ids where id is not null)
  select id, last_at_ms from (
    select id, (select max(at_ms) from transitions where service_id = id and at_ms <= ${NEWEST}) as last_at_ms,
      (select min(at_ms) from transitions where service_id = id) as first_at_ms
    from ids where id is not null and id not in (select value from json_each(?3)) and (?4 is null or id = ?4))
  where last_at_ms > ?1 and first_at_ms < ?2
  order by last_at_ms desc, id limit ?5`;

/** Those that had a status within a range, the last removed one first. */
export async function listWatched({ db }: Reading, query: WatchedQuery): Promise<WatchedService[]> {
  const { sinceMs, untilMs, except, service, limit } = query;
  const { results } = await db
    .prepare(WATCHED)
    .bind(sinceMs, untilMs, JSON.stringify(except), service, limit)
    .all<{ id: string; last_at_ms: number }>();
  return results.map(({ id: serviceId, last_at_ms: lastAtMs }) => ({ serviceId, lastAtMs }));
}

const LAST = `select ${TRANSITION_COLUMNS} from transitions
  where service_id = ?1 and at_ms <= ${NEWEST} order by at_ms desc, to_status desc limit ?2`;

/** The last `most` ones of a service, oldest first. */
export async function readLastTransitions(
  { db, tell }: Reading,
  serviceId: string,
  most: number,
): Promise<Transition[]> {
  const { results } = await db.prepare(LAST).bind(serviceId, most).all<Row>();
  return results.flatMap((row) => readTransition(row, tell) ?? []).toReversed();
}

type Row = Readonly<Record<string, unknown>>;

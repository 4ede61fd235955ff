/**
 * What has been stored since a commit: marks, transitions, and alerts that are new or have changed. For whoever listens.
 * SQL by hand, since it is asked again and again. Knows no endpoint.
 * Invariant: marks and transitions have one order for ever, so that a place in it says what has been told: by generation, and
 * within it the marks that came before the commit, then its transitions. An alert is told as it is now.
 */
import type { D1Database } from "@cloudflare/workers-types";
import type { AlertRecord } from "../domain/alerting/alerting-state.ts";
import type { NewsPlace } from "../domain/history/news-place.ts";
import type { Transition } from "../domain/monitoring/transition.ts";
import { ALERT_COLUMNS, readAlert } from "./alert-log.ts";
import { countIn } from "./checked-value.ts";
import { MARK_COLUMNS, readMark, type Mark } from "./marks.ts";
import { readAtOnce } from "./statements.ts";
import { readTransition, TRANSITION_COLUMNS } from "./transition-log.ts";
import type { Tell } from "./unreadable.ts";

/** Of one piece: some 40 kB as events. */
const PIECE = 200;

/** Of alerts, which have no place: one commit changes as many at most, with services, certificates and the monitor's own. */
const MOST_ALERTS = 2_010;

interface Reading {
  readonly db: D1Database;
  readonly tell: Tell;
}

/** One that is told once; `value` is null where it was withdrawn or cannot be read, which keeps its place. */
export type NewsItem = { readonly generation: number } & (
  | { readonly kind: "mark"; readonly value: Mark | null }
  | { readonly kind: "transition"; readonly value: Transition | null }
);

export interface News {
  /** Of the last commit; 0 before the first one. */
  readonly generation: number;
  /** In their order, from the place on; at most 200. */
  readonly items: readonly NewsItem[];
  /** There are more items after these. */
  readonly isMore: boolean;
  /** Those that have changed since `alertsSince`. */
  readonly alerts: readonly AlertRecord[];
}

const READ_GENERATION = `select coalesce((select ${countIn("generation", "0")} from snapshot where id = 1), 0) as generation`;
// What is no number is more than any.
const SINCE = `generation > ?1 and generation < ${Number.MAX_SAFE_INTEGER}`;
const MARKS = `select ${MARK_COLUMNS}, generation, is_withdrawn from marks
  where ${SINCE} order by generation, seq limit ?2`;
const TRANSITIONS = `select ${TRANSITION_COLUMNS}, generation from transitions
  where ${SINCE} order by generation, service_id, at_ms, to_status limit ?2`;
const ALERTS = `select ${ALERT_COLUMNS} from alerts
  where ${SINCE} order by generation, fired_at_ms, id limit ?2`;
const COUNT = `select (select count(*) from (select 1 from transitions where ${SINCE} limit ?2))
  + (select count(*) from (select 1 from marks where ${SINCE} limit ?2)) as missed`;

type Row = Readonly<Record<string, unknown>> & { readonly generation: number };

/** Everything at one instant; `alertsSince`: a generation. Where nothing has been committed since, D1 bills two rows. */
export async function readNews({ db, tell }: Reading, place: NewsPlace, alertsSince: number): Promise<News> {
  const most = place.told + PIECE + 1;
  const readStored = db.prepare(READ_GENERATION);
  const readMarks = db.prepare(MARKS).bind(place.generation, most);
  const [[stored], newMarks] = await readAtOnce<[Numbered, Row]>(db, [readStored, readMarks]);
  if (stored?.generation === place.generation && alertsSince >= place.generation)
    return pieceOf({ generation: place.generation, marks: newMarks, transitions: [], alerts: [] }, place, tell);
  const [[committed], marks, transitions, alerts] = await readAtOnce<[Numbered, Row, Row, Row]>(db, [
    readStored,
    readMarks,
    db.prepare(TRANSITIONS).bind(place.generation, most),
    db.prepare(ALERTS).bind(alertsSince, MOST_ALERTS),
  ]);
  return pieceOf({ generation: committed?.generation ?? 0, marks, transitions, alerts }, place, tell);
}

interface Numbered {
  readonly generation: number;
}

type Found = Numbered & Readonly<Record<"marks" | "transitions" | "alerts", readonly Row[]>>;

function pieceOf({ generation, marks, transitions, alerts }: Found, place: NewsPlace, tell: Tell): News {
  const rows = [
    ...marks.map((row) => ({ row, kind: "mark" }) as const),
    ...transitions.map((row) => ({ row, kind: "transition" }) as const),
  ]
    // Where the generation begins anew, as after damage, those of before are no news.
    .filter(({ row, kind }) => row.generation <= (kind === "mark" ? generation + 1 : generation))
    .toSorted((left, right) => left.row.generation - right.row.generation);
  const left = rows.slice(countTold(rows, place));
  return {
    generation,
    items: left
      .slice(0, PIECE)
      .map(({ row, kind }) =>
        kind === "mark"
          ? { kind, generation: row.generation, value: row["is_withdrawn"] === 0 ? readMark(row, tell) : null }
          : { kind, generation: row.generation, value: readTransition(row, tell) },
      ),
    isMore: left.length > PIECE,
    alerts: alerts.flatMap((row) => readAlert(row, tell) ?? []),
  };
}

/** Of the last commit; 0 before the first one. */
export async function readGeneration(db: D1Database): Promise<number> {
  return (await db.prepare(READ_GENERATION).first<number>("generation")) ?? 0;
}

/** How many marks and transitions have been stored since a generation; of each `most` at most. */
export async function countNewsSince(db: D1Database, generation: number, most: number): Promise<number> {
  return (await db.prepare(COUNT).bind(generation, most).first<number>("missed")) ?? 0;
}

function countTold(rows: readonly { readonly row: Row }[], { generation, told }: NewsPlace): number {
  const next = rows.findIndex(({ row }) => row.generation !== generation + 1);
  return Math.min(told, next === -1 ? rows.length : next);
}

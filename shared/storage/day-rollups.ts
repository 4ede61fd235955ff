/**
 * What the checks of each service and UTC day come to, for ever; and the days of which something has been archived that their
 * rollups do not hold yet. The tables, and the queries that write them; read-rollups.ts reads them.
 * Called by archive.ts and roll-up.ts. Invariants: a day is marked in the batch that stores its checks, before anything else of them
 * can be seen; the mark goes only when nothing has been added since the day was read.
 */
import type { D1Database, D1PreparedStatement } from "@cloudflare/workers-types";
import { blob, integer, primaryKey, sqliteTable, text } from "drizzle-orm/sqlite-core";
import { HOUR_MS, type HourBlock } from "../domain/history/hour-block.ts";
import { countChecks, type Rollup } from "../domain/history/rollup.ts";
import { DAY_MS, startOfDay } from "../domain/text/timestamp.ts";
import type { BlobColumn } from "./blob-column.ts";
import { countIn } from "./checked-value.ts";
import type { StoredRow } from "./schema.ts";
import type { ReusedLists } from "./packed-histogram.ts";
import { decodeRollup, encodeRollup } from "./stored-rollup.ts";
import { ARCHIVED_UNTIL } from "./tiers.ts";

export const dayRollups = sqliteTable(
  "day_rollups",
  {
    serviceId: text("service_id").notNull(),
    /** Start of the day in UTC. */
    dayMs: integer("day_ms").notNull(),
    /** How many checks ended in it. */
    count: integer("count").notNull(),
    /** As in hour_blocks. */
    statusCounts: text("status_counts").notNull(),
    sumTenthMs: integer("sum_tenth_ms"),
    minTenthMs: integer("min_tenth_ms"),
    maxTenthMs: integer("max_tenth_ms"),
    histogram: blob("histogram", { mode: "buffer" }).$type<BlobColumn>().notNull(),
  },
  (table) => [primaryKey({ columns: [table.serviceId, table.dayMs] })],
);

export type DayRollupRow = StoredRow<typeof dayRollups>;

export const staleDays = sqliteTable("stale_days", {
  dayMs: integer("day_ms").primaryKey(),
  /** Grows with every hour of which checks of the day are archived. */
  marks: integer("marks").notNull(),
  /** Services up to this one, in the order of their ids, have been rolled up since the last mark. */
  doneUntil: text("done_until").notNull().default(""),
});

export type StaleDay = Pick<StoredRow<typeof staleDays>, "day_ms" | "marks" | "done_until">;

const MARK = `insert into stale_days (day_ms, marks) select value, 1 from json_each(?1) where true
  on conflict (day_ms) do update set marks = ${countIn("marks", "0")} + 1, done_until = ''`;

/** Of the days that checks of these blocks ended in; to be executed in the first batch that stores one of them. */
export function markStaleDays(db: D1Database, blocks: readonly HourBlock[]): D1PreparedStatement[] {
  const days = new Set(blocks.flatMap(({ samples }) => samples.map(({ checkedAtMs }) => startOfDay(checkedAtMs))));
  return days.size === 0 ? [] : [db.prepare(MARK).bind(JSON.stringify([...days]))];
}

/** The hour after a day holds checks that ended in it: before that is archived too, the day would be rolled up twice. */
export const DAY_IS_OVER_AFTER_MS = DAY_MS + HOUR_MS;

const NEXT = `select * from stale_days where day_ms + ${DAY_IS_OVER_AFTER_MS} <= ${ARCHIVED_UNTIL} order by day_ms limit 1`;
const OLDEST = "select min(day_ms) as day_ms from stale_days";

/** The oldest day that is over and marked; null when there is none. */
export function nextStaleDay(db: D1Database): Promise<StaleDay | null> {
  return db.prepare(NEXT).first<StaleDay>();
}

/** Of those that are not over yet as well. */
export function oldestStaleDayMs(db: D1Database): Promise<number | null> {
  return db.prepare(OLDEST).first<number>("day_ms");
}

export const NEW_MARK = { marks: 1, done_until: "" } as const;

/** For a mark that cannot be read. */
export async function markAnew(db: D1Database, { day_ms: dayMs }: StaleDay): Promise<void> {
  const { marks, done_until: doneUntil } = NEW_MARK;
  const update = db.prepare("update stale_days set marks = ?2, done_until = ?3 where day_ms = ?1");
  await db.batch([update.bind(dayMs, marks, doneUntil)]);
}

/** Notes how far a day has been rolled up; null: it is done. Nothing when something of it has been archived meanwhile. */
export function noteProgress(
  db: D1Database,
  { day_ms: dayMs, marks }: StaleDay,
  doneUntil: string | null,
): D1PreparedStatement {
  return doneUntil === null
    ? db.prepare("delete from stale_days where day_ms = ?1 and marks = ?2").bind(dayMs, marks)
    : db
        .prepare("update stale_days set done_until = ?3 where day_ms = ?1 and marks = ?2")
        .bind(dayMs, marks, doneUntil);
}

// Never fewer checks than it had: some of its hours may have expired since, or another process may have seen more.
const PUT = `insert into day_rollups
    (service_id, day_ms, count, status_counts, sum_tenth_ms, min_tenth_ms, max_tenth_ms, histogram)
  values (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)
  on conflict (service_id, day_ms) do update set
    count = ?3, status_counts = ?4, sum_tenth_ms = ?5, min_tenth_ms = ?6, max_tenth_ms = ?7, histogram = ?8
  where ${countIn("day_rollups.count", "0")} <= ?3`;

export function putDayRollup(
  db: D1Database,
  { serviceId, dayMs }: { readonly serviceId: string; readonly dayMs: number },
  rollup: Rollup,
): D1PreparedStatement {
  const row = encodeRollup(rollup);
  const figures = [row.status_counts, row.sum_tenth_ms, row.min_tenth_ms, row.max_tenth_ms, row.histogram];
  return db.prepare(PUT).bind(serviceId, dayMs, countChecks(rollup), ...figures);
}

/** What is read of a row; `histogram` is in hexadecimal. */
export type DayFigures = Omit<DayRollupRow, "service_id" | "histogram"> & { readonly histogram: string };

/**
 * Throws when the row's count is not that of its rollup.
 * @param lists for the histogram; the rollup holds until they are used again
 */
export function readDayRollup(row: DayFigures, lists: ReusedLists): Rollup {
  const { status_counts, sum_tenth_ms, min_tenth_ms, max_tenth_ms, histogram: hex } = row;
  const rollup = decodeRollup({ status_counts, sum_tenth_ms, min_tenth_ms, max_tenth_ms, histogram: { hex } }, lists);
  if (!rollup || countChecks(rollup) !== row.count) throw new Error("figures that do not add up");
  return rollup;
}

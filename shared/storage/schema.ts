/**
 * The tables of the hot path, in drizzle's words; their queries are SQL by hand, and the other tables stand beside their own.
 * `migrations/` is generated from all of them and then completed by hand (WITHOUT ROWID, the view). Read CONTRIBUTING, "Add a
 * table", before changing one. Knows no queries.
 * Invariant: no foreign keys with ON DELETE CASCADE: a generated table rebuild would silently delete the children.
 */
import { blob, index, integer, primaryKey, sqliteTable, text, type SQLiteTable } from "drizzle-orm/sqlite-core";
import { CHECK_STATUSES, REASONS } from "../domain/monitoring/check.ts";
import type { BlobColumn } from "./blob-column.ts";
import { wordsOf } from "./stored-rows.ts";

type ColumnOf<Table extends SQLiteTable> = Table["_"]["columns"][keyof Table["_"]["columns"]];

/** A row as SQL by hand reads and writes it: by the names of the columns in the database. */
export type StoredRow<Table extends SQLiteTable> = {
  readonly [Column in ColumnOf<Table> as Column["_"]["name"]]:
    | Column["_"]["data"]
    | (Column["_"]["notNull"] extends true ? never : null);
};

/** One row (id 1): the last commit, ready to serve. */
export const snapshot = sqliteTable("snapshot", {
  id: integer("id").primaryKey(),
  generation: integer("generation").notNull(),
  atMs: integer("at_ms").notNull(),
  startedAtMs: integer("started_at_ms").notNull(),
  rosterId: text("roster_id").notNull(),
  localNode: text("local_node").notNull(),
  /** Packed checks (see packed-check.ts), relative to at_ms: the last one of every service. */
  checks: text("checks").notNull(),
  body: text("body").notNull(),
  etag: text("etag").notNull(),
  /** Null: the body cannot become untrue. */
  staleAtMs: integer("stale_at_ms"),
  /** What alerting remembers (see packed-alerting.ts); `{}` while nothing is wrong, a BLOB while it is much. */
  alerting: text("alerting").notNull().default("{}"),
  /** What probes have left for the next ones (see memories.ts); null while none does. */
  memories: text("memories"),
  /** Since when everything is what it is (see packed-since.ts); null: of a release that did not know. */
  since: text("since"),
  /** Whom agents are told to call (see packed-routing.ts); null: nobody for anything. */
  routing: text("routing"),
  /** Kept here because count(*) reads every row. */
  sweepCount: integer("sweep_count").notNull(),
});

/** What a stored moment says of its services, content-addressed: a new row only when the configuration changed. */
export const rosters = sqliteTable("rosters", {
  id: text("id").primaryKey(),
  content: text("content").notNull(),
});

/** Status changes; kept for ever. */
export const transitions = sqliteTable(
  "transitions",
  {
    serviceId: text("service_id").notNull(),
    atMs: integer("at_ms").notNull(),
    from: text("from_status", { enum: CHECK_STATUSES }).notNull(),
    to: text("to_status", { enum: CHECK_STATUSES }).notNull(),
    reason: text("reason", { enum: wordsOf(REASONS) }),
    message: text("message"),
    /** See Transition; null: what came before it stays as it was told. */
    blindSinceMs: integer("blind_since_ms"),
    /** Of the commit that stored it; null: from before there was news.ts. */
    generation: integer("generation"),
  },
  // Beside its own column an index of such a table holds the primary key.
  (table) => [
    primaryKey({ columns: [table.serviceId, table.atMs, table.to] }),
    index("transitions_by_time").on(table.atMs),
    index("transitions_by_generation").on(table.generation),
  ],
);

/** Head tier: one packed row a sweep, kept until its hour is archived. */
export const sweeps = sqliteTable("sweeps", {
  atMs: integer("at_ms").primaryKey(),
  startedAtMs: integer("started_at_ms").notNull(),
  rosterId: text("roster_id").notNull(),
  localNode: text("local_node").notNull(),
  /** Packed checks made in this sweep, relative to at_ms. */
  checks: text("checks").notNull(),
  /** In the first sweep of each minute: the packed last checks of all services. */
  keyframe: text("keyframe"),
});

/** One row (id 1): sweeps before these instants are read from the blocks, samples also from the pieces. */
export const tiers = sqliteTable("tiers", {
  id: integer("id").primaryKey(),
  archivedUntilMs: integer("archived_until_ms").notNull(),
  sampledUntilMs: integer("sampled_until_ms").notNull().default(0),
  /** Sweeps that expired or could not be read, to be taken off `snapshot.sweep_count`; that row is too large to write for it. */
  forgottenSweeps: integer("forgotten_sweeps").notNull().default(0),
});

/** The samples of some minutes of the head tier by service (see sample-block.ts); dropped when their hour is archived. */
export const recentSamples = sqliteTable(
  "recent_samples",
  {
    /** The first sweep whose checks are in here. */
    fromMs: integer("from_ms").notNull(),
    serviceId: text("service_id").notNull(),
    firstMs: integer("first_ms").notNull(),
    stepMs: integer("step_ms").notNull(),
    gaps: blob("gaps", { mode: "buffer" }).$type<BlobColumn>().notNull(),
    responseTimes: blob("response_times", { mode: "buffer" }).$type<BlobColumn>().notNull(),
    verdicts: text("verdicts").notNull(),
  },
  (table) => [primaryKey({ columns: [table.fromMs, table.serviceId] })],
);

/** Block tier: the sweeps of one finished hour (see sweep-block.ts). */
export const hourSweeps = sqliteTable("hour_sweeps", {
  hourMs: integer("hour_ms").primaryKey(),
  count: integer("count").notNull(),
  payload: blob("payload", { mode: "buffer" }).$type<BlobColumn>().notNull(),
});

/** Block tier and hourly rollup: one service's finished hour (see sample-block.ts). */
export const hourBlocks = sqliteTable(
  "hour_blocks",
  {
    serviceId: text("service_id").notNull(),
    hourMs: integer("hour_ms").notNull(),
    /** Its rollup (see stored-rollup.ts); sum, least and most are of the answers, null when there was none. */
    statusCounts: text("status_counts").notNull(),
    sumTenthMs: integer("sum_tenth_ms"),
    minTenthMs: integer("min_tenth_ms"),
    maxTenthMs: integer("max_tenth_ms"),
    /** A blob that tells its kind; a text or null is of an earlier one. Another type of the column would rewrite the whole table. */
    histogram: text("histogram").$type<BlobColumn | string>(),
    firstMs: integer("first_ms").notNull(),
    stepMs: integer("step_ms").notNull(),
    gaps: blob("gaps", { mode: "buffer" }).$type<BlobColumn>().notNull(),
    responseTimes: blob("response_times", { mode: "buffer" }).$type<BlobColumn>().notNull(),
    verdicts: text("verdicts").notNull(),
    details: blob("details", { mode: "buffer" }).$type<BlobColumn>(),
  },
  (table) => [primaryKey({ columns: [table.serviceId, table.hourMs] })],
);

/**
 * The tables, in drizzle's words; `migrations/` is generated from this and then completed by hand (WITHOUT ROWID, the view).
 * Knows no queries. Read CONTRIBUTING, "Add a table", before changing it.
 * Invariant: no foreign keys with ON DELETE CASCADE: a generated table rebuild would silently delete the children.
 */
import { sql } from "drizzle-orm";
import { blob, index, integer, primaryKey, sqliteTable, text, uniqueIndex } from "drizzle-orm/sqlite-core";

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
  /** What alerting remembers (see packed-alerting.ts); `{}` while nothing is wrong. */
  alerting: text("alerting").notNull().default("{}"),
  /** Kept here because count(*) reads every row. */
  sweepCount: integer("sweep_count").notNull(),
});

/** What a stored moment says of its services, content-addressed: a new row only when the configuration changed. */
export const rosters = sqliteTable("rosters", {
  id: text("id").primaryKey(),
  content: text("content").notNull(),
});

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
    gaps: blob("gaps", { mode: "buffer" }).notNull(),
    responseTimes: blob("response_times", { mode: "buffer" }).notNull(),
    verdicts: text("verdicts").notNull(),
  },
  (table) => [primaryKey({ columns: [table.fromMs, table.serviceId] })],
);

/** Block tier: the sweeps of one finished hour (see sweep-block.ts). */
export const hourSweeps = sqliteTable("hour_sweeps", {
  hourMs: integer("hour_ms").primaryKey(),
  count: integer("count").notNull(),
  payload: blob("payload", { mode: "buffer" }).notNull(),
});

/** Block tier and hourly rollup: one service's finished hour (see sample-block.ts). */
export const hourBlocks = sqliteTable(
  "hour_blocks",
  {
    serviceId: text("service_id").notNull(),
    hourMs: integer("hour_ms").notNull(),
    /** [[status, count], …] */
    statusCounts: text("status_counts").notNull(),
    /** Of correctly answered checks, in 0.1 ms; null when there was none. */
    sumTenthMs: integer("sum_tenth_ms"),
    minTenthMs: integer("min_tenth_ms"),
    maxTenthMs: integer("max_tenth_ms"),
    /** [first bucket, count, count, …] */
    histogram: text("histogram"),
    firstMs: integer("first_ms").notNull(),
    stepMs: integer("step_ms").notNull(),
    gaps: blob("gaps", { mode: "buffer" }).notNull(),
    responseTimes: blob("response_times", { mode: "buffer" }).notNull(),
    verdicts: text("verdicts").notNull(),
    details: blob("details", { mode: "buffer" }),
  },
  (table) => [primaryKey({ columns: [table.serviceId, table.hourMs] })],
);

/** Status changes; kept for ever. */
export const transitions = sqliteTable(
  "transitions",
  {
    serviceId: text("service_id").notNull(),
    atMs: integer("at_ms").notNull(),
    from: text("from_status").notNull(),
    to: text("to_status").notNull(),
    reason: text("reason"),
    message: text("message"),
  },
  (table) => [primaryKey({ columns: [table.serviceId, table.atMs, table.to] })],
);

/** One row an alert that fired; kept for ever. Its primary key is the order of the history. */
export const alerts = sqliteTable(
  "alerts",
  {
    firedAtMs: integer("fired_at_ms").notNull(),
    id: text("id").notNull(),
    /** A service's key, `<key>#certificate`, `#isolated` or `#absent`. */
    subject: text("subject").notNull(),
    name: text("name").notNull(),
    severity: text("severity").notNull(),
    state: text("state").notNull(),
    status: text("status").notNull(),
    reason: text("reason"),
    message: text("message"),
    sinceMs: integer("since_ms").notNull(),
    endedAtMs: integer("ended_at_ms"),
    endReason: text("end_reason"),
    isFlapping: integer("is_flapping").notNull(),
    level: integer("level").notNull(),
    /** JSON list. */
    notifiedChannels: text("notified_channels").notNull(),
    decision: text("decision").notNull(),
    acknowledgedBy: text("acknowledged_by"),
    actionTaken: text("action_taken"),
  },
  (table) => [primaryKey({ columns: [table.firedAtMs, table.id] })],
);

/** The outbox: one row a message and channel, stored with what it is about, before anything is sent. */
export const notifications = sqliteTable(
  "notifications",
  {
    /** The order of sending. */
    seq: integer("seq").primaryKey({ autoIncrement: true }),
    id: text("id").notNull(),
    channel: text("channel").notNull(),
    /** pending, sent or failed. */
    state: text("state").notNull(),
    /** JSON list of the alerts that it tells of. */
    alertIds: text("alert_ids").notNull(),
    /** The notification as JSON. */
    payload: text("payload").notNull(),
    createdAtMs: integer("created_at_ms").notNull(),
    attempts: integer("attempts").notNull().default(0),
    /** Not to be tried before. */
    dueMs: integer("due_ms").notNull(),
    /** Somebody is sending it; until then nobody else does. */
    claimedUntilMs: integer("claimed_until_ms").notNull().default(0),
    endedAtMs: integer("ended_at_ms"),
    failure: text("failure"),
    receipt: text("receipt"),
  },
  (table) => [
    uniqueIndex("notifications_by_id").on(table.id),
    index("notifications_pending")
      .on(table.seq)
      .where(sql`state = 'pending'`),
  ],
);

/** One row a channel that was ever used: whether it works. */
export const channels = sqliteTable("channels", {
  name: text("name").primaryKey(),
  /** Failed attempts since the last message that was accepted. */
  failures: integer("failures").notNull(),
  /** True (1) when trying again cannot help: somebody has to look at it. */
  isBroken: integer("is_broken").notNull(),
  failure: text("failure"),
  message: text("message"),
  /** Nothing is sent there before. */
  notBeforeMs: integer("not_before_ms").notNull(),
  sentAtMs: integer("sent_at_ms"),
  failedAtMs: integer("failed_at_ms"),
});

/** Who did what when; only ever appended to. */
export const audit = sqliteTable("audit", {
  seq: integer("seq").primaryKey({ autoIncrement: true }),
  atMs: integer("at_ms").notNull(),
  /** The name of the token, or `monitor` for what it does by itself. */
  actor: text("actor").notNull(),
  action: text("action").notNull(),
  target: text("target").notNull(),
  /** JSON. */
  detail: text("detail").notNull(),
});

/**
 * The one write of the hot path: a sweep as one batch.
 * Called by d1-store.ts. Raw SQL with few bound values, because D1 takes 100 at most and bills every row.
 * Invariant: the first statement fails the whole batch when the generation is not the one the commit was computed from.
 */
import type { D1Database, D1PreparedStatement } from "@cloudflare/workers-types";
import type { CommitOutcome, SweepCommit } from "../ports/store.ts";
import { alerts, audit } from "./alert-log.ts";
import { countIn } from "./checked-value.ts";
import { packMemories } from "./memories.ts";
import { putNotifications } from "./outbox.ts";
import { encodeAlerting } from "./packed-alerting.ts";
import { packChecks } from "./packed-check.ts";
import { encodeRouting } from "./packed-routing.ts";
import { encodeSince } from "./packed-since.ts";
import type { RosterTable } from "./roster-table.ts";
import { transitions } from "./schema.ts";
import { insertRows } from "./statements.ts";
import { takeBackTables } from "./take-back.ts";
import { FORGOTTEN_SWEEPS } from "./tiers.ts";

// json('stale') is a run-time error on both engines: the cheapest statement that can abort a D1 batch on a condition.
const FENCE = `select case when coalesce((select ${countIn("generation", "0")} from snapshot where id = 1), 0) = ?
  then 1 else json('stale') end`;
const FENCE_ERROR = /malformed JSON/i;

// What is damaged is written again.
const PUT_ROSTER = `insert into rosters (id, content) values (?1, ?2)
  on conflict (id) do update set content = ?2 where content <> ?2`;

/** Of the row of the snapshot. A damaged one is counted anew. */
export const SWEEP_COUNT = countIn(
  "sweep_count",
  `(select count(*) from sweeps) + (select coalesce(sum(count), 0) from hour_sweeps) + ${FORGOTTEN_SWEEPS}`,
);

const PUT_SNAPSHOT = `insert into snapshot
  (id, generation, at_ms, started_at_ms, roster_id, local_node, checks, body, etag, stale_at_ms, sweep_count, alerting,
    memories, since, routing)
  values (1, ?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14)
  on conflict (id) do update set generation = ?1, at_ms = ?2, started_at_ms = ?3, roster_id = ?4, local_node = ?5,
    checks = ?6, body = ?7, etag = ?8, stale_at_ms = ?9, sweep_count = ${SWEEP_COUNT} + ?10,
    alerting = ?11, memories = ?12, since = ?13, routing = ?14`;

const MINUTE_MS = 60_000;

// The snapshot row, written just before, holds the state that a keyframe repeats.
const PUT_SWEEP = `insert into sweeps (at_ms, started_at_ms, roster_id, local_node, checks, keyframe)
  select at_ms, started_at_ms, roster_id, local_node, ?1,
    case when exists (select 1 from sweeps where at_ms between ?2 and snapshot.at_ms) then null else checks end
  from snapshot where id = 1`;

export async function writeSweep(db: D1Database, rosters: RosterTable, commit: SweepCommit): Promise<CommitOutcome> {
  try {
    await db.batch(await buildStatements(db, rosters, commit));
    return "committed";
  } catch (error) {
    if (error instanceof Error && FENCE_ERROR.test(error.message)) return "stale_generation";
    throw error;
  }
}

async function buildStatements(
  db: D1Database,
  rosters: RosterTable,
  commit: SweepCommit,
): Promise<D1PreparedStatement[]> {
  const { moment, checks } = commit;
  const generation = commit.expectedGeneration + 1;
  const numbered = <Row extends object>(rows: readonly Row[]) => rows.map((row) => ({ ...row, generation }));
  const roster = rosters.idOf(moment);
  const minuteMs = Math.floor(moment.atMs / MINUTE_MS) * MINUTE_MS;
  const putSweep = db.prepare(PUT_SWEEP).bind(packChecks(checks, moment.atMs), minuteMs);
  return [
    db.prepare(FENCE).bind(commit.expectedGeneration),
    ...(commit.takenBack ? takeBackTables(db, commit.takenBack) : []),
    db.prepare(PUT_ROSTER).bind(roster.id, roster.json),
    db
      .prepare(PUT_SNAPSHOT)
      .bind(
        generation,
        moment.atMs,
        moment.startedAtMs,
        roster.id,
        JSON.stringify(moment.localNode),
        packChecks(moment.checks.values(), moment.atMs),
        commit.body,
        commit.etag,
        Number.isFinite(commit.staleAtMs) ? commit.staleAtMs : null,
        checks.length > 0 ? 1 : 0,
        await encodeAlerting(commit.alerting),
        packMemories(moment.checks.values()),
        encodeSince(commit.since, moment.atMs),
        encodeRouting(commit.routing, moment.atMs),
      ),
    ...(checks.length > 0 ? [putSweep] : []),
    ...insertRows(db, { or: "ignore", into: transitions }, numbered(commit.transitions)),
    ...insertRows(db, { or: "replace", into: alerts }, numbered(commit.alertRecords)),
    ...putNotifications(db, commit.outgoing),
    ...insertRows(db, { or: "abort", into: audit }, commit.audit),
  ];
}

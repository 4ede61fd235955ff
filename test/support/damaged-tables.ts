/**
 * A database with something in every table, and every way in which one of its columns may be damaged.
 * `fill` makes it, `restore` brings it back as it was filled.
 */
import type { D1Database } from "@cloudflare/workers-types";
import { getTableColumns, getTableName } from "drizzle-orm";
import { getTableConfig, type SQLiteColumn, type SQLiteTable } from "drizzle-orm/sqlite-core";
import { alerts, audit } from "../../shared/storage/alert-log.ts";
import { channelTests, noteTestBegun, noteTestEnded } from "../../shared/storage/channel-tests.ts";
import { channels } from "../../shared/storage/channels.ts";
import { startOfDay } from "../../shared/domain/text/timestamp.ts";
import { dayRollups, staleDays } from "../../shared/storage/day-rollups.ts";
import { createD1Store } from "../../shared/storage/d1-store.ts";
import { baselines } from "../../shared/storage/memories.ts";
import { addMark, marks } from "../../shared/storage/marks.ts";
import { createOccasions, occasions } from "../../shared/storage/occasions.ts";
import { notifications } from "../../shared/storage/notifications.ts";
import { createOutbox } from "../../shared/storage/outbox.ts";
import * as schema from "../../shared/storage/schema.ts";
import { untouched } from "../../shared/usecases/delivery/channel-state.ts";
import { cleanUp } from "../../shared/usecases/housekeeping/clean-up.ts";
import { rollUpDays } from "../../shared/usecases/housekeeping/roll-up-days.ts";
import { check, HOUR, moment, T0 } from "./checks.ts";
import { alerted, AlertingBench } from "./lived-alerting.ts";
import { makeNotification } from "./notifications.ts";
import { burstsMs, commitOf, commitSweeps, steadySweeps } from "./stored-sweeps.ts";

/** Those that a service reads. */
export const TABLES: readonly SQLiteTable[] = [
  schema.snapshot,
  schema.rosters,
  schema.sweeps,
  schema.tiers,
  schema.recentSamples,
  schema.hourSweeps,
  schema.hourBlocks,
  dayRollups,
  staleDays,
  schema.transitions,
  alerts,
  audit,
  channels,
  notifications,
  occasions,
  baselines,
  marks,
  channelTests,
];

/** What is read, and any text is good, or what comes to rights by itself the next time it is used. */
const ANYTHING_GOES: readonly SQLiteColumn[] = [
  alerts.subject,
  alerts.name,
  alerts.message,
  alerts.acknowledgedBy,
  alerts.actionTaken,
  schema.transitions.message,
  staleDays.doneUntil,
  audit.actor,
  audit.target,
  channels.fingerprint,
  channels.message,
  notifications.channel,
  notifications.fingerprint,
  notifications.receipt,
  notifications.attempts,
  notifications.arrivals,
  // Beyond every range: nobody asks for it.
  alerts.generation,
  schema.transitions.generation,
  channelTests.actor,
  channelTests.message,
  channelTests.receipt,
  marks.generation,
  marks.atMs,
  marks.service,
  marks.text,
  marks.author,
  marks.isPublic,
  marks.isWithdrawn,
];

export interface Damage {
  readonly table: string;
  readonly column: string;
  readonly value: string | number | null;
  /** False: nobody can tell that it is one, as a row with another key is another row. */
  readonly isNoticed: boolean;
  /** Which table is told of. */
  readonly told: string;
}

export function damagesOf(table: SQLiteTable): Damage[] {
  const keys = new Set(getTableConfig(table).primaryKeys.flatMap(({ columns }) => columns));
  return Object.values(getTableColumns(table)).flatMap((column) => {
    const isKey = column.primary || keys.has(column) || column === notifications.id;
    const isSilent = isKey || ANYTHING_GOES.includes(column);
    const name = getTableName(table);
    const about = { table: name, column: column.name, told: column.name === "roster_id" ? "rosters" : name };
    // A check may have begun before its hour.
    const numbers = column.name === "first_ms" ? [9e18] : [9e18, -1];
    const values: Damage["value"][] = ["x", ...numbers, ...(column.notNull ? [] : [null])];
    return values.map((value) => ({ ...about, value, isNoticed: !isSilent && value !== null }));
  });
}

/** False when SQLite itself refuses the value. */
export async function inflict(db: D1Database, { table, column, value }: Damage): Promise<boolean> {
  try {
    await db.prepare(`update or replace ${table} set ${column} = ?`).bind(value).run();
    return true;
  } catch (error) {
    if (/mismatch|constraint/i.test(String(error))) return false;
    throw error;
  }
}

const SWEEPS = 40;

/** Returns the instant up to which it was lived. */
export async function fill(db: D1Database): Promise<number> {
  const store = createD1Store(db);
  // A day before, which is rolled up.
  const dayBefore = steadySweeps(4, T0 - 30 * HOUR);
  await commitSweeps(store, dayBefore, (index) => T0 - 30 * HOUR + index * 30_000);
  const startMs = T0 - 4 * HOUR;
  await commitSweeps(store, steadySweeps(SWEEPS, startMs, burstsMs), (index) => startMs + burstsMs(index));
  await cleanUp(store, T0 - HOUR, 365 * 24 * HOUR);
  await rollUpDays(store, Infinity);
  // Of a day that is over something has been archived since.
  await db.batch([db.prepare(`insert into stale_days (day_ms, marks) values (${startOfDay(T0) - 48 * HOUR}, 1)`)]);
  const bench = new AlertingBench([alerted("a"), alerted("b")]);
  for (let count = 0; count < 3; count += 1) bench.fail("a");
  const memory = { fingerprint: "1a", value: 41 };
  const checks = [check("a", bench.nowMs, { memory }), check("b", bench.nowMs)];
  const drill = makeNotification({ id: `drill-${T0.toString(36)}-0`, type: "drill", atMs: T0, alerts: [] });
  await store.commitSweep({
    ...commitOf(moment(bench.nowMs + 1, checks), checks, dayBefore.length + SWEEPS),
    staleAtMs: bench.nowMs + HOUR,
    alerting: bench.state,
    alertRecords: bench.records,
    outgoing: [...bench.outgoing, { channel: "slack", notification: drill }],
    audit: [{ atMs: T0, actor: "kim", action: "silence.created", target: "s", detail: { comment: null } }],
  });
  await store.writeBaseline("a", memory);
  const test = { channel: "slack", startedAtMs: T0 };
  await noteTestBegun(db, { ...test, actor: "kim" });
  const outcome = { outcome: "refused", reason: "credentials", message: "no", receipt: null } as const;
  await noteTestEnded(db, { ...test, endedAtMs: T0 + 1, ...outcome });
  await addMark(db, { atMs: T0, service: "a", text: "deploy", author: "kim", isPublic: false });
  const outbox = createOutbox(db);
  const channel = {
    ...untouched({ name: "slack", fingerprint: "f" }),
    failures: 1,
    failure: "timeout",
    failedAtMs: T0,
  } as const;
  const settlement = { kind: "failed", failure: "refused" } as const;
  await outbox.settle({ id: drill.id, atMs: T0 + 1, settlement, channel, forwarded: [] });
  for (const occasion of ["primary_seen", "drill_concluded"] as const) await createOccasions(db).note(occasion, T0);
  await db.batch(
    TABLES.map((table) => db.prepare(`create table ${kept(table)} as select * from ${getTableName(table)}`)),
  );
  return bench.nowMs + 1;
}

export async function restore(db: D1Database): Promise<void> {
  await db.batch(
    TABLES.flatMap((table) => {
      const name = getTableName(table);
      return [db.prepare(`delete from ${name}`), db.prepare(`insert into ${name} select * from ${kept(table)}`)];
    }),
  );
}

function kept(table: SQLiteTable): string {
  return `kept_${getTableName(table)}`;
}

/**
 * A database in which a service has lived through a quarter, for pages that show it: outages, a slow week, a gap, maintenance, deploys.
 * Of its checks the last twelve days are stored.
 */
import { cpSync } from "node:fs";
import { join } from "node:path";
import { hourBlocks } from "../../shared/domain/history/hour-block.ts";
import type { CheckStatus } from "../../shared/domain/monitoring/check.ts";
import { createD1Store } from "../../shared/storage/d1-store.ts";
import { rollUpDays } from "../../shared/usecases/housekeeping/roll-up-days.ts";
import { check, failing, HOUR, MINUTE } from "./checks.ts";
import { sqliteTestDatabase } from "./sqlite-database.ts";
import { commitSweeps } from "./stored-sweeps.ts";

const DAY = 24 * HOUR;
const STORED_DAYS = 12;
const CHECKS_AN_HOUR = 60;

/** How long ago, and what it became. */
const CHANGES: readonly (readonly [agoMs: number, to: CheckStatus])[] = [
  [80 * DAY, "healthy"],
  [61 * DAY, "timeout"],
  [61 * DAY - 9 * HOUR, "healthy"],
  [44 * DAY, "degraded"],
  [41 * DAY, "healthy"],
  [30 * DAY, "unknown"],
  [30 * DAY - 5 * HOUR, "healthy"],
  [20 * DAY, "maintenance"],
  [20 * DAY - 2 * HOUR, "healthy"],
  [6 * DAY, "error"],
  [6 * DAY - 3 * MINUTE, "healthy"],
  [17 * HOUR, "timeout"],
  [17 * HOUR - 41 * MINUTE, "healthy"],
  [9 * HOUR, "maintenance"],
  [9 * HOUR - 50 * MINUTE, "healthy"],
];

const MARKS: readonly (readonly [agoMs: number, text: string])[] = [
  [13 * HOUR, "deploy 1.4.2"],
  [3 * HOUR, '<script>alert("mark")</script>'],
];

/** Puts it where the service looks for its database. */
export async function storeQuarter(folder: string, serviceId: string, nowMs: number): Promise<void> {
  const database = sqliteTestDatabase();
  const store = createD1Store(database.db);
  const { sqlite } = database;
  const hourMs = Math.floor(nowMs / HOUR) * HOUR;
  for (let atMs = hourMs - STORED_DAYS * DAY; atMs < hourMs; atMs += HOUR) {
    const blocks = hourBlocks(atMs, checksOf(serviceId, atMs, nowMs));
    await store.archiveHour({ hourMs: atMs, keyframe: [], sweeps: [], unreadableSweeps: 0 }, blocks);
  }
  await commitSweeps(store, [[check(serviceId, nowMs - 10_000)]], () => nowMs - 10_000);
  await rollUpDays(store, Infinity);
  sqlite.exec("delete from transitions");
  const addChange = sqlite.prepare(
    "insert into transitions (service_id, at_ms, from_status, to_status, reason, message) values (?, ?, 'unknown', ?, ?, ?)",
  );
  for (const [agoMs, to] of CHANGES) {
    const [reason, message] = WHY[to] ?? [null, null];
    addChange.run(serviceId, nowMs - agoMs, to, reason, message);
  }
  for (const [agoMs, to] of [
    [10 * DAY, "healthy"],
    [8 * DAY, "error"],
    [7 * DAY, "unknown"],
  ] as const)
    addChange.run("removed", nowMs - agoMs, to, ...(WHY[to] ?? [null, null]));
  const addMark = sqlite.prepare("insert into marks (at_ms, service, text, author) values (?, ?, ?, 'ci')");
  for (const [agoMs, text] of MARKS) addMark.run(nowMs - agoMs, serviceId, text);
  sqlite.pragma("wal_checkpoint(truncate)");
  cpSync(database.path, join(folder, "test.db"));
  database.close();
}

const WHY: Readonly<Partial<Record<CheckStatus, readonly [reason: string, message: string]>>> = {
  timeout: ["deadline_response", "Request timed out"],
  error: ["refused", "Connection refused"],
  degraded: ["slow", "It took 2.4 s"],
};

/** Slower by day, now and then late; nothing while it was down. */
function checksOf(serviceId: string, hourMs: number, nowMs: number) {
  return Array.from({ length: CHECKS_AN_HOUR }, (_, index) => {
    const atMs = hourMs + (index * HOUR) / CHECKS_AN_HOUR;
    const agoMs = nowMs - atMs;
    const current = CHANGES.findLast(([changedMs]) => changedMs >= agoMs)?.[1] ?? "healthy";
    if (current === "timeout") return failing(serviceId, atMs, { responseTimeMs: 10_000 });
    if (current !== "healthy") return check(serviceId, atMs, { status: current, reason: null });
    const daily = 1 + 0.5 * Math.sin((2 * Math.PI * (atMs % DAY)) / DAY);
    const noise = 1 + 0.4 * Math.abs(Math.sin(atMs / 7_777));
    const isLate = index % 20 === 7;
    const isVeryLate = Math.floor(atMs / HOUR) % 11 === 3 && index === 30;
    return check(serviceId, atMs, { responseTimeMs: isVeryLate ? 9_000 : 40 * daily * noise * (isLate ? 3 : 1) });
  });
}

/**
 * What becomes of alerts while something else is broken: a receiver that is away for 24 hours (on a simulated clock), and storage
 * of which any one call fails, before or after it took effect. Listed in registry.ts.
 * Invariant: what is counted is read from the database by itself, not from what the code under measurement says.
 */
import type { D1Database, D1PreparedStatement } from "@cloudflare/workers-types";
import type { Database } from "better-sqlite3";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { migrateDatabase, openDatabase } from "../../../shared/node/database.ts";
import { sqliteAsD1 } from "../../../shared/node/sqlite-d1.ts";
import { unpackAlerting } from "../../../shared/storage/packed-alerting.ts";
import { START_MS, Story } from "../alert-story.ts";
import type { AbsoluteFigure, MeasureRow } from "../row.ts";
import { scratchFolder } from "../scratch-folder.ts";

const HOUR_MS = 3_600_000;
const MIGRATIONS = fileURLToPath(new URL("../../../shared/storage/migrations", import.meta.url));

export const alertOutage: MeasureRow = async () => {
  const { path, remove } = await scratchFolder();
  try {
    return [...(await receiverAway(path)), ...(await storageFailing(path))];
  } finally {
    await remove();
  }
};

function none(what: string, value: number): AbsoluteFigure {
  return { what, unit: "", bar: { atMost: 0, on: "max" }, values: [value] };
}

function openIn(folder: string, name: string): Database {
  const sqlite = openDatabase(join(folder, `${name}.db`));
  migrateDatabase(sqlite, MIGRATIONS);
  return sqlite;
}

async function receiverAway(folder: string): Promise<AbsoluteFigure[]> {
  const sqlite = openIn(folder, "away");
  const services = ["a", "b", "c"];
  const story = new Story(sqliteAsD1(sqlite), services);
  story.isReceiverDown = true;
  for (let hour = 0; hour < 24; hour += 1) {
    await story.sweep(new Set(services));
    await passTo(story, story.clock.atMs + HOUR_MS / 2);
    await story.sweep(new Set());
    await passTo(story, START_MS + (hour + 1) * HOUR_MS);
  }
  story.isReceiverDown = false;
  await passTo(story, START_MS + 25 * HOUR_MS);
  const decided = sqlite.prepare<[], string>("select id from notifications").pluck().all();
  const counts = new Map<string, number>();
  for (const { id } of story.delivered) counts.set(id, (counts.get(id) ?? 0) + 1);
  sqlite.close();
  if (decided.length < 48) throw new Error(`only ${decided.length} messages were decided`);
  const what = "a receiver is away for 24 hours";
  return [
    none(`${what}: messages not delivered exactly once`, decided.filter((id) => counts.get(id) !== 1).length),
    none(`${what}: ends told before their beginnings`, disordered(story)),
    { what: `${what}: messages`, unit: "", bar: null, values: [decided.length] },
  ];
}

function disordered({ delivered }: Story): number {
  const begun = new Set<string>();
  let count = 0;
  for (const { type, alertIds } of delivered) {
    for (const id of alertIds) {
      if (type !== "alert.resolved") begun.add(id);
      else if (!begun.has(id)) count += 1;
    }
  }
  return count;
}

async function passTo(story: Story, atMs: number): Promise<void> {
  for (;;) {
    const dueMs = await story.deliver();
    if (dueMs > atMs) break;
    story.clock.atMs = Math.max(story.clock.atMs + 1, dueMs);
  }
  story.clock.atMs = Math.max(story.clock.atMs, atMs);
}

async function storageFailing(folder: string): Promise<AbsoluteFigure[]> {
  let halfStates = 0;
  let lost = 0;
  let calls = 0;
  for (const isAfter of [false, true]) {
    for (let failing = 1, isReached = true; isReached; failing += 1) {
      const sqlite = openIn(folder, `${String(isAfter)}-${failing}`);
      const faulty = failingOnce(sqliteAsD1(sqlite), failing, isAfter);
      const story = new Story(faulty.db, ["a", "b"]);
      for (const failingServices of [["a"], ["a", "b"], []]) {
        await untilItWorks(
          () => story.sweep(new Set(failingServices)),
          () => (halfStates += halfStatesIn(sqlite)),
        );
        await untilItWorks(
          () => passTo(story, story.clock.atMs + 60_000),
          () => (halfStates += halfStatesIn(sqlite)),
        );
      }
      const ids = sqlite.prepare<[], string>("select id from notifications").pluck().all();
      const delivered = new Set(story.delivered.map(({ id }) => id));
      lost += ids.filter((id) => !delivered.has(id)).length;
      if (ids.length < 3) throw new Error(`only ${ids.length} messages were decided`);
      isReached = faulty.calls() >= failing;
      calls = Math.max(calls, faulty.calls());
      sqlite.close();
    }
  }
  const what = "any one storage call fails, before or after it took effect";
  return [
    none(`${what}: half states`, halfStates),
    none(`${what}: messages lost`, lost),
    { what: `${what}: calls`, unit: "", bar: null, values: [calls] },
  ];
}

async function untilItWorks(step: () => Promise<unknown>, look: () => void): Promise<void> {
  for (let tries = 0; tries < 5; tries += 1) {
    try {
      await step();
      look();
      return;
    } catch {
      look();
    }
  }
  throw new Error("it does not work again");
}

/** Alerts that are open in the state and not in their rows, or the other way round; and those that were told without a message. */
function halfStatesIn(sqlite: Database): number {
  const text = sqlite.prepare<[], string>("select alerting from snapshot").pluck().get();
  const open = [...unpackAlerting(text ?? "{}").subjects.values()].flatMap(({ alert }) =>
    alert?.firedAtMs ? [alert] : [],
  );
  const rows = new Set(sqlite.prepare<[], string>("select id from alerts where ended_at_ms is null").pluck().all());
  const notifiedChannels = new Set(
    sqlite.prepare<[], string>("select value from notifications, json_each(alert_ids)").pluck().all(),
  );
  const group = open.filter(
    ({ notifiedChannels: channels, id }) => channels.length > 0 && !notifiedChannels.has(id),
  ).length;
  const waiting = unpackAlerting(text ?? "{}").groups.flatMap((each) => each.waiting).length;
  const missing =
    open.filter(({ id }) => !rows.has(id)).length +
    [...rows].filter((id) => !open.some((each) => each.id === id)).length;
  return missing + Math.max(0, group - waiting);
}

interface FailingOnce {
  readonly db: D1Database;
  calls(): number;
}

function failingOnce(real: D1Database, failingCall: number, isAfter: boolean): FailingOnce {
  let calls = 0;
  const call = async <Result>(run: () => Promise<Result>): Promise<Result> => {
    calls += 1;
    const fails = calls === failingCall;
    if (fails && !isAfter) throw new Error("D1_ERROR: disk I/O error");
    const result = await run();
    if (fails) throw new Error("D1_ERROR: disk I/O error");
    return result;
  };
  const inner = new WeakMap<object, D1PreparedStatement>();
  const wrap = (statement: D1PreparedStatement): D1PreparedStatement => {
    const outer = {
      bind: (...values: unknown[]) => wrap(statement.bind(...values)),
      first: (column?: string) => call(() => (column === undefined ? statement.first() : statement.first(column))),
      all: () => call(() => statement.all()),
      run: () => call(() => statement.run()),
    };
    inner.set(outer, statement);
    return outer as unknown as D1PreparedStatement; // what the store uses of it
  };
  const db = {
    prepare: (sql: string) => wrap(real.prepare(sql)),
    batch: (statements: D1PreparedStatement[]) =>
      call(() => real.batch(statements.map((statement) => inner.get(statement) ?? statement))),
  };
  return { db: db as unknown as D1Database, calls: () => calls };
}

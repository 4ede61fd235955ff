/**
 * What an hour of listening costs at the edge, in rows that D1 bills: the documentation says 3,600. Counted on the real D1: the pieces
 * of which an hour consists, of six services of which some change now and then.
 */
import type { D1Database, D1PreparedStatement, D1Result } from "@cloudflare/workers-types";
import { afterAll, beforeAll, expect, it } from "vitest";
import { EventFeed } from "../../functions/live/event-feed.ts";
import { createCommitPoll } from "../../shared/common/commit-poll.ts";
import { StatusBoards } from "../../shared/domain/monitoring/status-board.ts";
import { findTransitions } from "../../shared/domain/monitoring/transition.ts";
import { createD1Store } from "../../shared/storage/d1-store.ts";
import { check, failing, moment, rosterEntry, T0 } from "../support/checks.ts";
import { startLocalD1, type LocalD1 } from "../support/d1-database.ts";
import { FakeClock } from "../support/fake-clock.ts";
import { commitOf } from "../support/stored-sweeps.ts";

const STATED = 3_600;

/** A stream takes 25 s, looks every 5 s, and the next one begins 2 s later; there is a commit a minute. */
const STREAMS = 3_600 / 27;
const LOOKS = STREAMS * 5;
const COMMITS = 60;

let local: LocalD1;
beforeAll(async () => {
  local = await startLocalD1();
});
afterAll(() => local.close());

/** `first` is billed like `all`, which tells the bill. */
function counted(db: D1Database, onRows: (count: number) => void): D1Database {
  const count = <Row>(result: D1Result<Row>): D1Result<Row> => {
    onRows(result.meta.rows_read);
    return result;
  };
  const wrap = (statement: D1PreparedStatement): D1PreparedStatement =>
    Object.assign(Object.create(statement) as D1PreparedStatement, {
      bind: (...values: unknown[]) => wrap(statement.bind(...values)),
      all: async () => count(await statement.all()),
      first: async (column?: string) => {
        const row = count(await statement.all()).results[0] ?? null;
        return column === undefined ? row : (row?.[column] ?? null);
      },
      original: statement,
    });
  const originalOf = (statement: D1PreparedStatement): D1PreparedStatement => Reflect.get(statement, "original");
  const batch = async (statements: D1PreparedStatement[]) => (await db.batch(statements.map(originalOf))).map(count);
  return { prepare: (sql: string) => wrap(db.prepare(sql)), batch } as unknown as D1Database; // the feed uses nothing else
}

it("an hour of listening at the edge reads no more rows than is stated", async () => {
  const db = await local.reset();
  const store = createD1Store(db);
  const clock = new FakeClock(T0);
  const ids = ["a", "b", "c", "d", "e", "f"];
  const roster = ids.map((id) => rosterEntry(id));
  let last = moment(T0, [], { roster });
  const commit = async (index: number): Promise<void> => {
    const atMs = T0 + index;
    const checks = ids.map((id) => (id === "a" && index % 2 === 0 ? failing(id, atMs) : check(id, atMs)));
    const next = moment(atMs, checks, { roster });
    const transitions = findTransitions(last.checks, checks, roster);
    expect(await store.commitSweep({ ...commitOf(next, checks, index - 1), transitions })).toBe("committed");
    last = next;
  };
  let rows = 0;
  const read = counted(db, (count) => (rows += count));
  const snapshots = createD1Store(read);
  const feed = new EventFeed({
    db: read,
    tell() {},
    log: { write: (_level, message) => expect.fail(message) },
    clock,
    snapshots: { read: () => snapshots.readSnapshot() },
    boards: new StatusBoards(),
    commits: createCommitPoll(clock),
    turns: null,
  });
  const costOf = async <Result>(work: () => Promise<Result>): Promise<[number, Result]> => {
    const before = rows;
    const result = await work();
    return [rows - before, result];
  };
  for (let index = 1; index <= 20; index += 1) await commit(index);
  const [fresh, begun] = await costOf(() => feed.next(feed.begin(null)));
  const [look] = await costOf(() => feed.next(begun.told));
  await commit(21);
  const [changed, told] = await costOf(() => feed.next(begun.told));
  const [again] = await costOf(() => feed.next(feed.begin(told.told.place)));
  const hour = STREAMS * (Math.max(fresh, again) + look) + LOOKS * look + COMMITS * (changed - look);
  expect(Math.ceil(hour)).toBeLessThanOrEqual(STATED);
  expect(Math.ceil(hour)).toBeGreaterThan(STATED / 2);
});

/**
 * A database that fails when the test says so: before a call does anything, or after it has taken effect (the answer is lost).
 * A call is what goes over the wire on D1: a statement that is run, or a whole batch.
 */
import type { D1Database, D1PreparedStatement } from "@cloudflare/workers-types";
import Database from "better-sqlite3";

export type Moment = "before" | "after";

/** SQLite's own words, as better-sqlite3 and D1 hand them out. */
export const FAULTS = {
  SQLITE_BUSY: "database is locked",
  SQLITE_FULL: "database or disk is full",
  SQLITE_IOERR: "disk I/O error",
  SQLITE_CORRUPT: "database disk image is malformed",
} as const;

export interface FailingD1 {
  readonly db: D1Database;
  /** Calls so far. */
  calls: number;
}

/** `failure` is asked at each call, with its number from 1 on. */
export function failingD1(
  real: D1Database,
  code: keyof typeof FAULTS,
  failure: (call: number) => Moment | null,
): FailingD1 {
  const inner = new WeakMap<object, D1PreparedStatement>();
  const counted = async <Result>(call: () => Promise<Result>): Promise<Result> => {
    failing.calls += 1;
    const moment = failure(failing.calls);
    if (moment === "before") throw errorOf(code);
    const result = await call();
    if (moment === "after") throw errorOf(code);
    return result;
  };
  const wrap = (statement: D1PreparedStatement): D1PreparedStatement => {
    const outer = {
      bind: (...values: unknown[]) => wrap(statement.bind(...values)),
      first: (column?: string) => counted(() => (column === undefined ? statement.first() : statement.first(column))),
      all: () => counted(() => statement.all()),
      run: () => counted(() => statement.run()),
    };
    inner.set(outer, statement);
    // `raw` is left out: the store does not use it.
    return outer as unknown as D1PreparedStatement;
  };
  const db = {
    prepare: (sql: string) => wrap(real.prepare(sql)),
    batch: (statements: D1PreparedStatement[]) =>
      counted(() => real.batch(statements.map((statement) => inner.get(statement) ?? statement))),
  };
  const failing: FailingD1 = { db: db as unknown as D1Database, calls: 0 };
  return failing;
}

function errorOf(code: keyof typeof FAULTS): Error {
  return new Error(`D1_ERROR: ${FAULTS[code]}`, { cause: new Database.SqliteError(FAULTS[code], code) });
}

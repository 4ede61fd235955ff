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

/** What D1 itself says when it fails (https://developers.cloudflare.com/d1/observability/debug-d1/). */
const D1_FAULTS = [
  "D1 DB reset because its code was updated.",
  "Network connection lost.",
  "Internal error in D1 DB storage caused object to be reset.",
  "Cannot resolve D1 DB due to transient issue on remote node.",
  "D1 DB is overloaded. Too many requests queued.",
  "D1 DB is overloaded. Requests queued for too long.",
  "D1 DB storage operation exceeded timeout which caused object to be reset.",
  "D1 DB exceeded its memory limit and was reset.",
] as const;

type Code = keyof typeof FAULTS | "D1";

export interface FailingD1 {
  readonly db: D1Database;
  /** Calls so far. */
  calls: number;
}

/** `code`: what fails, SQLite with this code or D1. `failure` is asked at each call, with its number from 1 on. */
export function failingD1(real: D1Database, code: Code, failure: (call: number) => Moment | null): FailingD1 {
  const inner = new WeakMap<object, D1PreparedStatement>();
  const counted = async <Result>(call: () => Promise<Result>): Promise<Result> => {
    failing.calls += 1;
    const moment = failure(failing.calls);
    if (moment === "before") throw errorOf(code, failing.calls);
    const result = await call();
    if (moment === "after") throw errorOf(code, failing.calls);
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

/** D1's own texts take turns. */
function errorOf(code: Code, call: number): Error {
  if (code === "D1") return new Error(`D1_ERROR: ${D1_FAULTS[call % D1_FAULTS.length]}`);
  return new Error(`D1_ERROR: ${FAULTS[code]}`, { cause: new Database.SqliteError(FAULTS[code], code) });
}

/**
 * better-sqlite3 behind the D1 interface, so that the bundle speaks one language on both runtimes.
 * Used on Node only, by the probing thread and the one for housekeeping. It also enforces D1's limits and types: what works here must work
 * there. Invariant: one contract test per documented difference (test/contract/d1-contract.ts).
 */
import type { D1Database } from "@cloudflare/workers-types";
import type { Database, Statement } from "better-sqlite3";

/** https://developers.cloudflare.com/d1/platform/limits/ (2026-04-21) */
const MAX_BOUND_PARAMETERS = 100;
const MAX_SQL_BYTES = 100_000;
const MAX_VALUE_BYTES = 2_000_000;

const PREFIX = "D1_ERROR: ";

type Row = Record<string, unknown>;
type AfterWrite = () => Promise<void>;

interface BoundStatement {
  bind(...values: unknown[]): BoundStatement;
  isReadonly(): boolean;
  /** Runs synchronously: a batch calls it inside its transaction. */
  execute(): { results: Row[]; success: true; meta: { changes: number; last_row_id: number } };
}

/** better-sqlite3 takes `?1` for a parameter with the name "1". */
const NUMBERED_PARAMETER = /\?\d/;

/**
 * The D1 methods that the service uses; everything else is left out on purpose.
 * @param source the connection, or gives the one to use now, and throws why there is none
 * @param onError told every error of the engine, before the caller is
 * @param afterWrite awaited after each batch or `run` that writes, before its caller goes on
 */
export function sqliteAsD1(
  source: Database | (() => Database),
  onError: (error: unknown) => void = () => {},
  afterWrite: AfterWrite = async () => {},
): D1Database {
  let connection: ReturnType<typeof connectTo> | null = null;
  const connected = () => {
    const sqlite = typeof source === "function" ? source() : source;
    if (connection?.sqlite !== sqlite) connection = connectTo(sqlite);
    return connection;
  };
  const prepared = (sql: string): Statement => connected().prepared(sql);
  const guarded = <Result>(work: () => Result): Result => d1Error(work, onError);

  const boundTo = (sql: string, values: readonly unknown[]): BoundStatement => {
    const isReadonly = (): boolean => guarded(() => prepared(sql).readonly);
    const execute = () => guarded(() => executeStatement(prepared(sql), bindings(sql, values)));
    const d1Methods = {
      all: async () => execute(),
      async run() {
        const result = execute();
        if (!isReadonly()) await afterWrite();
        return result;
      },
      first: async (column?: string) => firstOf(execute().results, column),
    };
    return { ...d1Methods, bind: (...next) => boundTo(sql, checkedValues(next)), isReadonly, execute };
  };

  const facade = {
    prepare: (sql: string) => boundTo(checkedSql(sql), []),
    async batch(batch: readonly BoundStatement[]) {
      const onlyReads = batch.every((statement) => statement.isReadonly());
      const results = guarded(() => {
        const { transaction } = connected();
        // A batch that only reads must not wait for a writer.
        const run = onlyReads ? transaction.deferred : transaction.immediate;
        return run(() => batch.map((statement) => statement.execute())) as ReturnType<BoundStatement["execute"]>[];
      });
      if (!onlyReads) await afterWrite();
      return results;
    },
    async exec(sql: string) {
      guarded(() => connected().sqlite.exec(checkedSql(sql)));
      return { count: 1, duration: 0 };
    },
  };
  // The missing members are not part of what the bundle may use: withSession, dump, and raw of statements, which drizzle reads
  // with outside of a batch, where it turns errors into others that quote the bound values.
  return facade as unknown as D1Database;
}

/** A connection with what is prepared on it. */
function connectTo(sqlite: Database) {
  const statements = new Map<string, Statement>();
  return {
    sqlite,
    prepared(sql: string): Statement {
      let statement = statements.get(sql);
      if (!statement) statements.set(sql, (statement = sqlite.prepare(sql)));
      return statement;
    },
    transaction: sqlite.transaction((work: () => unknown) => work()),
  };
}

function executeStatement(statement: Statement, values: readonly unknown[]): ReturnType<BoundStatement["execute"]> {
  if (statement.reader) {
    const rows = statement.all(...values) as Row[];
    return { results: rows.map(rowFromSqlite), success: true, meta: { changes: 0, last_row_id: 0 } };
  }
  const { changes, lastInsertRowid } = statement.run(...values);
  return { results: [], success: true, meta: { changes, last_row_id: Number(lastInsertRowid) } };
}

function firstOf([row]: readonly Row[], column?: string): unknown {
  if (!row) return null;
  if (column === undefined) return row;
  if (!(column in row)) throw new Error(`D1_COLUMN_NOTFOUND: Column not found (${column})`);
  return row[column];
}

function bindings(sql: string, values: readonly unknown[]): readonly unknown[] {
  if (!NUMBERED_PARAMETER.test(sql)) return values;
  return [Object.fromEntries(values.map((value, index) => [index + 1, value]))];
}

function checkedValues(values: readonly unknown[]): readonly unknown[] {
  if (values.length > MAX_BOUND_PARAMETERS) throw new Error("D1_ERROR: too many SQL variables");
  return values.map(toSqlite);
}

function checkedSql(sql: string): string {
  if (Buffer.byteLength(sql) > MAX_SQL_BYTES) throw new Error("D1_ERROR: statement too long: SQLITE_TOOBIG");
  return sql;
}

function toSqlite(value: unknown): unknown {
  if (value === null || typeof value === "number") return value;
  if (typeof value === "boolean") return value ? 1 : 0;
  if (typeof value === "string") return withinLimit(value, Buffer.byteLength(value));
  if (value instanceof ArrayBuffer) return withinLimit(Buffer.from(value), value.byteLength);
  if (ArrayBuffer.isView(value)) {
    return withinLimit(Buffer.from(value.buffer, value.byteOffset, value.byteLength), value.byteLength);
  }
  throw new TypeError(`D1_TYPE_ERROR: Type '${typeof value}' not supported`);
}

function withinLimit<Value>(value: Value, bytes: number): Value {
  if (bytes > MAX_VALUE_BYTES) throw new Error("D1_ERROR: string or blob too big: SQLITE_TOOBIG");
  return value;
}

function rowFromSqlite(row: Row): Row {
  for (const key in row) {
    const value = row[key];
    if (value instanceof Uint8Array) row[key] = listBytes(value);
  }
  return row;
}

/** Array.from asks its iterator for each byte: a third of what a chart of a year took (Node 24.21, Nov 2026). */
function listBytes(bytes: Uint8Array): number[] {
  // oxlint-disable-next-line unicorn/no-new-array -- a list that grows leaves twice its size behind
  const list = new Array<number>(bytes.length);
  for (let index = 0; index < bytes.length; index += 1) list[index] = bytes[index] ?? 0;
  return list;
}

/** D1 prefixes every engine error, once, and keeps its text. */
function d1Error<Result>(work: () => Result, onError: (error: unknown) => void): Result {
  try {
    return work();
  } catch (cause) {
    // Of a batch: its statement has been here already.
    if (cause instanceof Error && cause.message.startsWith(PREFIX)) throw cause;
    onError(cause);
    throw new Error(`${PREFIX}${cause instanceof Error ? cause.message : String(cause)}`, { cause });
  }
}

/** A value larger than what may be bound to a statement (2 MB): it costs itself, and is no damage of the database. */
import { getTableColumns, getTableName } from "drizzle-orm";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { createD1Store } from "../../shared/storage/d1-store.ts";
import { proveReadable } from "../../shared/storage/prove-readable.ts";
import { EVERYTHING } from "../support/checks.ts";
import { fill, restore, TABLES } from "../support/damaged-tables.ts";
import { sqliteTestDatabase, type TestDatabase } from "../support/sqlite-database.ts";

const OVERSIZED = "hex(zeroblob(1100000))";

describe("a value of 2.2 MB", () => {
  let database: TestDatabase;

  beforeAll(async () => {
    database = sqliteTestDatabase();
    database.sqlite.pragma("synchronous = OFF");
    await fill(database.db);
  });
  afterAll(() => database.close());

  const columns = TABLES.flatMap((table) => {
    const texts = Object.values(getTableColumns(table)).filter((column) => /text|blob/i.test(column.getSQLType()));
    return texts.map(({ name }) => [getTableName(table), name] as const);
  });
  it.each(columns)("in %s.%s leaves the database readable, and is named in short", async (table, column) => {
    const { db, sqlite } = database;
    await restore(db);
    const where = table === "sweeps" ? "where at_ms = (select max(at_ms) from sweeps)" : "";
    sqlite.exec(`update or replace ${table} set ${column} = ${OVERSIZED} ${where}`);
    const told: string[] = [];
    const store = createD1Store(db, { onUnreadable: ({ key }) => told.push(key) });
    await proveReadable(db);
    await store.readSnapshot();
    await store.listSweeps(EVERYTHING);
    await store.listSamples("a", 0, Number.MAX_SAFE_INTEGER);
    expect(Math.max(0, ...told.map((key) => key.length))).toBeLessThan(200);
    if (table === "snapshot" && column === "roster_id") expect(told).toHaveLength(1);
  });
});

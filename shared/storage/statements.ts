/**
 * Statements made of what drizzle knows of a table, so that its columns are listed there alone; stored-rows.ts reads what they give.
 * Used by the tables of this folder, whose statements write-sweep.ts puts into the sweep's own batch.
 * Invariant: nothing to write is no statement, so an uneventful sweep pays nothing.
 */
import type { D1Database, D1PreparedStatement } from "@cloudflare/workers-types";
import { getTableColumns, getTableName, type InferInsertModel, type Query } from "drizzle-orm";
import type { SQLiteColumn, SQLiteTable } from "drizzle-orm/sqlite-core";

/** A query of drizzle for a batch that holds others as well. */
export function prepared(d1: D1Database, query: { toSQL(): Query }): D1PreparedStatement {
  const { sql, params } = query.toSQL();
  return d1.prepare(sql).bind(...params);
}

/**
 * Any number of rows as one statement with one bound value: D1 takes 100 at most. A column that has a default gets it.
 * @example insertRows(d1, { or: "ignore", into: transitions }, [{ serviceId: "redis", atMs, from: "healthy", to: "error" }])
 */
export function insertRows<Table extends SQLiteTable>(
  d1: D1Database,
  { or: onConflict, into: table }: { readonly or: "abort" | "ignore" | "replace"; readonly into: Table },
  rows: readonly InferInsertModel<Table>[],
): D1PreparedStatement[] {
  if (rows.length === 0) return [];
  const columns = Object.entries(getTableColumns(table)).filter(([, { hasDefault }]) => !hasDefault);
  const names = columns.map(([, { name }]) => name).join(", ");
  const values = columns.map(([key]) => `json_extract(value, '$.${key}')`).join(", ");
  const sql = `insert or ${onConflict} into ${getTableName(table)} (${names}) select ${values} from json_each(?)`;
  return [d1.prepare(sql).bind(JSON.stringify(rows))];
}

type Columns = Readonly<Record<string, SQLiteColumn>>;

/** For a select by hand. */
export function listNames(columns: Columns): string {
  return Object.values(columns)
    .map(({ name }) => name)
    .join(", ");
}

type Each<Rows extends readonly unknown[], Item> = { [Index in keyof Rows]: Item };
type Lists<Rows extends readonly unknown[]> = { [Index in keyof Rows]: readonly Rows[Index][] };

/**
 * Several reads at one instant, as one batch: D1's own types know one row type a batch, and statements differ. The caller names the
 * row type of each, in their order.
 */
export async function readAtOnce<Rows extends readonly unknown[]>(
  db: D1Database,
  statements: Each<Rows, D1PreparedStatement>,
): Promise<Lists<Rows>> {
  const lists = await db.batch([...statements]);
  return lists.map(({ results }) => results) as Lists<Rows>;
}

/**
 * Rows as what drizzle knows of their table says they are: kinds, ranges, lists of words, what may be null.
 * Used by the tables of this folder. Invariant: of a damaged value is told, and it costs nothing but itself, where something can
 * stand in its place, or else its row.
 */
import type { D1PreparedStatement } from "@cloudflare/workers-types";
import { getTableName, type GetColumnData } from "drizzle-orm";
import type { SQLiteColumn } from "drizzle-orm/sqlite-core";
import { isInstant } from "./checked-value.ts";
import type { Tell } from "./unreadable.ts";

type Columns = Readonly<Record<string, SQLiteColumn>>;
type RowOf<Asked extends Columns, Otherwise> = {
  [Key in keyof Asked]: GetColumnData<Asked[Key]> | (Key extends keyof Otherwise ? Otherwise[Key] : never);
};

export interface ReadOptions<Otherwise> {
  /** Names the row for people; the statement reads it. */
  readonly key: SQLiteColumn;
  readonly tell: Tell;
  /** What stands in place of a value that cannot be read. Default: its row is left out. */
  readonly otherwise?: Otherwise;
}

/** The keys of a closed list, for `enum` of a column. */
export function wordsOf<Word extends string>(list: Readonly<Record<Word, unknown>>): [Word, ...Word[]] {
  return Object.keys(list) as [Word, ...Word[]]; // a closed list is not empty
}

type Row = Readonly<Record<string, unknown>>;

/** What a select by hand has read; for what is asked by the clock (see CONTRIBUTING, "Add a table"). */
export async function readRows<Asked extends Columns, Otherwise extends object = object>(
  statement: D1PreparedStatement,
  columns: Asked,
  options: ReadOptions<Otherwise>,
): Promise<RowOf<Asked, Otherwise>[]> {
  const { results } = await statement.all<Row>();
  return results.map((row) => readRow(row, columns, options)).filter((row) => row !== null);
}

/** Null for a row that is left out. */
export function readRow<Asked extends Columns, Otherwise extends object>(
  row: Row,
  columns: Asked,
  { key, tell, otherwise }: ReadOptions<Otherwise>,
): RowOf<Asked, Otherwise> | null {
  const values: Record<string, unknown> = {};
  // Of hundreds of rows, lists of entries are half of the garbage.
  for (const name in columns) {
    const column = columns[name];
    if (!column) continue;
    try {
      values[name] = readValue(row[column.name] ?? null, column);
    } catch (error) {
      const what = error instanceof Error ? error.message : String(error);
      tell({ table: getTableName(key.table), key: `${key.name} ${String(row[key.name])}` }, `${column.name}: ${what}`);
      if (!otherwise || !Object.hasOwn(otherwise, name)) return null;
      values[name] = Reflect.get(otherwise, name);
    }
  }
  return values as RowOf<Asked, Otherwise>; // of these columns, read by these columns
}

/** Throws for what the column cannot hold. */
function readValue(stored: unknown, column: SQLiteColumn): unknown {
  if (stored === null) {
    if (column.notNull) throw new Error("missing");
    return null;
  }
  if (!KINDS[column.dataType]?.(stored, column))
    throw new Error(`not ${column.enumValues ? "a word" : "a value"} of ours`);
  return column.mapFromDriverValue(stored);
}

const KINDS: Readonly<Record<string, (stored: unknown, column: SQLiteColumn) => boolean>> = {
  // Counts are smaller than instants.
  number: (stored) => isInstant(stored),
  boolean: (stored) => stored === 0 || stored === 1,
  string: (stored, { enumValues }) => typeof stored === "string" && (enumValues?.includes(stored) ?? true),
  custom: (stored) => typeof stored === "string",
};

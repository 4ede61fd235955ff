/**
 * A text column that holds JSON, for tables that drizzle reads.
 * Used by the tables of this folder; stored-rows.ts tells of what cannot be read. Invariant: a value is what `check` lets pass, or
 * reading it throws.
 */
import { customType } from "drizzle-orm/sqlite-core";

/** @param check returns the value, or throws when it is none of ours */
export function jsonColumn<Value>(name: string, check: (parsed: unknown) => Value) {
  const column = customType<{ data: Value; driverData: string }>({
    dataType: () => "text",
    toDriver: (value) => JSON.stringify(value),
    fromDriver: (text) => check(JSON.parse(text)),
  });
  return column(name);
}

/**
 * A text column that holds JSON, for tables that drizzle reads.
 * Used by the tables of this folder. Invariant: what cannot be read is `otherwise`, and no error: a value that has become
 * unreadable on the disk concerns one row, not all that are listed with it.
 */
import { customType } from "drizzle-orm/sqlite-core";

export function jsonColumn<Value extends object | null>(name: string, otherwise: Value) {
  const column = customType<{ data: Value; driverData: string }>({
    dataType: () => "text",
    toDriver: (value) => JSON.stringify(value),
    fromDriver: (text) => parsedOr(text, otherwise),
  });
  return column(name);
}

function parsedOr<Value extends object | null>(text: string, otherwise: Value): Value {
  try {
    const value = JSON.parse(text);
    return typeof value === "object" && Array.isArray(value) === Array.isArray(otherwise) ? value : otherwise;
  } catch {
    return otherwise;
  }
}

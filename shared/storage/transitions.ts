/**
 * Status changes; kept for ever. The table and how it is written, in the sweep's commit.
 * Invariant: repeating it changes nothing.
 */
import type { D1Database, D1PreparedStatement } from "@cloudflare/workers-types";
import { integer, primaryKey, sqliteTable, text } from "drizzle-orm/sqlite-core";
import type { Transition } from "../domain/monitoring/transition.ts";
import { insertRows } from "./statements.ts";

export const transitions = sqliteTable(
  "transitions",
  {
    serviceId: text("service_id").notNull(),
    atMs: integer("at_ms").notNull(),
    from: text("from_status").notNull(),
    to: text("to_status").notNull(),
    reason: text("reason"),
    message: text("message"),
  },
  (table) => [primaryKey({ columns: [table.serviceId, table.atMs, table.to] })],
);

export function putTransitions(d1: D1Database, rows: readonly Transition[]): D1PreparedStatement[] {
  return insertRows(d1, { or: "ignore", into: transitions }, rows);
}

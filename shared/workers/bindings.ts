/**
 * The bindings of a Worker: the database, variables and secrets by their names, senders that lead into private networks.
 * Read by functions/runtimes/worker.ts.
 */
import type { D1Database } from "@cloudflare/workers-types";
import type { Sender } from "./fetch-transport.ts";

export interface WorkerBindings {
  readonly DB: D1Database;
  readonly [name: string]: unknown;
}

/** The variable or secret of that name; null when there is none. */
export function readText(bindings: WorkerBindings, name: string): string | null {
  const binding = bindings[name];
  return typeof binding === "string" ? binding : null;
}

/** The way into a private network of that name; null when there is none. */
export function findSender(bindings: WorkerBindings, name: string): Sender | null {
  const binding = bindings[name];
  return typeof binding === "object" && binding !== null && "fetch" in binding ? (binding as Sender) : null;
}

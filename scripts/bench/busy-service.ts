/**
 * The built service with a hundred services that it probes once a second each, as it runs after `npm start`.
 * Called by rows that measure what a check costs it. The services are paths of one target process, which nobody else asks.
 * Invariant: rows can tell how many checks are in the database, so that one which was not stored is not counted as cheap.
 */
import Database from "better-sqlite3";
import { setTimeout as sleep } from "node:timers/promises";
import type { ChildProcesses } from "./child-processes.ts";
import type { TargetState } from "./processes/target-server.ts";
import { startService, type Service } from "./service.ts";

export const BUSY_SERVICES = 100;
const INTERVAL_S = 1;
/** Until code is compiled, statements are prepared and every service has a check. */
const WARM_UP_MS = 4_000;

export interface BusyService {
  readonly service: Service;
  /** Begun so far: as the target sees it, which counts connections. */
  probes(): Promise<number>;
  /** Committed so far: grows by a sweep of about 100 once a second. */
  storedChecks(): number;
}

/** Runs `measure` while it probes, and removes its files afterwards; the processes end with the row. */
export async function withBusyService<Result>(
  children: ChildProcesses,
  measure: (busy: BusyService) => Promise<Result>,
): Promise<Result> {
  const target = await children.start<object, TargetState>(new URL("processes/target-server.ts", import.meta.url));
  const { port } = await target.order({});
  const urls = Array.from({ length: BUSY_SERVICES }, (_, index) => `http://127.0.0.1:${port}/${index}/health`);
  const probes = async () => (await target.order({})).connectionCount;
  const service = await startService(children, urls, { intervalS: INTERVAL_S });
  try {
    await sleep(WARM_UP_MS);
    return await measure({ service, probes, storedChecks: () => storedChecks(service.databasePath) });
  } finally {
    await service.removeFiles();
  }
}

/** Of the head tier, which keeps everything for an hour: longer than a row. */
function storedChecks(databasePath: string): number {
  const sqlite = new Database(databasePath, { readonly: true });
  try {
    return Number(sqlite.prepare("select sum(json_array_length(checks)) from sweeps").pluck().get());
  } finally {
    sqlite.close();
  }
}

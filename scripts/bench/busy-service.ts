/**
 * The built service with a hundred services that it probes once a second each, as it runs after `npm start`.
 * Started by rows that measure what a check costs it. The services are paths of one target process, which nobody else asks.
 * Invariant: rows can tell how many checks are in the database, so that one which was not stored is not counted as cheap.
 */
import Database from "better-sqlite3";
import { setTimeout as sleep } from "node:timers/promises";
import type { ChildProcesses } from "./child-processes.ts";
import { startTarget } from "./programs.ts";
import { startService, type Service } from "./service.ts";

export const BUSY_SERVICES = 100;
const INTERVAL_S = 1;
/** Until code is compiled, statements are prepared and every service has a check. */
const WARM_UP_MS = 4_000;

export interface BusyService extends Service {
  /** Begun so far: as the target sees it, which counts connections. */
  probes(): Promise<number>;
  /** Committed so far: grows by a sweep of about 100 once a second. */
  storedChecks(): number;
}

export async function startBusyService(children: ChildProcesses): Promise<BusyService> {
  const target = await startTarget(children);
  const service = await startService(children, target.urls(BUSY_SERVICES), { intervalS: INTERVAL_S });
  await sleep(WARM_UP_MS);
  return {
    ...service,
    probes: async () => (await target.state()).connectionCount,
    storedChecks: () => storedChecks(service.databasePath),
  };
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

/**
 * The database of the service on Node: its file, behind the D1 interface, and what else the monitor asks of it.
 * Called once at the start. Invariant: what damages the file is noticed by whoever meets it.
 */
import type { D1Database } from "@cloudflare/workers-types";
import type { Log } from "../ports/log.ts";
import { DamageWatch } from "./damaged-database.ts";
import { openDatabaseFile } from "./database-file.ts";
import { sqliteAsD1 } from "./sqlite-d1.ts";
import { systemClock } from "./system-clock.ts";
import { walPagesOf } from "./wal-pages.ts";

export interface ServiceDatabaseFile {
  readonly path: string;
  readonly migrationsFolder: string;
  readonly log: Log;
  /** See database-file.ts. */
  prove(db: D1Database): Promise<void>;
}

/** Throws DatabaseFault when it cannot be used. */
export async function openServiceDatabase({ path, migrationsFolder, log, prove }: ServiceDatabaseFile) {
  const { nowMs } = systemClock;
  const sqlite = await openDatabaseFile({
    path,
    migrationsFolder,
    log,
    nowMs,
    prove: (unproven) => prove(sqliteAsD1(unproven)),
  });
  const watch = new DamageWatch(path, log);
  const dataVersion = sqlite.prepare<[], number>("pragma data_version").pluck();
  return {
    db: sqliteAsD1(sqlite, watch.onError),
    faults: () => watch.faults(nowMs()),
    dataVersion: () => dataVersion.get() ?? 0,
    walPages: walPagesOf(sqlite),
    close: () => void sqlite.close(),
  };
}

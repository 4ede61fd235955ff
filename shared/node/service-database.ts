/**
 * The database of the service on Node: its file, behind the D1 interface, and what else the monitor asks of it.
 * Called once at the start. Invariant: what damages the file is noticed by whoever meets it.
 */
import { fileURLToPath } from "node:url";
import type { D1Database } from "@cloudflare/workers-types";
import type { Statement } from "better-sqlite3";
import { watchDamage } from "./damaged-database.ts";
import { openDatabaseFile, type DatabaseFile } from "./database-file.ts";
import { sqliteAsD1 } from "./sqlite-d1.ts";
import { systemClock } from "./system-clock.ts";

interface WalState {
  readonly busy: number;
  /** Pages in the WAL; −1 without one. */
  readonly log: number;
  readonly checkpointed: number;
}

interface ServiceDatabaseFile extends Pick<DatabaseFile, "path" | "isDemo" | "log"> {
  /** A folder. */
  readonly migrations: URL;
  prove(db: D1Database): Promise<void>;
}

/** Throws DatabaseFault when it cannot be used. */
export async function openServiceDatabase({ prove, migrations, ...file }: ServiceDatabaseFile) {
  const { path, log } = file;
  const { nowMs } = systemClock;
  const sqlite = await openDatabaseFile({
    ...file,
    migrationsFolder: fileURLToPath(migrations),
    nowMs,
    prove: (unproven) => prove(sqliteAsD1(unproven)),
  });
  const watch = watchDamage(path, log);
  const dataVersion = sqlite.prepare<[], number>("pragma data_version").pluck();
  const walState = sqlite.prepare<[], WalState>("pragma wal_checkpoint(NOOP)"); // SQLite 3.51
  return {
    db: sqliteAsD1(sqlite, watch.onError),
    faults: () => watch.faults(nowMs()),
    dataVersion: () => dataVersion.get() ?? 0,
    walPages: () => countWalPages(walState),
    close: () => void sqlite.close(),
  };
}

/** How much of the WAL still has to be moved into the file; 0 when that cannot be told: a broken file is told by its commits. */
function countWalPages(state: Statement<[], WalState>): number {
  try {
    const { log = 0, checkpointed = 0 } = state.get() ?? {};
    return log - checkpointed;
  } catch {
    return 0;
  }
}

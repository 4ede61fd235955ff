/**
 * The database of the service on Node: its file, behind the D1 interface, and what else the monitor asks of it.
 * Opened once at the start; a file that cannot be used now, as on a full disk, is looked at again every second, while every call is
 * rejected with the reason. Invariants: what damages the file is noticed by whoever meets it; whatever is opened, at the start or
 * later, has passed the same checks (database-file.ts).
 */
import { fileURLToPath } from "node:url";
import type { D1Database } from "@cloudflare/workers-types";
import type { Database } from "better-sqlite3";
import { watchDamage } from "./damaged-database.ts";
import { DatabaseFault } from "./database-fault.ts";
import { openDatabaseFile, type DatabaseFile } from "./database-file.ts";
import { isExclusive } from "./database.ts";
import { sqliteAsD1 } from "./sqlite-d1.ts";
import { systemClock } from "./system-clock.ts";

const LOOK_EVERY_MS = 1_000;

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

/** Throws DatabaseFault when only a person can heal what is wrong with the file. */
export async function openServiceDatabase({ prove, migrations, ...file }: ServiceDatabaseFile) {
  const { nowMs, after } = systemClock;
  const migrationsFolder = fileURLToPath(migrations);
  const open = async (): Promise<Connection | DatabaseFault> => {
    try {
      const prepared = { ...file, migrationsFolder, nowMs };
      return connect(await openDatabaseFile({ ...prepared, prove: (sqlite) => prove(sqliteAsD1(sqlite)) }), file);
    } catch (error) {
      if (error instanceof DatabaseFault) return error;
      throw error;
    }
  };
  let current = await open();
  if (current instanceof DatabaseFault && current.isConfiguration) throw current;

  const connection = (): Connection => {
    if (current instanceof DatabaseFault) throw current;
    return current;
  };
  const look = async (): Promise<void> => {
    if (!(current instanceof DatabaseFault)) {
      if (!current.mayShareAgain()) return;
      current.sqlite.close();
    }
    current = await open();
  };
  let looking = Promise.resolve();
  let cancel = (): void => {};
  const arm = (): void => {
    cancel = after(LOOK_EVERY_MS, () => {
      looking = look().catch(() => {}); // what is no fault of the file now will be told by the next call
      void looking.then(() => !hasClosed && arm());
    });
  };
  let hasClosed = false;
  arm();
  return {
    db: sqliteAsD1(
      () => connection().sqlite,
      (error) => current instanceof DatabaseFault || current.watch.onError(error),
    ),
    faults: () => (current instanceof DatabaseFault ? [] : current.watch.faults(nowMs())),
    dataVersion: () => connection().dataVersion(),
    walPages: () => (current instanceof DatabaseFault ? 0 : current.walPages()),
    async close() {
      hasClosed = true;
      cancel();
      await looking;
      if (!(current instanceof DatabaseFault)) current.sqlite.close();
    },
  };
}

type Connection = ReturnType<typeof connect>;

function connect(sqlite: Database, { path, log }: Pick<DatabaseFile, "path" | "log">) {
  const dataVersion = sqlite.prepare<[], number>("pragma data_version").pluck();
  const walState = sqlite.prepare<[], WalState>("pragma wal_checkpoint(NOOP)"); // SQLite 3.51
  const changes = sqlite.prepare<[], number>("select total_changes()").pluck();
  const wasAlone = isExclusive(sqlite);
  return {
    sqlite,
    watch: watchDamage(path, log),
    dataVersion: () => dataVersion.get() ?? 0,
    /** How much of the WAL still has to be moved into the file; 0 when that cannot be told: a broken file is told by its commits. */
    walPages(): number {
      try {
        const { log: pages = 0, checkpointed = 0 } = walState.get() ?? {};
        return pages - checkpointed;
      } catch {
        return 0;
      }
    },
    /** It was opened without room for others, and has written since: there is room again. */
    mayShareAgain: () => wasAlone && (changes.get() ?? 0) > 0,
  };
}

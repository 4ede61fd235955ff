/**
 * A connection to the service's database file, and what it knows of that file. Made by service-database.ts for each one that it opens.
 * Invariant: what it leaves behind harms no other file that has got the name meanwhile.
 */
import { existsSync, rmSync, statSync, truncateSync } from "node:fs";
import type Database from "better-sqlite3";
import { unmarkDamaged, watchDamage } from "./damaged-database.ts";
import type { DatabaseFile } from "./database-file.ts";
import { watchContents } from "./database-mark.ts";
import { isExclusive } from "./database.ts";

interface WalState {
  readonly busy: number;
  /** Pages in the WAL; −1 without one. */
  readonly log: number;
  readonly checkpointed: number;
}

export interface Connection {
  readonly sqlite: Database.Database;
  readonly watch: ReturnType<typeof watchDamage>;
  dataVersion(): number;
  /** How much of the WAL still has to be moved into the file; 0 when that cannot be told: a broken file is told by its commits. */
  walPages(): number;
  /** The name of the file, or of its WAL, stands for another file by now, or for none; or the file has other contents. */
  isReplaced(): boolean;
  /** It was opened without room for others, and has written since: there is room again. */
  mayShareAgain(): boolean;
  /**
   * Closes it. Beside another file that has got the name, nothing of ours is left: SQLite would take our WAL for that file's, and
   * apply it. What is in the WAL goes into the file that was ours, wherever that is now; where other contents were written over
   * ours, it is lost. No other connection of this process may be open then.
   */
  leave(): void;
}

export function connect(sqlite: Database.Database, { path, log }: Pick<DatabaseFile, "path" | "log">): Connection {
  const dataVersion = sqlite.prepare<[], number>("pragma data_version").pluck();
  const walState = sqlite.prepare<[], WalState>("pragma wal_checkpoint(NOOP)"); // SQLite 3.51
  const changes = sqlite.prepare<[], number>("select total_changes()").pluck();
  const wasAlone = isExclusive(sqlite);
  const contents = watchContents(sqlite, path);
  const [database, wal, index] = [watchIdentity(path), watchIdentity(`${path}-wal`), watchIdentity(`${path}-shm`)];
  return {
    sqlite,
    watch: watchDamage(path, log),
    dataVersion: () => dataVersion.get() ?? 0,
    walPages() {
      try {
        const { log: pages = 0, checkpointed = 0 } = walState.get() ?? {};
        return pages - checkpointed;
      } catch {
        return 0;
      }
    },
    isReplaced: () => database.isReplaced() || wal.isReplaced() || contents.isOverwritten(),
    mayShareAgain: () => wasAlone && (changes.get() ?? 0) > 0,
    leave() {
      const isReplaced = database.isReplaced();
      const isOverwritten = !isReplaced && contents.isForeign();
      if (isReplaced) checkpoint(sqlite);
      if (isOverwritten) {
        empty(`${path}-wal`);
        unmarkDamaged(path); // what was met there was the mixture
      }
      sqlite.close();
      if (isReplaced || isOverwritten) for (const file of [wal, index]) file.removeOurs();
    },
  };
}

function checkpoint(sqlite: Database.Database): void {
  try {
    sqlite.pragma("wal_checkpoint(TRUNCATE)");
  } catch {
    // The file was taken away; there may be no disk behind it any more.
  }
}

/** Closing moves what is in the WAL into the file; from an empty one SQLite can read nothing, and leaves the file as it is. */
function empty(wal: string): void {
  if (existsSync(wal)) truncateSync(wal, 0);
}

/** Whether a name stands for the file that it stood for first, from now on. */
function watchIdentity(path: string) {
  const identify = (): string | null => {
    const stat = statSync(path, { throwIfNoEntry: false });
    return stat ? `${stat.dev}:${stat.ino}` : null;
  };
  let first = identify();
  return {
    isReplaced(): boolean {
      const now = identify();
      first ??= now;
      return now !== first;
    },
    removeOurs: () => first === identify() && rmSync(path, { force: true }),
  };
}

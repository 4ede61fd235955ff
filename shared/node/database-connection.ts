/**
 * A connection to the service's database file, and what it knows of that file. Made by service-database.ts for each one that it opens.
 * Invariant: what it leaves behind harms no other file that has got the name meanwhile.
 */
import { existsSync, rmSync, statSync, truncateSync } from "node:fs";
import type Database from "better-sqlite3";
import { saveReadable, watchLog } from "./cut-log.ts";
import { unmarkDamaged, watchDamage } from "./damaged-database.ts";
import type { DatabaseFile } from "./database-file.ts";
import { watchContents } from "./database-mark.ts";
import { isExclusive } from "./database.ts";
import { releaseFiles } from "./held-files.ts";

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
  /** Pages that are in no file yet are gone from the WAL, by whoever has cut or overwritten it. */
  isLogCut(): boolean;
  /** It was opened without room for others, and has written since: there is room again. */
  mayShareAgain(): boolean;
  /**
   * Closes it. Beside another file that has got the name, nothing of ours is left: SQLite would take our WAL for that file's, and
   * apply it. What is in the WAL goes into the file that was ours, wherever that is now; where other contents were written over
   * ours, it is lost. Where the WAL was cut, what can still be read is put into the place of the file. No other connection of this
   * process may be open then.
   * Returns false where a WAL was cut and not even that: the file is as the last checkpoint has left it.
   */
  leave(): boolean;
}

export function connect(sqlite: Database.Database, { path, log }: Pick<DatabaseFile, "path" | "log">): Connection {
  const dataVersion = sqlite.prepare<[], number>("pragma data_version").pluck();
  const walState = sqlite.prepare<[], WalState>("pragma wal_checkpoint(NOOP)"); // SQLite 3.51
  const changes = sqlite.prepare<[], number>("select total_changes()").pluck();
  const wasAlone = isExclusive(sqlite);
  const contents = watchContents(sqlite, path);
  const ownLog = watchLog(path);
  const [database, wal, index] = [watchIdentity(path), watchIdentity(`${path}-wal`), watchIdentity(`${path}-shm`)];
  const stateNow = (): "ours" | "replaced" | "overwritten" | "cut" => {
    if (database.isReplaced()) return "replaced";
    if (contents.isForeign()) return "overwritten";
    return !wal.isReplaced() && !index.isReplaced() && ownLog.isCut() ? "cut" : "ours";
  };
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
    isLogCut: () => stateNow() === "cut",
    leave() {
      const left = stateNow();
      if (left === "replaced") checkpoint(sqlite);
      const putInPlace = left === "cut" ? saveReadable(sqlite, path) : null;
      if (left === "overwritten" || left === "cut") {
        empty(`${path}-wal`);
        unmarkDamaged(path); // what was met there was the mixture
      }
      sqlite.close();
      releaseFiles(path);
      if (left !== "ours") for (const file of [wal, index]) file.removeOurs();
      putInPlace?.();
      return left !== "cut" || putInPlace !== null;
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

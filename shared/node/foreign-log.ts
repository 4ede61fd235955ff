/**
 * The log (WAL) of another database beside ours, at a start: a run was killed, and a backup was put in the place of its file.
 * Called by database-file.ts before anything else looks into the file, since SQLite would show, and write, a mixture of both.
 * Invariant: nothing is deleted; a file that is not ours stays as it is.
 */
import Database from "better-sqlite3";
import { renameSync, rmSync, statSync } from "node:fs";
import type { Log } from "../ports/log.ts";
import { belongsTogether } from "./database-mark.ts";
import { APPLICATION_ID, MAIN_THREAD_BUSY_TIMEOUT_MS } from "./database.ts";
import { readHeld } from "./held-files.ts";

/** https://sqlite.org/fileformat.html#the_database_header */
const APPLICATION_ID_OFFSET = 68;

interface LogBeside {
  /** Of the database. */
  readonly path: string;
  readonly log: Log;
  nowMs(): number;
}

export function setForeignLogAside({ path, log, nowMs }: LogBeside): void {
  const wal = `${path}-wal`;
  if (!isOurs(path) || !hasContents(wal) || isItsOwn(path)) return;
  const movedTo = `${wal}.left-${new Date(nowMs()).toISOString().replaceAll(/[-:.]/g, "")}`;
  renameSync(wal, movedTo);
  rmSync(`${path}-shm`, { force: true });
  log.write("warn", "the log of another database was beside this one, and was moved aside", {
    database: path,
    moved_to: movedTo,
  });
}

function isOurs(path: string): boolean {
  if (!hasContents(path)) return false;
  const id = readHeld(path, "", { place: APPLICATION_ID_OFFSET, bytes: 4 });
  return id.length === 4 && id.readUInt32BE() === APPLICATION_ID;
}

function hasContents(path: string): boolean {
  return (statSync(path, { throwIfNoEntry: false })?.size ?? 0) > 0;
}

/** What cannot be told is for those who look next. */
function isItsOwn(path: string): boolean {
  let sqlite: Database.Database | null = null;
  try {
    // One that may not write moves nothing into the file when it closes.
    sqlite = new Database(path, { readonly: true, fileMustExist: true, timeout: MAIN_THREAD_BUSY_TIMEOUT_MS });
    return belongsTogether(sqlite, path);
  } catch {
    return true;
  } finally {
    sqlite?.close();
  }
}

/**
 * By what a database file and the log beside it (the WAL) are known to belong together: a number in the header of the file
 * (`user_version`), random at first and counted up whenever the log has been moved into the file. The new number is then the first
 * page of the new log. SQLite itself takes any log that lies beside a file for that file's own, and the pages of two databases
 * get mixed: when a backup is copied over the file while we run, or beside what a killed run has left.
 * Asked by database-connection.ts, database-file.ts and the job thread, which counts up after its checkpoints.
 * Invariant: what SQLite sees is the number in the file, or one more. It is a guard, not a proof: a backup has the number of its time,
 * so one that is a few minutes old may pass.
 */
import { randomInt } from "node:crypto";
import { statSync } from "node:fs";
import type Database from "better-sqlite3";
import { readHeld } from "./held-files.ts";

/** https://sqlite.org/fileformat.html#the_database_header */
const OFFSET = 60;
const BYTES = 4;
/** Leaves room for a thousand years of counting. */
const LARGEST_FIRST = 2 ** 30;
const UNMARKED = 0;

/** What SQLite sees, the log included. */
function markSeen(sqlite: Database.Database): number {
  return Number(sqlite.pragma("user_version", { simple: true }));
}

/** What stands in the file alone; null when it has no header, or none can be read. */
function markInFile(path: string): number | null {
  try {
    const number = readHeld(path, "", { place: OFFSET, bytes: BYTES });
    return number.length < BYTES ? null : number.readInt32BE();
  } catch {
    return null;
  }
}

function mark(sqlite: Database.Database, number: number): void {
  sqlite.pragma(`user_version = ${number}`);
}

/** To be called before the log is switched on, so that it stands in the file itself. */
export function markFirst(sqlite: Database.Database): void {
  mark(sqlite, randomInt(1, LARGEST_FIRST));
}

/** When all of the log is in the file: the next one begins with another number. May throw an error of SQLite. */
export function countUp(sqlite: Database.Database, path: string): void {
  const inFile = markInFile(path);
  if (inFile === null || inFile !== markSeen(sqlite)) return;
  if (inFile === UNMARKED) markFirst(sqlite);
  else mark(sqlite, inFile + 1);
}

/** Whether the log that SQLite reads together with the file is the file's own. May throw an error of SQLite. */
export function belongsTogether(sqlite: Database.Database, path: string): boolean {
  // The file first: it may only get older until SQLite is asked.
  const inFile = markInFile(path);
  return inFile !== null && belong(inFile, markSeen(sqlite));
}

function belong(inFile: number, seen: number): boolean {
  return inFile === UNMARKED || seen === inFile || seen === inFile + 1;
}

/** Somebody has restored a backup by SQLite itself: it is all in the log, and the log of this number belongs to no file until it is moved. */
function takeIn(sqlite: Database.Database): void {
  try {
    sqlite.pragma("wal_checkpoint(PASSIVE)");
  } catch {
    // It is tried again at the next look, and by whoever closes the database.
  }
}

/** Whether the file under this connection is still the one that was opened, whose contents only SQLite changes. */
export function watchContents(sqlite: Database.Database, path: string) {
  let known = markInFile(path);
  let looked: string | null = null;
  const isForeign = (): boolean => {
    const inFile = markInFile(path);
    if (inFile === known) return false;
    if (inFile === null || !isSeenWith(inFile)) return true;
    known = inFile;
    return false;
  };
  const isSeenWith = (inFile: number): boolean => {
    try {
      return belong(inFile, markSeen(sqlite));
    } catch {
      return false; // it cannot be read any more
    }
  };
  return {
    isForeign,
    /** The same for who looks again and again: only when it has stayed as it is since the last look, hence nobody writes any more. */
    isOverwritten(): boolean {
      if (!isForeign()) {
        looked = null;
        if (known !== null && !isSeenWith(known)) takeIn(sqlite);
        return false;
      }
      const stat = statSync(path, { throwIfNoEntry: false });
      const now = `${stat?.size} ${stat?.mtimeMs}`;
      const isStill = now === looked;
      looked = now;
      return isStill;
    },
  };
}

/**
 * What happens to a damaged database file: it is marked while the service runs, and moved aside at the next start.
 * Called by database-file.ts and by whoever meets damage. All state is in the folder, so every thread, process and restart sees it.
 * Invariant: nothing is deleted: what is moved aside can be opened with the sqlite3 shell, its WAL beside it.
 */
import { existsSync, readdirSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { basename, dirname } from "node:path";
import type { Log } from "../ports/log.ts";
import { isDamage, errorText } from "./database-fault.ts";

/** For a day people are told that history is short, unless they have taken the file away. */
const SHOWN_MS = 24 * 3_600_000;

const DAMAGED_FAULT = "The database is damaged; restart the service to move it aside and start anew";
const MOVED_FAULT = "The database was damaged and moved aside; history starts anew";

const MOVED_NAME = /\.corrupt-(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)(\d{3})Z$/;

export function isMarkedDamaged(path: string): boolean {
  return existsSync(markPath(path));
}

/** Renames the file, its WAL and its index to `<path>.corrupt-<UTC time>`; returns that name. */
export function moveAside(path: string, nowMs: number): string {
  const target = `${path}.corrupt-${new Date(nowMs).toISOString().replaceAll(/[-:.]/g, "")}`;
  // The file itself last: without it SQLite would delete a WAL that is left behind.
  for (const suffix of ["-wal", "-shm", "-journal", ""]) {
    if (existsSync(path + suffix)) renameSync(path + suffix, target + suffix);
  }
  unmarkDamaged(path);
  return target;
}

export function unmarkDamaged(path: string): void {
  rmSync(markPath(path), { force: true });
}

/** Watches over one connection's file: marks it when SQLite meets damage, and knows what alerts must say of it. */
export function watchDamage(path: string, log: Log) {
  const shownUntilMs = newestMoveMs(path) + SHOWN_MS;
  let hasFound = false;
  return {
    /** To be told every error of the database. Never throws; acts once, as another process may have replaced the file since. */
    onError: (error: unknown): void => {
      if (hasFound || !isDamage(error)) return;
      hasFound = true;
      const fields = { database: path, error: errorText(error) };
      log.write("error", "database is damaged, restart the service to move it aside and start anew", fields);
      try {
        // Reading what a start needs might not meet the damage again.
        writeFileSync(markPath(path), "SQLite found this database damaged. The next start moves it aside.\n");
      } catch (cause) {
        log.write("error", "damaged database could not be marked", { ...fields, error: errorText(cause) });
      }
    },
    /** Sentences for alerts. Sees what another thread has found, too. */
    faults(nowMs: number): readonly string[] {
      if (hasFound || isMarkedDamaged(path)) return [DAMAGED_FAULT];
      return nowMs < shownUntilMs ? [MOVED_FAULT] : [];
    },
  };
}

function newestMoveMs(path: string): number {
  const times = readdirSync(dirname(path))
    .filter((name) => name.startsWith(`${basename(path)}.corrupt-`))
    .map(movedAtMs);
  return Math.max(-Infinity, ...times);
}

function movedAtMs(name: string): number {
  const [, year, month, day, hour, minute, second, ms] = MOVED_NAME.exec(name) ?? [];
  if (ms === undefined) return -Infinity;
  return Date.parse(`${year}-${month}-${day}T${hour}:${minute}:${second}.${ms}Z`);
}

function markPath(path: string): string {
  return `${path}.damaged`;
}

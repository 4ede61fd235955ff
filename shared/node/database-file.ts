/**
 * Opens the service's database file in whatever state it is: new, ours, damaged, somebody else's, newer, or out of reach.
 * Called once at the start, before anything is probed; so it may wait for a lock, but does no work that grows
 * with the file. Invariant: a damaged file is moved aside and the service starts; a file that is not ours is never changed.
 */
import type { Database } from "better-sqlite3";
import { accessSync, constants, existsSync, mkdirSync, statSync } from "node:fs";
import { dirname } from "node:path";
import type { Log } from "../ports/log.ts";
import { migrateDatabase, openDatabase } from "./database.ts";
import { DatabaseFault, isDamage, isEnvironment, errorText } from "./database-fault.ts";
import { isMarkedDamaged, moveAside } from "./damaged-database.ts";
import { inspectDatabase } from "./inspect-database.ts";

/**
 * better-sqlite3 waits for a lock by blocking the thread that probes and answers. A commit that finds the database locked
 * is held and tried again a second later, so nothing is gained by waiting longer than a healthy writer needs.
 */
const MAIN_THREAD_BUSY_TIMEOUT_MS = 100;

const ELSEWHERE = "set MONITORING_DB to another path";

export interface DatabaseFile {
  readonly path: string;
  readonly migrationsFolder: string;
  readonly log: Log;
  nowMs(): number;
  /** Reads what the start will need; whatever it rejects with, except for locks and failing disks, counts as damage. */
  prove(sqlite: Database): Promise<unknown>;
}

/** The database, ready for use. Throws DatabaseFault when it cannot be used and must not be touched. */
export async function openDatabaseFile(file: DatabaseFile): Promise<Database> {
  const { path } = file;
  try {
    assertReachable(path);
    if (isMarkedDamaged(path)) replaceDamaged(file, "found while the service ran");
    const kind = inspectDatabase(path, file.migrationsFolder);
    if (kind === "foreign") throw foreignFault(path);
    if (kind === "newer") throw newerFault(path);
    if (kind === "damaged") replaceDamaged(file, "file is not a database that can be read");
    return await openProven(file);
  } catch (error) {
    if (error instanceof DatabaseFault) throw error;
    throw unusableFault(path, error);
  }
}

async function openProven(file: DatabaseFile): Promise<Database> {
  try {
    return await open(file);
  } catch (error) {
    if (!(error instanceof ContentError) && !isDamage(error)) throw error;
    replaceDamaged(file, errorText(error));
    return open(file);
  }
}

/** The file could be opened, but what is in it cannot be used. */
class ContentError extends Error {}

async function open({ path, migrationsFolder, prove }: DatabaseFile): Promise<Database> {
  const sqlite = openDatabase(path);
  try {
    migrateDatabase(sqlite, migrationsFolder);
    await prove(sqlite).catch((error: unknown) => {
      throw isEnvironment(error) ? error : new ContentError(errorText(error), { cause: error });
    });
    sqlite.pragma(`busy_timeout = ${MAIN_THREAD_BUSY_TIMEOUT_MS}`);
    return sqlite;
  } catch (error) {
    sqlite.close();
    throw error;
  }
}

function replaceDamaged({ path, log, nowMs }: DatabaseFile, error: string): void {
  const movedTo = moveAside(path, nowMs());
  log.write("error", "database damaged, moved aside; history starts anew", {
    database: path,
    moved_to: movedTo,
    error,
  });
}

function assertReachable(path: string): void {
  const folder = dirname(path);
  try {
    mkdirSync(folder, { recursive: true });
  } catch (cause) {
    const message = `${path}: the folder ${folder} cannot be created (${errorText(cause)}); create it, or ${ELSEWHERE}`;
    throw new DatabaseFault(message, { isConfiguration: false, cause });
  }
  if (existsSync(path) && !statSync(path).isFile()) {
    const message = `${path}: the database must be a file, and this is ${statSync(path).isDirectory() ? "a folder" : "none"}; ${ELSEWHERE}`;
    throw new DatabaseFault(message, { isConfiguration: true });
  }
  assertWritable(folder, "the folder of the database");
  if (existsSync(path)) assertWritable(path, "the database");
}

function assertWritable(path: string, what: string): void {
  try {
    accessSync(path, constants.R_OK | constants.W_OK);
  } catch (cause) {
    const message = `${path}: ${what} cannot be written to (${errorText(cause)}); let this user write to it, or ${ELSEWHERE}`;
    throw new DatabaseFault(message, { isConfiguration: false, cause });
  }
}

function foreignFault(path: string): DatabaseFault {
  const message = `${path}: this is the database of another program, and nothing was changed; ${ELSEWHERE}`;
  return new DatabaseFault(message, { isConfiguration: true });
}

function newerFault(path: string): DatabaseFault {
  const message =
    `${path}: this database was written by a newer version of this service, and nothing was changed; ` +
    `start that version, or ${ELSEWHERE}`;
  return new DatabaseFault(message, { isConfiguration: true });
}

function unusableFault(path: string, cause: unknown): DatabaseFault {
  const message = `${path}: the database cannot be used (${errorText(cause)}); see to the disk and its permissions, or ${ELSEWHERE}`;
  return new DatabaseFault(message, { isConfiguration: false, cause });
}

/**
 * Opens the service's database file in whatever state it is: new, ours, damaged, somebody else's, newer, or out of reach.
 * Called by service-database.ts at the start, and every second while that has failed: it does no work that grows with the file, and waits
 * for a lock no longer than a commit does. Invariant: a damaged file is moved aside and the service starts; a file that is not ours is never changed.
 */
import Database from "better-sqlite3";
import { readMigrationFiles } from "drizzle-orm/migrator";
import { accessSync, constants, existsSync, mkdirSync, statSync } from "node:fs";
import { dirname } from "node:path";
import type { Log } from "../ports/log.ts";
import {
  APPLICATION_ID,
  appliedMigrations,
  MAIN_THREAD_BUSY_TIMEOUT_MS,
  migrateDatabase,
  openDatabase,
  tableNames,
} from "./database.ts";
import { DatabaseFault, isDamage, isEnvironment, isLocked, errorText, isTooBig, lacksRoom } from "./database-fault.ts";
import { isMarkedDamaged, moveAside } from "./damaged-database.ts";
import { countUp } from "./database-mark.ts";
import { setForeignLogAside } from "./foreign-log.ts";
import { readHeld } from "./held-files.ts";

export interface DatabaseFile {
  readonly path: string;
  /** What is to be watched is simulated: a history of real services would be mixed with it, and their alerts ended. Default: false. */
  readonly isDemo?: boolean;
  readonly migrationsFolder: string;
  readonly log: Log;
  nowMs(): number;
  /** Reads what the start will need; whatever it rejects with, except for locks and failing disks, counts as damage. */
  prove(sqlite: Database.Database): Promise<unknown>;
}

/** The database, ready for use. Throws DatabaseFault when it cannot be used and must not be touched. */
export async function openDatabaseFile(file: DatabaseFile): Promise<Database.Database> {
  const { path } = file;
  try {
    assertReachable(path);
    setForeignLogAside(file);
    if (isMarkedDamaged(path)) replaceDamaged(file, "found while the service ran");
    const kind = inspectDatabase(file);
    if (kind in REFUSED) {
      const { what, ...advice } = REFUSED[kind as keyof typeof REFUSED];
      throw new DatabaseFault(path, `${what}, and nothing was changed`, advice);
    }
    if (kind === "damaged") replaceDamaged(file, "file is not a database that can be read");
    return await openProven(file);
  } catch (cause) {
    if (cause instanceof DatabaseFault) throw cause;
    const remedy = isLocked(cause) ? "end the program that keeps it locked" : "see to the disk and its permissions";
    throw new DatabaseFault(path, "the database cannot be used", { remedy, cause });
  }
}

async function openProven(file: DatabaseFile): Promise<Database.Database> {
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

async function open({ path, migrationsFolder, prove }: DatabaseFile): Promise<Database.Database> {
  const sqlite = openTuned(path);
  try {
    migrateDatabase(sqlite, migrationsFolder);
    await prove(sqlite).catch((error: unknown) => {
      if (isTooBig(error)) return; // a value is the business of who reads it
      throw isEnvironment(error) ? error : new ContentError(errorText(error), { cause: error });
    });
    countUpIfPossible(sqlite, path);
    return sqlite;
  } catch (error) {
    sqlite.close();
    throw error;
  }
}

/** On a full disk, or where somebody holds a lock, a later checkpoint will do it. */
function countUpIfPossible(sqlite: Database.Database, path: string): void {
  try {
    countUp(sqlite, path);
  } catch (error) {
    if (!isEnvironment(error)) throw error;
  }
}

/** On a full disk a file can be read by a connection that needs no room for an index to share. */
function openTuned(path: string): Database.Database {
  try {
    return openDatabase(path, { waitMs: MAIN_THREAD_BUSY_TIMEOUT_MS });
  } catch (error) {
    if (!lacksRoom(error)) throw error;
    return openDatabase(path, { waitMs: MAIN_THREAD_BUSY_TIMEOUT_MS, isAlone: true });
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
    throw new DatabaseFault(path, `the folder ${folder} cannot be created`, { remedy: "create it", cause });
  }
  if (existsSync(path) && !statSync(path).isFile()) {
    const found = statSync(path).isDirectory() ? "a folder" : "none";
    throw new DatabaseFault(path, `the database must be a file, and this is ${found}`);
  }
  assertWritable(folder, "the folder of the database");
  if (existsSync(path)) assertWritable(path, "the database");
}

function assertWritable(path: string, what: string): void {
  try {
    accessSync(path, constants.R_OK | constants.W_OK);
  } catch (cause) {
    throw new DatabaseFault(path, `${what} cannot be written to`, { remedy: "let this user write to it", cause });
  }
}

/** Databases that must stay as they are, in words for people. */
const REFUSED = {
  foreign: { what: "this is the database of another program" },
  text: { what: "this is a text file and not a database of this service" },
  newer: { what: "this database was written by a newer version of this service", remedy: "start that version" },
  real: {
    what: "this is the history of a real cluster, which the demo would end",
    remedy: "write a cluster.yaml, or name one by --config",
  },
} as const;

type DatabaseKind = "new" | "ours" | "damaged" | keyof typeof REFUSED;

/** Those of our tables that have been there from the first version on. */
const OUR_TABLES = ["snapshot", "sweeps"];

/** A snapshot that does not say of itself, as each of the demo does, what it is; or sweeps that have lost theirs. */
const REAL_HISTORY = `select 1 from snapshot where not json_valid(body) or json_extract(body, '$.notice') is null
  union all select 1 from sweeps where not exists (select 1 from snapshot)`;

/** https://sqlite.org/fileformat.html#the_database_header */
const HEADER_BYTES = 100;
/** A page of SQLite, as it is by default. */
const START_BYTES = 4_096;
const MAGIC = "SQLite format 3\0";
const APPLICATION_ID_OFFSET = 68;

/**
 * What a file is, which stays the same byte for byte, or does not exist. Reads the first page and the schema only, whatever its size.
 * Throws the error of system or SQLite when it cannot be read.
 */
function inspectDatabase(file: DatabaseFile): DatabaseKind {
  const { path } = file;
  if (!existsSync(path)) return "new";
  const header = readHeld(path, "", { place: 0, bytes: START_BYTES });
  if (header.length === 0) return "new";
  const hasMagic = header.toString("latin1", 0, MAGIC.length) === MAGIC;
  if (!hasMagic && isText(header)) return "text";
  if (!hasMagic || header.length < HEADER_BYTES) return "damaged";
  const applicationId = header.readUInt32BE(APPLICATION_ID_OFFSET);
  try {
    return kindBySchema(file, applicationId);
  } catch (error) {
    // A program that marks its files owns them, damaged or not.
    if (isDamage(error)) return applicationId === APPLICATION_ID || applicationId === 0 ? "damaged" : "foreign";
    // Such as a journal to be rolled back, which opening for writing will do.
    if (applicationId === APPLICATION_ID) return "ours";
    throw error;
  }
}

function kindBySchema({ path, migrationsFolder, isDemo }: DatabaseFile, applicationId: number): DatabaseKind {
  // Closing a connection that may write moves a WAL left behind into the file; one that may not leaves an empty WAL behind.
  const hasLeftovers = existsSync(`${path}-wal`) || existsSync(`${path}-journal`);
  const sqlite = new Database(path, {
    readonly: hasLeftovers,
    fileMustExist: true,
    timeout: MAIN_THREAD_BUSY_TIMEOUT_MS,
  });
  try {
    const tables = tableNames(sqlite);
    const isMarked = applicationId === APPLICATION_ID;
    if (tables.size === 0) return isMarked || applicationId === 0 ? "new" : "foreign";
    if (!isMarked && !OUR_TABLES.every((name) => tables.has(name))) return "foreign";
    const known = new Set(readMigrationFiles({ migrationsFolder }).map(({ folderMillis }) => folderMillis));
    const applied = appliedMigrations(sqlite);
    if (applied.size === 0) return "damaged";
    if (![...applied].every((writtenMs) => known.has(writtenMs))) return "newer";
    return isDemo && sqlite.prepare(REAL_HISTORY).get() !== undefined ? "real" : "ours";
  } finally {
    sqlite.close();
  }
}

/** Every page of SQLite holds zeros, whatever is damaged in it; a file that was cut within its magic looks like text and is none. */
function isText(start: Buffer): boolean {
  if (start.includes(0) || MAGIC.startsWith(start.toString("latin1"))) return false;
  try {
    new TextDecoder("utf-8", { fatal: true }).decode(start, { stream: true }); // the last character may be cut
    return true;
  } catch {
    return false;
  }
}

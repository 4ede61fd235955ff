/**
 * Looks at a file before anything is written to it: is it ours, somebody else's, newer than this program, or damaged?
 * Called by database-file.ts. Reads the header and the schema only, whatever the size of the file.
 * Invariant: the file is the same byte for byte afterwards.
 */
import Database from "better-sqlite3";
import { readMigrationFiles } from "drizzle-orm/migrator";
import { closeSync, existsSync, openSync, readSync } from "node:fs";
import { appliedMigrations, APPLICATION_ID, tableNames } from "./database.ts";
import { isDamage } from "./database-fault.ts";

export type DatabaseKind = "new" | "ours" | "newer" | "foreign" | "damaged";

/** Those of our tables that have been there from the first version on. */
const OUR_TABLES = ["snapshot", "sweeps"];

/** https://sqlite.org/fileformat.html#the_database_header */
const HEADER_BYTES = 100;
const MAGIC = "SQLite format 3\0";
const APPLICATION_ID_OFFSET = 68;

/** `path` is a file or does not exist. Throws the error of system or SQLite when it cannot be read. */
export function inspectDatabase(path: string, migrationsFolder: string): DatabaseKind {
  if (!existsSync(path)) return "new";
  const header = readHeader(path);
  if (header.length === 0) return "new";
  if (header.length < HEADER_BYTES || header.toString("latin1", 0, MAGIC.length) !== MAGIC) return "damaged";
  const applicationId = header.readUInt32BE(APPLICATION_ID_OFFSET);
  try {
    return kindBySchema(path, { applicationId, migrationsFolder });
  } catch (error) {
    // A program that marks its files owns them, damaged or not.
    if (isDamage(error)) return applicationId === APPLICATION_ID || applicationId === 0 ? "damaged" : "foreign";
    // Such as a journal to be rolled back, which opening for writing will do.
    if (applicationId === APPLICATION_ID) return "ours";
    throw error;
  }
}

function kindBySchema(
  path: string,
  { applicationId, migrationsFolder }: { applicationId: number; migrationsFolder: string },
): DatabaseKind {
  // Closing a connection that may write moves a WAL left behind into the file; one that may not leaves an empty WAL behind.
  const hasLeftovers = existsSync(`${path}-wal`) || existsSync(`${path}-journal`);
  const sqlite = new Database(path, { readonly: hasLeftovers, fileMustExist: true });
  try {
    const tables = tableNames(sqlite);
    const isMarked = applicationId === APPLICATION_ID;
    if (tables.size === 0) return isMarked || applicationId === 0 ? "new" : "foreign";
    if (!isMarked && !OUR_TABLES.every((name) => tables.has(name))) return "foreign";
    const known = new Set(readMigrationFiles({ migrationsFolder }).map(({ folderMillis }) => folderMillis));
    const applied = appliedMigrations(sqlite);
    if (applied.size === 0) return "damaged";
    return [...applied].every((writtenMs) => known.has(writtenMs)) ? "ours" : "newer";
  } finally {
    sqlite.close();
  }
}

function readHeader(path: string): Buffer {
  const file = openSync(path, "r");
  try {
    const bytes = Buffer.alloc(HEADER_BYTES);
    return bytes.subarray(0, readSync(file, bytes));
  } finally {
    closeSync(file);
  }
}

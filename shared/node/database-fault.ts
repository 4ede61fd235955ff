/**
 * What can be wrong with a database file, told apart by who can do something about it.
 * Invariant: a file counts as damaged only when SQLite says so itself; a full disk or a lock is never damage.
 */
import Database from "better-sqlite3";

const DAMAGE = /^SQLITE_(CORRUPT|NOTADB)/;

/** The database cannot be used as it is. The message is one sentence for the operator: the path, and what to do. */
export class DatabaseFault extends Error {
  override readonly name = "DatabaseFault";
  /** True when only a person can heal it: the wrong file is configured. False: a later start may find it healed. */
  readonly isConfiguration: boolean;

  /** `cause`: what the system says; without one the wrong file is configured. */
  constructor(path: string, what: string, { remedy, cause }: { remedy?: string; cause?: unknown } = {}) {
    const told = cause === undefined ? what : `${what} (${errorText(cause)})`;
    super(`${path}: ${told}; ${remedy ? `${remedy}, or ` : ""}set MONITORING_DB to another path`, { cause });
    this.isConfiguration = cause === undefined;
  }
}

/** True when SQLite found the file damaged; sees through the D1 facade. */
export function isDamage(error: unknown): boolean {
  return DAMAGE.test(sqliteCode(error) ?? "");
}

/**
 * True for what keeps a healthy file from being used: locks, permissions, a full or failing disk. What remains (damage, a
 * missing column) lies in the file's structure.
 */
export function isEnvironment(error: unknown): boolean {
  const code = sqliteCode(error);
  if (code !== null) return code !== "SQLITE_ERROR" && !DAMAGE.test(code);
  return error instanceof Error && "errno" in error;
}

/** True for one value that is larger than what a statement or a result may hold, by SQLite's limits or those of D1. */
export function isTooBig(error: unknown): boolean {
  return sqliteCode(error) === "SQLITE_TOOBIG" || errorText(error).endsWith("SQLITE_TOOBIG");
}

/** True when another program keeps the database to itself for now. */
export function isLocked(error: unknown): boolean {
  return /^SQLITE_(BUSY|LOCKED)/.test(sqliteCode(error) ?? "");
}

/** True when the disk has no room, or none that this user may fill. */
export function lacksRoom(error: unknown): boolean {
  return /^SQLITE_(FULL|IOERR|CANTOPEN)/.test(sqliteCode(error) ?? "");
}

export function errorText(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

function sqliteCode(error: unknown): string | null {
  if (error instanceof Database.SqliteError) return error.code;
  return error instanceof Error && error.cause !== undefined ? sqliteCode(error.cause) : null;
}

/**
 * Since when and why what is found is not saved. Pure; made by the sweeps, told by the pages.
 * Invariant: a cause is one of few words, whatever the error says: errors of databases name paths and quote what was to be stored.
 */

/** For who watches over the service; strangers are told that the past is not complete. */
export const UNSAVED_FAULT = "History is not being saved";

export interface Unsaved {
  /** Of the first failure of those in a row, epoch ms. */
  readonly sinceMs: number;
  readonly cause: StorageCause;
}

export type StorageCause = "no_room" | "locked" | "read_only" | "no_access" | "bad_disk" | "damaged" | "other";

/** What SQLite says, by whichever way it comes to us, or the system. */
const SIGNS: readonly (readonly [StorageCause, RegExp])[] = [
  ["no_room", /disk is full|no space left|SQLITE_FULL|\bENOSPC\b/i],
  ["locked", /database (table |schema )?is locked|SQLITE_(BUSY|LOCKED)/i],
  ["read_only", /readonly database|read-only file system|SQLITE_READONLY|\bEROFS\b/i],
  ["no_access", /unable to open database|permission denied|SQLITE_CANTOPEN|\bEACCES\b/i],
  ["bad_disk", /disk I\/O error|SQLITE_IOERR|\bEIO\b/i],
  ["damaged", /disk image is malformed|file is not a database|SQLITE_(CORRUPT|NOTADB)/i],
];

export function causeOf(error: unknown): StorageCause {
  const text = error instanceof Error ? error.message : String(error);
  return SIGNS.find(([, sign]) => sign.test(text))?.[0] ?? "other";
}

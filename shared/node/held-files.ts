/**
 * Reads the files of a database that SQLite has open in this process. When a process closes any descriptor of a file, POSIX ends all
 * locks that it has on it (https://sqlite.org/howtocorrupt.html, 2.2): SQLite would go on without them, and the next program that
 * looks into the database, such as a backup, would cut the shared index under our feet (SIGBUS) or write where we write.
 * So what is opened here stays open until no connection is left. Used by whoever looks past SQLite; threads use those of the main thread.
 * Invariant: nothing else in this process opens the database or its index, except SQLite.
 */
import { closeSync, fstatSync, openSync, readSync, statSync } from "node:fs";

/** Of the database itself, and of the index to its log; the log has no locks. */
type Suffix = "" | "-shm";

interface HeldFile {
  readonly database: string;
  readonly descriptor: number;
}

/** By device and inode, as the locks are. One for each thread: a module has no other place, and the locks are the process's. */
const held = new Map<string, HeldFile>();
let mayOpen = true;

/** At most `bytes`, fewer where the file ends. Throws the error of the system, as for a file that is not there. */
export function readHeld(database: string, suffix: Suffix, { place, bytes }: { place: number; bytes: number }): Buffer {
  const buffer = Buffer.alloc(bytes);
  return buffer.subarray(0, readSync(hold(database, suffix), buffer, 0, bytes, place));
}

/** For another thread, which can open none: its end would close them. */
export function lendFiles(database: string): ReadonlyMap<string, HeldFile> {
  for (const suffix of ["", "-shm"] as const) {
    try {
      hold(database, suffix);
    } catch {
      // Without it the thread cannot tell, and leaves the file alone.
    }
  }
  return held;
}

export function borrowFiles(lent: ReadonlyMap<string, HeldFile>): void {
  mayOpen = false;
  for (const [identity, file] of lent) held.set(identity, file);
}

/** To be called when no connection of this process has the database open any more. */
export function releaseFiles(database: string): void {
  for (const [identity, file] of held) {
    if (file.database !== database) continue;
    held.delete(identity);
    closeSync(file.descriptor);
  }
}

function hold(database: string, suffix: Suffix): number {
  const path = database + suffix;
  const known = held.get(identify(statSync(path)));
  if (known) return known.descriptor;
  if (!mayOpen) throw new Error(`${path} was not lent to this thread`);
  const descriptor = openSync(path, "r");
  held.set(identify(fstatSync(descriptor)), { database, descriptor });
  return descriptor;
}

function identify({ dev, ino }: { readonly dev: number; readonly ino: number }): string {
  return `${dev}:${ino}`;
}

/**
 * Whether the log beside a database (the WAL) still holds what was written to it: somebody may have cut it, emptied it or written over
 * it while we ran. SQLite does not look: it reads zeros, and moves those into the database at the next checkpoint.
 * Asked every second by database-connection.ts, and before each checkpoint by the job thread.
 * Invariant: what other connections write, checkpoint or restart meanwhile is never taken for a cut; what cannot be told is none.
 */
import { closeSync, fsyncSync, openSync, readSync, renameSync, rmSync, statSync } from "node:fs";
import type Database from "better-sqlite3";
import { readHeld } from "./held-files.ts";

/** https://sqlite.org/walformat.html: the index begins with two copies of its header, in the byte order of this machine. */
const INDEX_HEADER_BYTES = 48;
const PAGE_SIZE_AT = 14;
const FRAMES_AT = 16;
const SALT_AT = 32;
const SALT_BYTES = 8;

const LOG_HEADER_BYTES = 32;
const SALT_IN_LOG_HEADER_AT = 16;
const FRAME_HEADER_BYTES = 24;
const SALT_IN_FRAME_AT = 8;

/** What SQLite takes the log to hold. */
interface LogIndex {
  readonly bytes: Buffer;
  readonly frames: number;
  readonly frameBytes: number;
  /** Stands in the header of the log and in each of its frames, until the log begins anew. */
  readonly salt: Buffer;
}

export function watchLog(path: string) {
  let known: LogIndex | null = null;
  return {
    /** The index is read before and after: whoever makes the log shorter, or begins it anew, changes the index first. */
    isCut(): boolean {
      const index = readIndex(path);
      if (index === null || index.frames === 0) return false;
      const isWhole = holds(`${path}-wal`, index, known?.salt.equals(index.salt) ? known.frames : 0);
      if (!readIndex(path)?.bytes.equals(index.bytes)) return false;
      if (isWhole) known = index;
      return !isWhole;
    },
  };
}

/** Null without one, as for a connection that is alone, and while it is being written. */
function readIndex(path: string): LogIndex | null {
  try {
    const both = readHeld(path, "-shm", { place: 0, bytes: 2 * INDEX_HEADER_BYTES });
    const bytes = both.subarray(0, INDEX_HEADER_BYTES);
    if (!bytes.equals(both.subarray(INDEX_HEADER_BYTES))) return null;
    const [pageSize = 0] = new Uint16Array(bytes.buffer, bytes.byteOffset + PAGE_SIZE_AT, 1);
    const [frames = 0] = new Uint32Array(bytes.buffer, bytes.byteOffset + FRAMES_AT, 1);
    const frameBytes = FRAME_HEADER_BYTES + pageSize;
    return { bytes, frames, frameBytes, salt: bytes.subarray(SALT_AT, SALT_AT + SALT_BYTES) };
  } catch {
    return null;
  }
}

/** @param knownFrames were in it at the last look: between a cut there and what was written since is a gap. */
function holds(wal: string, { frames, frameBytes, salt }: LogIndex, knownFrames: number): boolean {
  const stat = statSync(wal, { throwIfNoEntry: false });
  if (!stat) return true; // that it is gone is told by its name
  if (stat.size < LOG_HEADER_BYTES + frames * frameBytes) return false;
  const saltOf = (frame: number): number => LOG_HEADER_BYTES + (frame - 1) * frameBytes + SALT_IN_FRAME_AT;
  const places = [SALT_IN_LOG_HEADER_AT, saltOf(frames), ...(knownFrames > 0 ? [saltOf(knownFrames)] : [])];
  return readEach(wal, places).every((found) => found.equals(salt));
}

function readEach(path: string, places: readonly number[]): Buffer[] {
  const file = openSync(path, "r");
  try {
    return places.map((place) => {
      const bytes = Buffer.alloc(SALT_BYTES);
      return bytes.subarray(0, readSync(file, bytes, 0, SALT_BYTES, place));
    });
  } finally {
    closeSync(file);
  }
}

/** A larger one is not copied: all of it is held in memory meanwhile, and checks and answers wait. */
const MOST_SAVED_BYTES = 32_000_000;

/**
 * Writes what the connection can still read into a file of its own, or nothing: pages that were in the log only are still in its
 * memory, unless another connection has written since. Returns what puts that file into the place of the database, once that is closed.
 */
export function saveReadable(sqlite: Database.Database, path: string): (() => void) | null {
  const saved = `${path}.saved`;
  try {
    const bytes =
      Number(sqlite.pragma("page_count", { simple: true })) * Number(sqlite.pragma("page_size", { simple: true }));
    if (bytes > MOST_SAVED_BYTES) return null;
    rmSync(saved, { force: true });
    // What is in memory must not have to go for what is read from the disk.
    sqlite.pragma(`cache_size = -${MOST_SAVED_BYTES / 1_000}`);
    sqlite.prepare("vacuum into ?").run(saved);
    flush(saved);
    return () => renameSync(saved, path);
  } catch {
    rmSync(saved, { force: true });
    return null;
  }
}

function flush(path: string): void {
  const file = openSync(path, "r+");
  try {
    fsyncSync(file);
  } finally {
    closeSync(file);
  }
}

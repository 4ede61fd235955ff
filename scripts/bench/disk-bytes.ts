/**
 * What a process has had written to disk, from /proc (Linux only).
 * Used by rows about the disk. The kernel counts pages as they become dirty, so the same page counts again after each fsync.
 * Invariant: an unreadable or foreign text is an error, not a number.
 */
import { readFileSync } from "node:fs";

/** Bytes so far, of all threads. Throws when there is no such process. */
export function bytesWritten(pid: number): number {
  return parseBytesWritten(readFileSync(`/proc/${pid}/io`, "utf8"));
}

/** `io` as in proc(5): `write_bytes` is what goes to a disk, `wchar` would be whatever is handed to write(2). */
export function parseBytesWritten(io: string): number {
  const bytes = /^write_bytes: (\d+)$/m.exec(io)?.[1];
  if (bytes === undefined) throw new Error("not the io file of a process");
  return Number(bytes);
}

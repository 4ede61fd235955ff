/**
 * What another process has used, all its threads included, from /proc (Linux only).
 * Used at both edges of what is measured, as only there it is exact. The kernel counts a page as written when it becomes dirty, so
 * the same page counts again after each fsync.
 * Invariant: an unreadable or foreign text is an error, not a number.
 */
import { readFileSync } from "node:fs";

/** Linux counts in USER_HZ, which is 100 on every architecture that Node runs on; so ± 10 ms a reading. */
const TICK_US = 10_000;

/** Microseconds of CPU so far. Throws when there is no such process. */
export const cpuTimeUs = (pid: number): number => parseCpuTimeUs(readFileSync(`/proc/${pid}/stat`, "utf8"));

/** Bytes written to disk so far. Throws when there is no such process. */
export const bytesWritten = (pid: number): number => parseBytesWritten(readFileSync(`/proc/${pid}/io`, "utf8"));

/** Bytes of memory that are resident now. Throws when there is no such process. */
export function residentBytes(pid: number): number {
  const kilobytes = /^VmRSS:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/status`, "utf8"))?.[1];
  if (kilobytes === undefined) throw new Error("not the status file of a process");
  return Number(kilobytes) * 1024;
}

const LISTENING = "0A";

/** How many sockets some process of this machine holds that clients of a port on 127.0.0.1 or ::1 are, or were, connected to. */
export function openSockets(port: number): number {
  return ["/proc/net/tcp", "/proc/net/tcp6"]
    .map((file) => countSockets(readFileSync(file, "utf8"), port))
    .reduce((sum, count) => sum + count, 0);
}

/** As the kernel prints 127.0.0.1, ::1 and ::ffff:127.0.0.1. A client at 127.0.0.2 may have been given the port's number as its own. */
const SERVER_ADDRESSES = ["0100007F", `${"0".repeat(24)}01000000`, `${"0".repeat(16)}FFFF00000100007F`];

/** `table`: /proc/net/tcp as in proc(5). */
export function countSockets(table: string, port: number): number {
  const hex = port.toString(16).toUpperCase().padStart(4, "0");
  const locals = SERVER_ADDRESSES.map((address) => `${address}:${hex}`);
  const rows = table.split("\n").map((line) => line.trim().split(/\s+/));
  return rows.filter(
    ([, local = "", , state, , , , , , inode]) => locals.includes(local) && state !== LISTENING && inode !== "0",
  ).length;
}

/** `stat` as in proc(5): utime is field 14 and stime 15; the name before field 3 may hold spaces and parentheses. */
export function parseCpuTimeUs(stat: string): number {
  const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
  const ticks = Number(fields[11] ?? Number.NaN) + Number(fields[12] ?? Number.NaN);
  if (!Number.isSafeInteger(ticks)) throw new Error("not the stat file of a process");
  return ticks * TICK_US;
}

/** `io` as in proc(5): `write_bytes` is what goes to a disk, `wchar` would be whatever is handed to write(2). */
export function parseBytesWritten(io: string): number {
  const bytes = /^write_bytes: (\d+)$/m.exec(io)?.[1];
  if (bytes === undefined) throw new Error("not the io file of a process");
  return Number(bytes);
}

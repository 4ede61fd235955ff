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

/** How many sockets some process of this machine holds that clients of a port on loopback are, or were, connected to. */
export function openSockets(port: number): number {
  const lines = ["/proc/net/tcp", "/proc/net/tcp6"].flatMap((file) => readFileSync(file, "utf8").split("\n").slice(1));
  const local = `:${port.toString(16).toUpperCase().padStart(4, "0")}`;
  return lines.filter((line) => {
    const [, address = "", , state, , , , , , inode] = line.trim().split(/\s+/);
    return address.endsWith(local) && state !== LISTENING && inode !== "0";
  }).length;
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

/**
 * CPU time of another process, all its threads included, from /proc (Linux only).
 * Used by the load client at both edges of what it measures, as only there they are exact.
 * Invariant: an unreadable or foreign text is an error, not a number.
 */
import { readFileSync } from "node:fs";

/** Linux counts in USER_HZ, which is 100 on every architecture that Node runs on; so ± 10 ms a reading. */
const TICK_US = 10_000;

/** Microseconds so far. Throws when there is no such process. */
export function cpuTimeUs(pid: number): number {
  return parseCpuTimeUs(readFileSync(`/proc/${pid}/stat`, "utf8"));
}

/** `stat` as in proc(5): utime is field 14 and stime 15; the name before field 3 may hold spaces and parentheses. */
export function parseCpuTimeUs(stat: string): number {
  const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
  const ticks = Number(fields[11] ?? Number.NaN) + Number(fields[12] ?? Number.NaN);
  if (!Number.isSafeInteger(ticks)) throw new Error("not the stat file of a process");
  return ticks * TICK_US;
}

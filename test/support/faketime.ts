/**
 * Debian's faketime around a process: whatever it asks the system for the time, Node, SQLite, OpenSSL and the times of files among it,
 * is off by what a file says, also when that changes. Monotonic time goes on.
 * Not by the program `faketime`, which would stay between us and the process and take its signals.
 */
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { findProgram } from "./installed.ts";

export const FAKETIME = findProgram("faketime");

/** The linker knows what stands for $LIB. */
const LIBRARY = "/usr/$LIB/faketime/libfaketimeMT.so.1";

export interface FakeTime {
  /** For the process. */
  readonly env: Readonly<Record<string, string>>;
  /** From now on its clock is off by so much. */
  set(offsetMs: number): void;
}

/** Right at first. @param folder for a file that belongs to it */
export function fakeTime(folder: string): FakeTime {
  const file = join(folder, "faketime");
  const set = (offsetMs: number): void => {
    const seconds = Math.round(offsetMs / 1_000);
    writeFileSync(file, `${seconds < 0 ? "" : "+"}${seconds}`);
  };
  set(0);
  const FAKETIME_NO_CACHE = "1";
  return {
    env: { LD_PRELOAD: LIBRARY, FAKETIME_TIMESTAMP_FILE: file, FAKETIME_NO_CACHE, DONT_FAKE_MONOTONIC: "1" },
    set,
  };
}

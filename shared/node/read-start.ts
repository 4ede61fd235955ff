/** The first bytes of a file. */
import { closeSync, openSync, readSync } from "node:fs";

/** At most so many. Throws the error of the system. */
export function readStart(path: string, mostBytes: number): Buffer {
  const file = openSync(path, "r");
  try {
    const bytes = Buffer.alloc(mostBytes);
    return bytes.subarray(0, readSync(file, bytes));
  } finally {
    closeSync(file);
  }
}

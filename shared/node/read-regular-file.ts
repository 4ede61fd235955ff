/**
 * The bytes of a file that somebody names: a configuration, a credential. Whoever reads one reads it here.
 * Invariant: it ends soon and takes no more memory than `mostBytes`, whatever is there: a device without an end, a pipe that nobody
 * writes to, a file of gigabytes, one that grows.
 */
import { closeSync, constants, fstatSync, lstatSync, openSync, readlinkSync, readSync, type Stats } from "node:fs";
import { errorCode } from "../domain/net/connection-failure.ts";

export interface WhatFile {
  /** What it is for people: `the configuration`. */
  readonly what: string;
  readonly mostBytes: number;
}

/** Throws an error whose message completes "path: …"; its `cause` is that of the system, where there is one. */
export function readRegularFile(path: string, { what, mostBytes }: WhatFile): Buffer {
  try {
    // Opening a pipe would wait for somebody who writes.
    const file = openSync(path, constants.O_RDONLY | constants.O_NONBLOCK);
    try {
      const found = fstatSync(file);
      if (!found.isFile()) throw new UnusableFile(`this is ${kindOf(found)}, and ${what} is a file`);
      const bytes = readUpTo(file, Math.min(found.size, mostBytes) + 1, mostBytes);
      if (bytes.length > mostBytes)
        throw new UnusableFile(`the file is too large: ${what} has at most ${mostBytes} bytes`);
      return bytes;
    } finally {
      closeSync(file);
    }
  } catch (cause) {
    if (cause instanceof UnusableFile) throw cause;
    throw new UnusableFile(reasonOf(errorCode(cause), path, what), { cause });
  }
}

class UnusableFile extends Error {}

/** Until its end, or one byte more than `mostBytes`: files of /proc say that they have none. */
function readUpTo(file: number, expectedBytes: number, mostBytes: number): Buffer {
  const parts: Buffer[] = [];
  for (let length = 0; length <= mostBytes;) {
    const part = Buffer.alloc(Math.min(Math.max(expectedBytes - length, 4_096), mostBytes + 1 - length));
    const read = readSync(file, part);
    if (read === 0) break;
    parts.push(part.subarray(0, read));
    length += read;
  }
  return Buffer.concat(parts);
}

function kindOf(found: Stats): string {
  if (found.isDirectory()) return "a folder";
  return found.isFIFO() ? "a pipe" : "a device";
}

function reasonOf(code: string | undefined, path: string, what: string): string {
  if (code === "EISDIR") return `this is a folder, and ${what} is a file`;
  if (code === "ENXIO") return `this is a socket, and ${what} is a file`;
  if (code !== "ENOENT") return `the file cannot be read (${code ?? "unreadable"})`;
  const isLink = lstatSync(path, { throwIfNoEntry: false })?.isSymbolicLink() ?? false;
  return isLink ? `this is a link to ${readlinkSync(path)}, which does not exist` : "the file does not exist";
}

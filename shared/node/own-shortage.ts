/**
 * Whether this process can open anything more. For errors that do not say so by themselves: c-ares and getaddrinfo call it a dead
 * name when they get no socket. Invariant: leaves nothing open.
 */
import { closeSync, openSync, readFileSync } from "node:fs";
import { connectionFailure, errorCode, type Failure } from "../domain/net/connection-failure.ts";

/** How many files and sockets this process may have open; Infinity where the system does not say (it is not Linux). */
export function readOpenFilesLimit(): number {
  try {
    return Number(/^Max open files\s+(\d+)/m.exec(readFileSync("/proc/self/limits", "utf8"))?.[1] ?? Infinity);
  } catch {
    return Infinity;
  }
}

/** Null when there is none. */
export function findShortage(): Failure | null {
  try {
    closeSync(openSync("/dev/null", "r"));
    return null;
  } catch (error) {
    const failure = connectionFailure(errorCode(error));
    return failure?.reason === "shortage" ? failure : null;
  }
}

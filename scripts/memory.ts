/**
 * The memory settings of memory.sh, for processes that are, or stand for, the service in a test or in the benchmark.
 * Knows no setting by name. Invariant: what is measured and tested runs with what `npm start` runs with.
 */
import { readFileSync } from "node:fs";
import { join } from "node:path";

export interface MemorySettings {
  readonly nodeFlags: readonly string[];
  /** For the C library. */
  readonly env: Readonly<Record<string, string>>;
}

/** Throws when the script has changed its ways and names no flags. */
export function parseMemorySettings(script: string): MemorySettings {
  const flags = /^memory_flags="(.+)"$/m.exec(script)?.[1];
  if (flags === undefined) throw new Error("memory.sh names no memory_flags");
  const exports = [...script.matchAll(/^export (\w+)=(\w+)$/gm)];
  return {
    nodeFlags: flags.split(" "),
    env: Object.fromEntries(exports.map(([, name = "", value = ""]) => [name, value])),
  };
}

export const memorySettings = (): MemorySettings =>
  parseMemorySettings(readFileSync(join(import.meta.dirname, "memory.sh"), "utf8"));

/**
 * Which file is the configuration, and its text. Used by the service, the commands and the Worker on this machine.
 * Invariant: there is none only where nobody can have meant one. What is there and cannot be read, or is called almost like it, is
 * never taken for "no configuration", since that means the demo.
 */
import { lstatSync, readdirSync } from "node:fs";
import { join } from "node:path";
import type { ConfigurationSource } from "../ports/configuration-source.ts";
import { decodeText } from "./decode-text.ts";
import { EnvironmentFault } from "./environment-fault.ts";
import { readRegularFile } from "./read-regular-file.ts";

const DEFAULT_NAME = "cluster.yaml";

/** A character has four bytes at most; how many characters there may be is said by who reads them (read-yaml.ts). */
const CONFIGURATION = { what: "the configuration", mostBytes: 4_000_000 };

/** Other spellings and endings, also those that editors add unasked; copies and examples have a further name between. */
const ALMOST = /^cluster\.(ya?ml|json)(\.txt)?$/i;

/** The path of `cluster.yaml` in a folder, whether it can be read or not; null when there is none. Throws a fault for people. */
export function findConfiguration(folder = ""): string | null {
  const path = join(folder, DEFAULT_NAME);
  if (isThere(path)) return path;
  const [almost] = readdirSync(folder || ".").filter((name) => ALMOST.test(name));
  if (almost === undefined) return null;
  const there = join(folder, almost);
  throw new EnvironmentFault(
    `${there}: the configuration is called ${DEFAULT_NAME}; rename it, or name it by --config`,
  );
}

export function configurationFile(path: string): ConfigurationSource {
  return { name: path, notice: null, read: async () => decodeText(readRegularFile(path, CONFIGURATION)) };
}

function isThere(path: string): boolean {
  try {
    return lstatSync(path, { throwIfNoEntry: false }) !== undefined;
  } catch {
    return true; // whoever reads it says why not
  }
}

/**
 * Which file is the configuration, and its text. Used by the service, the commands and the Worker on this machine.
 * Invariant: there is none only where nobody can have meant one. What is there and cannot be read, or is called almost like it, is
 * never taken for "no configuration", since that means the demo.
 */
import { lstatSync, readdirSync, readlinkSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { errorCode } from "../domain/net/connection-failure.ts";
import type { ConfigurationSource } from "../ports/configuration-source.ts";
import { decodeText } from "./decode-text.ts";
import { EnvironmentFault } from "./environment-fault.ts";

const DEFAULT_NAME = "cluster.yaml";

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
  return { name: path, notice: null, read: () => readText(path) };
}

function isThere(path: string): boolean {
  try {
    return lstatSync(path, { throwIfNoEntry: false }) !== undefined;
  } catch {
    return true; // whoever reads it says why not
  }
}

async function readText(path: string): Promise<string> {
  const bytes = await readFile(path).catch((error: unknown) => {
    throw new Error(reasonOf(errorCode(error), path), { cause: error });
  });
  return decodeText(bytes);
}

function reasonOf(code: string | undefined, path: string): string {
  if (code === "EISDIR") return "this is a folder, and the configuration is a file";
  if (code !== "ENOENT") return `the file cannot be read (${code ?? "unreadable"})`;
  const isLink = lstatSync(path, { throwIfNoEntry: false })?.isSymbolicLink() ?? false;
  return isLink ? `this is a link to ${readlinkSync(path)}, which does not exist` : "the file does not exist";
}

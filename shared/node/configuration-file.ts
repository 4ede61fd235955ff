/**
 * The configuration as a file, and what a `${NAME}` reference in it stands for on Node: a systemd credential, else an environment
 * variable. The Node runtime hands both to the monitor.
 * Invariant: a credential that exists but cannot be read is not replaced by a variable of the same name.
 */
import { readFileSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { errorCode } from "../domain/net/connection-failure.ts";
import type { ConfigurationSource } from "../ports/configuration-source.ts";

export function configurationFile(path: string): ConfigurationSource {
  return { name: path, notice: null, read: () => readText(path) };
}

async function readText(path: string): Promise<string> {
  try {
    return await readFile(path, "utf8");
  } catch (error) {
    const code = errorCode(error) ?? "unreadable";
    throw new Error(code === "ENOENT" ? "the file does not exist" : `the file cannot be read (${code})`, {
      cause: error,
    });
  }
}

/** `process.env`, or part of it. */
export type Environment = Readonly<Record<string, string | undefined>>;

/**
 * Makes the resolver of references. It reads `$CREDENTIALS_DIRECTORY/NAME` (one line break at its end does not count) each
 * time it is asked, so that a reload sees new credentials, then the environment. Null when the name stands for nothing.
 * Never throws. Names are expected to be identifiers: the caller's grammar keeps slashes and dots out of the path.
 */
export function makeReferenceResolver(environment: Environment): (name: string) => string | null {
  const directory = environment["CREDENTIALS_DIRECTORY"];
  return (name) => {
    const credential = directory === undefined ? undefined : readCredential(join(directory, name));
    if (credential !== undefined) return credential;
    return Object.hasOwn(environment, name) ? (environment[name] ?? null) : null;
  };
}

/** The content of a credential; null when it cannot be read; undefined when there is none. */
function readCredential(path: string): string | null | undefined {
  try {
    return readFileSync(path, "utf8").replace(/\r?\n$/, "");
  } catch (error) {
    return errorCode(error) === "ENOENT" ? undefined : null;
  }
}

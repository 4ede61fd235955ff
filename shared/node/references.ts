/**
 * What a `${NAME}` reference of the configuration stands for on Node: a systemd credential, else an environment variable.
 * The Node runtime gives it to `parseConfig`. Knows nothing of configurations.
 * Invariant: a credential that exists but cannot be read is not replaced by a variable of the same name.
 */
import { readFileSync } from "node:fs";
import { join } from "node:path";

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
    const isAbsent = error instanceof Error && "code" in error && error.code === "ENOENT";
    return isAbsent ? undefined : null;
  }
}

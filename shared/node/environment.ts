/**
 * What the environment of a process says: how to run (PORT, HOST, MONITORING_CONFIG, MONITORING_DB, LOG_LEVEL), and what a `${NAME}`
 * reference in the configuration stands for: a systemd credential, else an environment variable.
 * Invariants: a variable that is empty is not set; a credential that exists but cannot be read is not replaced by a variable of the
 * same name.
 */
import { lstatSync } from "node:fs";
import { join } from "node:path";
import type { LogLevel } from "../ports/log.ts";
import { findConfiguration } from "./configuration-file.ts";
import { EnvironmentFault } from "./environment-fault.ts";
import { readRegularFile } from "./read-regular-file.ts";

/** `process.env`, or part of it. */
export type Environment = Readonly<Record<string, string | undefined>>;

const LEVELS: readonly string[] = ["debug", "info", "warn", "error"] satisfies readonly LogLevel[];

/** What systemd itself takes at most. */
const CREDENTIAL = { what: "a credential", mostBytes: 1_048_576 };

/** What a variable says; undefined when it says nothing: Compose files and units set what they have no value for to "". */
export function variable(env: Environment, name: string): string | undefined {
  const value = env[name];
  return value?.trim() === "" ? undefined : value;
}

/**
 * Throws a fault for people. `LOG_LEVEL` is only looked at: the log must be there before.
 * @param askedFor the configuration that an argument names
 */
export function readEnvironment(env: Environment, askedFor?: string) {
  const level = variable(env, "LOG_LEVEL");
  if (level !== undefined && !LEVELS.includes(level)) {
    throw new EnvironmentFault(`LOG_LEVEL: found "${level}", expected debug, info, warn or error`);
  }
  const configPath = askedFor ?? variable(env, "MONITORING_CONFIG") ?? findConfiguration();
  return {
    ...readPlace(env),
    configPath,
    databasePath: databasePath(env, { isDemo: configPath === null }),
  };
}

/** Where to listen. Throws a fault for people. */
export function readPlace(env: Environment): { readonly port: number; readonly hostname: string } {
  return { port: readPort(env), hostname: variable(env, "HOST") ?? "0.0.0.0" };
}

/** SQLite has names for databases that no file holds; a history must outlive its process. Throws a fault for people. */
export function databasePath(env: Environment, { isDemo }: { readonly isDemo: boolean }): string {
  const path = variable(env, "MONITORING_DB") ?? (isDemo ? "data/demo.db" : "data/monitoring.db");
  if (!/^(:memory:$|file:)/i.test(path.trim())) return path;
  throw new EnvironmentFault(`MONITORING_DB: found "${path}", expected the path of a file`);
}

/** Throws a fault for people. */
export function readPort(env: Environment): number {
  const text = variable(env, "PORT") ?? "8083";
  const port = /^\d{1,5}$/.test(text) ? Number(text) : Number.NaN;
  if (!(port <= 65_535)) throw new EnvironmentFault(`PORT: found "${text}", expected a number from 0 to 65535`);
  return port;
}

/**
 * Makes the resolver of references. It reads `$CREDENTIALS_DIRECTORY/NAME` (one line break at its end does not count) each
 * time it is asked, so that a reload sees new credentials, then the environment. Null when the name stands for nothing.
 * Throws a fault for people when a credential is there and cannot be read. Names are expected to be identifiers: the caller's grammar keeps slashes and dots out of the path.
 */
export function makeReferenceResolver(environment: Environment): (name: string) => string | null {
  const directory = variable(environment, "CREDENTIALS_DIRECTORY");
  return (name) => {
    const credential = directory === undefined ? undefined : readCredential(join(directory, name));
    if (credential !== undefined) return credential;
    return Object.hasOwn(environment, name) ? (environment[name] ?? null) : null;
  };
}

/** The content of a credential; undefined when there is none. Throws a fault for people when it cannot be read. */
function readCredential(path: string): string | undefined {
  try {
    if (lstatSync(path, { throwIfNoEntry: false }) === undefined) return undefined;
    return readRegularFile(path, CREDENTIAL)
      .toString("utf8")
      .replace(/\r?\n$/, "");
  } catch (error) {
    throw new EnvironmentFault(`${path}: ${error instanceof Error ? error.message : String(error)}`);
  }
}

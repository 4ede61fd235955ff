/**
 * What the environment of a process says: how to run (PORT, HOST, MONITORING_CONFIG, MONITORING_DB, LOG_LEVEL), the configuration as
 * a file, and what a `${NAME}` reference in it stands for: a systemd credential, else an environment variable.
 * Invariant: a credential that exists but cannot be read is not replaced by a variable of the same name.
 */
import { existsSync, readFileSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { errorCode } from "../domain/net/connection-failure.ts";
import type { ConfigurationSource } from "../ports/configuration-source.ts";
import type { LogLevel } from "../ports/log.ts";

/** `process.env`, or part of it. */
export type Environment = Readonly<Record<string, string | undefined>>;

const DEFAULT_CONFIG = "cluster.yaml";
const LEVELS: readonly string[] = ["debug", "info", "warn", "error"] satisfies readonly LogLevel[];

/** The environment cannot be used; the message is for the person who set it. */
class EnvironmentFault extends Error {
  /** Starting again does not help. */
  readonly isConfiguration = true;
}

/** Throws a fault for people. `LOG_LEVEL` is only looked at: the log must be there before. */
export function readEnvironment(env: Environment) {
  const level = env["LOG_LEVEL"];
  if (level !== undefined && !LEVELS.includes(level)) {
    throw new EnvironmentFault(`LOG_LEVEL: found "${level}", expected debug, info, warn or error`);
  }
  const configPath = env["MONITORING_CONFIG"] ?? (existsSync(DEFAULT_CONFIG) ? DEFAULT_CONFIG : null);
  return {
    port: readPort(env["PORT"] ?? "8083"),
    hostname: env["HOST"] ?? "0.0.0.0",
    configPath,
    databasePath: env["MONITORING_DB"] ?? (configPath === null ? "data/demo.db" : "data/monitoring.db"),
  };
}

function readPort(text: string): number {
  const port = /^\d{1,5}$/.test(text) ? Number(text) : Number.NaN;
  if (!(port <= 65_535)) throw new EnvironmentFault(`PORT: found "${text}", expected a number from 0 to 65535`);
  return port;
}

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

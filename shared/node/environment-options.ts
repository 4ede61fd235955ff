/**
 * What the environment says about how to run: PORT, HOST, MONITORING_CONFIG, MONITORING_DB, LOG_LEVEL.
 * Called by functions/runtimes/main.ts, which hands it `process.env`. Knows the defaults.
 */
import { existsSync } from "node:fs";
import type { LogLevel } from "../ports/log.ts";
import type { Environment } from "./configuration-file.ts";

export interface EnvironmentOptions {
  readonly port: number;
  readonly hostname: string;
  /** Null: there is none, and nobody asked for one. */
  readonly configPath: string | null;
  readonly databasePath: string;
}

const DEFAULT_CONFIG = "cluster.yaml";
const LEVELS: readonly string[] = ["debug", "info", "warn", "error"] satisfies readonly LogLevel[];

/** The environment cannot be used; the message is for the person who set it. */
class EnvironmentFault extends Error {
  /** Starting again does not help. */
  readonly isConfiguration = true;
}

/** Throws a fault for people. `LOG_LEVEL` is only looked at: the log must be there before. */
export function readEnvironment(env: Environment): EnvironmentOptions {
  const level = env["LOG_LEVEL"];
  if (level !== undefined && !LEVELS.includes(level))
    throw new EnvironmentFault(`LOG_LEVEL: found "${level}", expected debug, info, warn or error`);
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

/**
 * The program on Node: started by scripts/start.sh as dist/node.mjs. The environment says how to run: PORT, HOST,
 * MONITORING_CONFIG, MONITORING_DB, LOG_LEVEL.
 */
import { existsSync } from "node:fs";
import { runProgram } from "../../shared/node/run-program.ts";
import type { LogLevel } from "../../shared/ports/log.ts";
import { createConsoleLog } from "../bundle.ts";
import { startNode } from "./node.ts";

const DEFAULT_CONFIG = "cluster.yaml";
const LEVELS: readonly string[] = ["debug", "info", "warn", "error"] satisfies readonly LogLevel[];

/** The environment cannot be used; the message is for the person who set it. */
class EnvironmentFault extends Error {
  /** Starting again does not help. */
  readonly isConfiguration = true;
}

const { env: environment, stdout } = process;
const log = createConsoleLog({
  level: environment["LOG_LEVEL"],
  isTerminal: stdout.isTTY,
  write: (line) => stdout.write(line),
  nowMs: Date.now,
});
await runProgram(start, log);

async function start() {
  const level = environment["LOG_LEVEL"];
  // Only now: the log must be there before.
  if (level !== undefined && !LEVELS.includes(level)) {
    throw new EnvironmentFault(`LOG_LEVEL: found "${level}", expected debug, info, warn or error`);
  }
  const configPath = environment["MONITORING_CONFIG"] ?? (existsSync(DEFAULT_CONFIG) ? DEFAULT_CONFIG : null);
  return startNode({
    port: readPort(environment["PORT"] ?? "8083"),
    hostname: environment["HOST"] ?? "0.0.0.0",
    configPath,
    databasePath: environment["MONITORING_DB"] ?? (configPath === null ? "data/demo.db" : "data/monitoring.db"),
    environment,
    distUrl: new URL(".", import.meta.url),
    log,
  });
}

function readPort(text: string): number {
  const port = /^\d{1,5}$/.test(text) ? Number(text) : Number.NaN;
  if (!(port <= 65_535)) throw new EnvironmentFault(`PORT: found "${text}", expected a number from 0 to 65535`);
  return port;
}

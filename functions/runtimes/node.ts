/**
 * The program on Node: reads the environment, starts the host, obeys signals.
 * Started by scripts/start.sh as dist/node.mjs. Knows no service, no storage and no endpoint.
 * Invariant: the process is either whole or gone: an unhandled error is logged once and ends it.
 */
import { createConsoleLog, isLogLevel } from "../../shared/common/console-log.ts";
import { DatabaseFault } from "../../shared/node/database-fault.ts";
import { DEMO_NOTICE } from "./demo-configuration.ts";
import { ConfigurationFault } from "./configuration.ts";
import { chooseConfigPath, startNodeService, type NodeService } from "./node-service.ts";

/** sysexits.h: EX_CONFIG. systemd's RestartPreventExitStatus keeps it from restarting a service nobody can start. */
const EXIT_CONFIG = 78;
const EXIT_FAILURE = 1;
const STOP_TIMEOUT_MS = 4_500;

const { env } = process;
let redact = (text: string): string => text;
const level = env["LOG_LEVEL"] ?? "info";
const log = createConsoleLog({
  level: isLogLevel(level) ? level : "info",
  isTerminal: process.stdout.isTTY,
  redact: (line) => redact(line),
  write: (line) => process.stdout.write(line),
  nowMs: Date.now,
});

function die(message: string, error: unknown): void {
  log.write(
    "error",
    message,
    error instanceof Error ? { error: error.message, stack: error.stack } : { error: String(error) },
  );
  process.exit(EXIT_FAILURE);
}

function refuse(message: string, exitCode: number): void {
  process.stderr.write(`${message}\n`);
  process.exit(exitCode);
}

function portOf(text: string): number {
  const port = /^\d{1,5}$/.test(text) ? Number(text) : Number.NaN;
  if (!(port <= 65_535)) throw new ConfigurationFault(`PORT: found "${text}", expected a number from 0 to 65535`);
  return port;
}

async function start(): Promise<NodeService> {
  if (!isLogLevel(level))
    throw new ConfigurationFault(`LOG_LEVEL: found "${level}", expected debug, info, warn or error`);
  const configPath = chooseConfigPath(env["MONITORING_CONFIG"], "cluster.yaml");
  const hostname = env["HOST"] ?? "0.0.0.0";
  const host = await startNodeService({
    port: portOf(env["PORT"] ?? "8083"),
    hostname,
    configPath,
    databasePath: env["MONITORING_DB"] ?? (configPath === null ? "data/demo.db" : "data/monitoring.db"),
    environment: env,
    distUrl: new URL(".", import.meta.url),
    log,
    onRedactor: (next) => (redact = next),
  });
  if (configPath === null) log.write("warn", DEMO_NOTICE);
  const shown = hostname === "0.0.0.0" || hostname === "::" ? "localhost" : hostname;
  log.write("info", "monitoring", { url: `http://${shown}:${host.port}/cluster_health`, config: configPath ?? "demo" });
  return host;
}

/** Repeated signals change nothing: a terminal and npm both deliver Ctrl-C to the same process. */
function stopOnce(host: Promise<NodeService>): (signal: NodeJS.Signals) => void {
  let isStopping = false;
  return (signal) => {
    if (isStopping) return;
    isStopping = true;
    log.write("info", "stopping", { signal });
    setTimeout(() => die("stopping took too long", signal), STOP_TIMEOUT_MS).unref();
    void host
      .then((started) => started.stop())
      .finally(() => {
        log.write("info", "stopped");
        process.exit(0);
      });
  };
}

// Whoever read our log may go; the service stays.
process.stdout.on("error", () => {});
process.on("uncaughtException", (error) => die("unexpected error, exiting", error));
process.on("unhandledRejection", (error) => die("unexpected rejection, exiting", error));
const host = start();
const stop = stopOnce(host);
process.on("SIGTERM", stop);
process.on("SIGINT", stop);
process.on("SIGHUP", () => void host.then((started) => started.reload()));
try {
  await host;
} catch (error) {
  if (error instanceof ConfigurationFault) refuse(error.message, EXIT_CONFIG);
  else if (error instanceof DatabaseFault) refuse(error.message, error.isConfiguration ? EXIT_CONFIG : EXIT_FAILURE);
  else die("cannot start", error);
}

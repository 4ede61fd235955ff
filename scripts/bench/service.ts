/**
 * The built service as `npm start` runs it, with a configuration of the benchmark and a database of its own.
 * Rows that measure its answers start it here.
 * Invariant: it watches loopback only, and unless told otherwise so seldom that probing does not disturb what is measured.
 */
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { Readable } from "node:stream";
import { childMarks } from "../take-along.ts";
import type { ChildProcesses, RunningProcess } from "./child-processes.ts";

export interface Service extends RunningProcess {
  readonly port: number;
  readonly databasePath: string;
}

export interface ServiceOptions {
  /** A database to go on with; default: a new one. */
  readonly databasePath?: string | undefined;
  /** What references of the configuration stand for. Default: nothing. */
  readonly env?: Readonly<Record<string, string>>;
}

const START_SCRIPT = join(import.meta.dirname, "../start.sh");
const START_TIMEOUT_MS = 20_000;
const SEVERAL_ROWS_S = 3_600;

export const databaseIn = (folder: string): string => join(folder, "bench.db");

/** A configuration with a critical service for each URL: `service_0` and so on. */
export function watching(urls: readonly string[], intervalS = SEVERAL_ROWS_S) {
  const services = urls.map((url, index) => [`service_${index}`, { name: `Service ${index}`, url, critical: true }]);
  const intervals = { critical: intervalS, cleanup: SEVERAL_ROWS_S };
  return { intervals, services: Object.fromEntries(services) };
}

/** Resolves when it listens. The database is taken as it is found. */
export async function startService(
  children: ChildProcesses,
  configuration: object,
  options: ServiceOptions = {},
): Promise<Service> {
  const folder = await children.folder();
  const { databasePath = databaseIn(folder), env = {} } = options;
  const configPath = join(folder, "cluster.yaml");
  await writeFile(configPath, JSON.stringify(configuration)); // JSON is YAML
  const { PATH, HOME } = process.env;
  const { stdout, ...running } = children.spawn("sh", [START_SCRIPT], {
    PATH,
    HOME,
    CI: "true", // so that installing does not touch the settings of git
    PORT: "0",
    HOST: "127.0.0.1",
    MONITORING_CONFIG: configPath,
    MONITORING_DB: databasePath,
    ...childMarks(),
    ...env,
  });
  return { ...running, port: await announcedPort(stdout), databasePath };
}

/** From the log line of a start; then the rest of the log is thrown away. */
async function announcedPort(log: Readable): Promise<number> {
  const timer = setTimeout(() => log.destroy(new Error("the service did not start in time")), START_TIMEOUT_MS);
  try {
    let text = "";
    for await (const chunk of log.iterator({ destroyOnReturn: false })) {
      text += String(chunk);
      const port = /"url":"http:\/\/[^"/]+:(\d+)\//.exec(text)?.[1];
      if (port !== undefined) return Number(port);
    }
    throw new Error(`the service ended:\n${text}`);
  } finally {
    clearTimeout(timer);
    log.resume();
  }
}

/** Resolves when every service has been probed and that has been committed: none will be again for an hour. */
export async function probeAll({ port }: Service): Promise<void> {
  const response = await fetch(`http://127.0.0.1:${port}/cluster_health?fresh=true`);
  await response.arrayBuffer();
  if (!response.ok) throw new Error(`/cluster_health answered ${response.status}`);
}

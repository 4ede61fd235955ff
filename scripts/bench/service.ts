/**
 * The built service as `npm start` runs it, with a configuration of the benchmark and a database of its own.
 * Rows that measure its answers start it here. Knows no answers.
 * Invariant: it watches loopback only, and unless told otherwise so seldom that probing does not disturb what is measured.
 */
import { once } from "node:events";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { Readable } from "node:stream";
import { childMarks } from "../take-along.ts";
import { pidOf, type ChildProcesses } from "./child-processes.ts";

export interface Service {
  readonly pid: number;
  readonly port: number;
  readonly databasePath: string;
  /** Resolves when its process is gone. */
  readonly gone: Promise<unknown>;
}

const START_SCRIPT = join(import.meta.dirname, "../start.sh");
const START_TIMEOUT_MS = 20_000;
const SEVERAL_ROWS_S = 3_600;

export interface ServiceOptions {
  /** A database to go on with; default: a new one. */
  readonly databasePath?: string | undefined;
  /** Between two probes of a service; default: so long that probing does not disturb. */
  readonly intervalS?: number;
}

/** Resolves when it listens. `urls` become critical services of their own, `service_0` and so on. */
export async function startService(
  children: ChildProcesses,
  urls: readonly string[],
  { databasePath, intervalS = SEVERAL_ROWS_S }: ServiceOptions = {},
): Promise<Service> {
  const configuration = configurationOf(urls, intervalS);
  return startServiceIn(children, await children.folder(), { configuration, databasePath });
}

export interface Belongings {
  /** JSON or YAML. */
  readonly configuration: string;
  /** Default: `databaseIn(folder)`. */
  readonly databasePath?: string | undefined;
  /** What references of the configuration stand for. Default: nothing. */
  readonly env?: Readonly<Record<string, string>>;
}

export const databaseIn = (folder: string): string => join(folder, "bench.db");

/** Resolves when it listens. The database is taken as it is found. */
export async function startServiceIn(
  children: ChildProcesses,
  folder: string,
  { configuration, databasePath = databaseIn(folder), env = {} }: Belongings,
): Promise<Service> {
  const configPath = join(folder, "cluster.yaml");
  await writeFile(configPath, configuration);
  const { PATH, HOME } = process.env;
  const child = children.spawn("sh", [START_SCRIPT], {
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
  const gone = once(child, "exit");
  if (child.stdout === null) throw new Error("standard output is not a pipe");
  const port = await announcedPort(child.stdout);
  return { pid: pidOf(child), port, databasePath, gone };
}

/** JSON is YAML. */
function configurationOf(urls: readonly string[], intervalS: number): string {
  const intervals = { critical: intervalS, cleanup: SEVERAL_ROWS_S };
  const services = urls.map((url, index) => [`service_${index}`, { name: `Service ${index}`, url, critical: true }]);
  return JSON.stringify({ intervals, services: Object.fromEntries(services) });
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

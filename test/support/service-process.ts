/**
 * The built service as a process of its own, as `npm start` runs it, on a free port with a temporary database.
 */
import { spawn, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { memorySettings } from "../../scripts/memory.ts";
import { childMarks } from "../../scripts/take-along.ts";
import { WAIT_LIMIT_MS } from "./time-limits.ts";

const PROGRAM = fileURLToPath(new URL("../../dist/node.mjs", import.meta.url));

export interface ServiceOptions {
  /** Text of cluster.yaml; null starts the demo cluster. */
  readonly config: string | null;
  readonly env?: Readonly<Record<string, string>>;
  readonly args?: readonly string[];
  /** A folder to go on in, with its database; default: a new one. */
  readonly folder?: string;
  /** A command that becomes the program given to it as its last arguments, such as `unshare`. */
  readonly within?: readonly string[];
  /** The user to run as; needs root. Default: the one of the test. */
  readonly uid?: number;
}

export interface ServiceProcess {
  readonly port: number;
  readonly pid: number;
  readonly folder: string;
  /** Everything it wrote so far to standard output and standard error. */
  output(): string;
  writeConfig(text: string): void;
  signal(signal: NodeJS.Signals): void;
  /** Resolves when the output contains `text` (after position `from`). */
  saw(text: string, from?: number): Promise<void>;
  /** Resolves with the exit code when it has ended by itself. */
  ended(): Promise<number | null>;
  /** SIGTERM unless it has ended; resolves with the exit code. */
  stop(): Promise<number | null>;
}

export interface EndedProcess {
  readonly code: number | null;
  readonly output: string;
}

/** Resolves when the service says that it monitors; rejects when it ends before. */
export async function startService(options: ServiceOptions): Promise<ServiceProcess> {
  const { child, folder, output, watch } = launch(options);
  const ended = once(child, "exit");
  const saw = (text: string, from = 0): Promise<void> =>
    new Promise((resolve, reject) => {
      const timer = setTimeout(() => reject(new Error(`"${text}" was not logged:\n${output()}`)), WAIT_LIMIT_MS);
      const look = (): void => {
        if (!output().slice(from).includes(text)) return;
        clearTimeout(timer);
        resolve();
      };
      watch(look);
      look();
      void ended.then(() => reject(new Error(`the service ended:\n${output()}`)));
    });
  await saw('"message":"monitoring"');
  const port = Number(/"url":"http:\/\/[^:]+:(\d+)\//.exec(output())?.[1]);
  return {
    port,
    pid: child.pid ?? 0,
    folder,
    output,
    saw,
    writeConfig: (text) => writeFileSync(join(folder, "cluster.yaml"), text),
    signal: (signal) => child.kill(signal),
    ended: () => ended.then(() => child.exitCode),
    async stop() {
      if (child.exitCode === null && child.signalCode === null) child.kill("SIGTERM");
      await ended;
      if (options.folder === undefined) rmSync(folder, { recursive: true, force: true });
      return child.exitCode;
    },
  };
}

/** For a service that is expected not to start. */
export async function runService(options: ServiceOptions): Promise<EndedProcess> {
  const { child, folder, output } = launch(options);
  await once(child, "close");
  if (options.folder === undefined) rmSync(folder, { recursive: true, force: true });
  return { code: child.exitCode, output: output() };
}

interface Launched {
  readonly child: ChildProcess;
  readonly folder: string;
  output(): string;
  watch(look: () => void): void;
}

function launch(options: ServiceOptions): Launched {
  const { config, env = {}, folder = mkdtempSync(join(tmpdir(), "monitoring-")), within = [], uid } = options;
  if (config !== null) writeFileSync(join(folder, "cluster.yaml"), config);
  const memory = memorySettings();
  const [command, ...parameters] = [...within, process.execPath, ...memory.nodeFlags, PROGRAM];
  const child = spawn(command, [...parameters, ...(options.args ?? [])], {
    cwd: folder,
    env: {
      ...memory.env,
      ...childMarks(),
      PATH: process.env["PATH"],
      PORT: "0",
      HOST: "127.0.0.1",
      MONITORING_DB: join(folder, "test.db"),
      ...env,
    },
    stdio: ["ignore", "pipe", "pipe"],
    ...(uid === undefined ? {} : { uid }),
  });
  let text = "";
  const watchers: (() => void)[] = [];
  for (const stream of [child.stdout, child.stderr]) {
    stream.on("data", (chunk: Buffer) => {
      text += chunk.toString();
      for (const look of watchers) look();
    });
  }
  return { child, folder, output: () => text, watch: (look) => watchers.push(look) };
}

/**
 * The built Worker as `npm run dev:worker` runs it: workerd, a local D1, wrangler.toml as it is; on a free port.
 */
import { spawn } from "node:child_process";
import { createHash } from "node:crypto";
import { once } from "node:events";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { childMarks } from "../../scripts/take-along.ts";
import { copyMigratedD1 } from "./migrated-d1.ts";

const PROGRAM = fileURLToPath(new URL("../../scripts/worker/dev.ts", import.meta.url));

/** A token that a configuration with TEST_AUTH lets in. */
export const TEST_TOKEN = `lgm_test_${"t".repeat(43)}`;

export const TEST_AUTH = {
  tokens: { test: { hash: `sha256:${createHash("sha256").update(TEST_TOKEN).digest("hex")}` } },
};

export interface WorkerProcess {
  readonly port: number;
  /** Where its local D1 lives. */
  readonly state: string;
  /** Everything it wrote so far. */
  output(): string;
  /** Fires a cron event and resolves when the Worker has dealt with it. */
  fire(cron: string): Promise<void>;
  /** SIGTERM; resolves with the exit code. */
  stop(): Promise<number | null>;
}

interface WorkerOptions {
  readonly env?: Readonly<Record<string, string>>;
  /** Its D1 is not there yet, as on a machine where it runs for the first time; default: a migrated one. */
  readonly isFirstStart?: boolean;
}

/** Resolves when it says where it is. `configuration` null runs the demo cluster. */
export async function startWorker(
  configuration: string | null,
  { env = {}, isFirstStart = false }: WorkerOptions = {},
): Promise<WorkerProcess> {
  const folder = mkdtempSync(join(tmpdir(), "monitoring-"));
  const state = join(folder, "state");
  if (!isFirstStart) await copyMigratedD1(state);
  const configPath = join(folder, "cluster.yaml");
  if (configuration !== null) writeFileSync(configPath, configuration);
  const child = spawn(process.execPath, [PROGRAM], {
    env: {
      ...childMarks(),
      PATH: process.env["PATH"],
      HOME: folder,
      PORT: "0",
      WORKER_STATE: state,
      ...(configuration === null ? {} : { MONITORING_CONFIG: configPath }),
      ...env,
    },
    stdio: ["ignore", "pipe", "pipe"],
  });
  const ended = once(child, "exit");
  let text = "";
  const port = await new Promise<number>((found, reject) => {
    for (const stream of [child.stdout, child.stderr]) {
      stream.on("data", (chunk: Buffer) => {
        text += chunk.toString();
        const announced = /Worker on http:\/\/127\.0\.0\.1:(\d+),/.exec(text)?.[1];
        if (announced !== undefined) found(Number(announced));
      });
    }
    void ended.then(() => reject(new Error(`the Worker ended:\n${text}`)));
  });
  return {
    port,
    state,
    output: () => text,
    async fire(cron) {
      const path = `/cdn-cgi/handler/scheduled?cron=${encodeURIComponent(cron)}`;
      const response = await fetch(`http://127.0.0.1:${port}${path}`);
      if (!response.ok) throw new Error(`cron ${cron}: HTTP ${response.status} ${await response.text()}`);
    },
    async stop() {
      if (child.exitCode === null && child.signalCode === null) child.kill("SIGTERM");
      await ended;
      rmSync(folder, { recursive: true, force: true });
      return child.exitCode;
    },
  };
}

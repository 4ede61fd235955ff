/**
 * A real server of llama.cpp on loopback, from PyPI, with a tiny model of random weights; `.ci/run` installs it.
 * Invariant: what a test asks it through this file wakes nothing, loads nothing and resets nothing, except by `complete` and `scrape`,
 * which stand for its users.
 */
import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { startDaemon } from "./daemon.ts";
import { findPythonWith } from "./installed.ts";
import { closedPort } from "./loopback-server.ts";
import { WAIT_LIMIT_MS } from "./time-limits.ts";

const SCRIPT = fileURLToPath(new URL("llamacpp_server.py", import.meta.url));
const ENVIRONMENT = fileURLToPath(new URL("../../.cache/llamacpp/bin/python", import.meta.url));

/** The Python that can run it, or null. */
export const LLAMACPP = findPythonWith("xllamacpp", ENVIRONMENT);

export interface RealLlama {
  readonly url: string;
  /** How many times it has begun to load a model, and to sleep, by its log. */
  loads(): number;
  sleeps(): number;
  isAsleep(): Promise<boolean>;
  /** What a user asks of it. */
  complete(body: object, signal?: AbortSignal): Promise<Response>;
  /** What Prometheus asks of it: the value of each metric by its name. */
  scrape(): Promise<Record<string, number>>;
  close(): Promise<void>;
}

/** A folder with the model; ends with `drop`. */
export function makeModel(): { readonly folder: string; readonly path: string; drop(): void } {
  const folder = mkdtempSync(join(tmpdir(), "llamacpp-"));
  const path = join(folder, "tiny.gguf");
  execFileSync(LLAMACPP ?? ENVIRONMENT, [SCRIPT, "model", path], { stdio: "ignore" });
  return { folder, path, drop: () => rmSync(folder, { recursive: true }) };
}

/** Listens, though it may still be loading: `settings` are fields of its CommonParams. */
export async function startRealLlama(model: string, settings: object = {}): Promise<RealLlama> {
  const port = await closedPort();
  const params = JSON.stringify({ port, n_ctx: 4_096, n_parallel: 1, ...settings });
  const daemon = await startDaemon({ program: LLAMACPP ?? ENVIRONMENT, args: [SCRIPT, "serve", model, params], port });
  const url = `http://127.0.0.1:${port}`;
  const countOf = (text: string): number => daemon.output().split(text).length - 1;
  return {
    url,
    async isAsleep() {
      const props = (await (await fetch(`${url}/props`)).json()) as { is_sleeping: boolean };
      return props.is_sleeping;
    },
    loads: () => countOf("load_model: loading model"),
    sleeps: () => countOf("server is entering sleeping state"),
    complete(body, signal = AbortSignal.timeout(WAIT_LIMIT_MS)) {
      return fetch(`${url}/completion`, { method: "POST", body: JSON.stringify(body), signal });
    },
    async scrape() {
      const text = await (await fetch(`${url}/metrics`)).text();
      const lines = text.split("\n").filter((line) => line.startsWith("llamacpp:"));
      return Object.fromEntries(lines.map((line) => line.split(" ")).map(([name, value]) => [name, Number(value)]));
    },
    close: () => daemon.close(),
  };
}

/** Resolves when it answers /health with success. It tells nobody when it changes. */
export async function untilLoaded({ url }: RealLlama): Promise<void> {
  const giveUpAtMs = performance.now() + WAIT_LIMIT_MS;
  while (!(await fetch(`${url}/health`)).ok) {
    if (performance.now() > giveUpAtMs) throw new Error("the server does not load its model");
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

/**
 * What is uploaded to Workers, and what it takes to start: bytes of all modules, CPU of the start-up phase as wrangler samples
 * it. Listed in registry.ts. Invariant: measured on what a deployment would upload.
 */
import { readFile, stat } from "node:fs/promises";
import { join } from "node:path";
import { runWrangler } from "../../worker/wrangler.ts";
import { stage } from "../../worker/stage.ts";
import type { MeasureRow } from "../row.ts";

const MOST_BYTES = 1_000_000;
const ROUNDS = 5;
const MODULES = ["bundle.mjs", "worker.mjs"] as const;

const CONFIGURATION = JSON.stringify({
  services: { a: { url: "https://example.org/" } },
  auth: { tokens: { bench: { hash: `sha256:${"0".repeat(64)}` } } },
});

export const workerStart: MeasureRow = async (children) => {
  const folder = await children.folder();
  await stage({ folder, configuration: CONFIGURATION, variables: {} });
  const sizes = await Promise.all(MODULES.map(async (name) => (await stat(join(folder, "dist", name))).size));
  const [bundleBytes = 0, workerBytes = 0] = sizes;
  const cpuMs: number[] = [];
  for (let round = 0; round < ROUNDS; round += 1) cpuMs.push(await startUpMs(folder));
  const bar = { atMost: MOST_BYTES, on: "max" } as const;
  return [
    { what: "bundle, minified", unit: "bytes", bar, values: [bundleBytes] },
    { what: "all modules of the Worker", unit: "bytes", bar, values: [bundleBytes + workerBytes] },
    { what: "start-up CPU in workerd", unit: "ms", bar: null, values: cpuMs },
  ];
};

interface CpuProfile {
  readonly nodes: readonly { readonly id: number; readonly callFrame: { readonly functionName: string } }[];
  readonly samples: readonly number[];
  /** Microseconds. */
  readonly timeDeltas: readonly number[];
}

/** The sampled time that was not idle. */
async function startUpMs(folder: string): Promise<number> {
  const file = join(folder, "start.cpuprofile");
  await runWrangler(folder, ["check", "startup", "--outfile", file]);
  const { nodes, samples, timeDeltas } = JSON.parse(await readFile(file, "utf8")) as CpuProfile;
  const idle = new Set(nodes.filter(({ callFrame }) => callFrame.functionName === "(idle)").map(({ id }) => id));
  const busyUs = samples.reduce((sum, id, index) => sum + (idle.has(id) ? 0 : (timeDeltas[index] ?? 0)), 0);
  return busyUs / 1_000;
}

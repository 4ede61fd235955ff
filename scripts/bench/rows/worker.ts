/**
 * What the Worker costs. A day of six services in the real runtime (rows that D1 bills, and CPU): it lives through 1,440 rounds
 * with its cleanup, against targets on loopback. And what is uploaded and what it takes to start.
 * Invariants: every round probes every service, or the row fails; sizes and start are those of what a deployment would upload.
 */
import { build } from "esbuild";
import { readdir, readFile, stat } from "node:fs/promises";
import type { Profiler } from "node:inspector";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { deployedConfiguration, shareBundle, WORKERS_BUILD } from "../../esbuild-options.ts";
import { readyAt, runWrangler, stage, startWrangler, stop } from "../../worker/wrangler.ts";
import { cpuTimeUs } from "../proc.ts";
import type { Minute } from "../processes/round-worker.ts";
import { programPath } from "../programs.ts";
import type { MeasureRow } from "../row.ts";
import { startTarget } from "../target.ts";

const SERVICE_COUNT = 6;
const MINUTES_A_DAY = 1_440;
const MINUTES_A_REQUEST = 60;
const START_ROUNDS = 5;
const MODULES = ["bundle.mjs", "worker.mjs"] as const;

/** What it was before there was a page (296.5 kB), and 60 kB for that. */
const MOST_PACKED_BYTES = 356_500;

const AUTH = { tokens: { bench: { hash: `sha256:${"0".repeat(64)}` } } };

const stageWorker = (folder: string, services: object): Promise<void> =>
  stage({ folder, configuration: JSON.stringify({ services, auth: AUTH }), variables: {} });

export const workerDay: MeasureRow = async (children) => {
  const folder = await children.folder();
  const target = await startTarget(children);
  const services = target.urls(SERVICE_COUNT).map((url, index) => [`service_${index}`, { url, critical: true }]);
  await stageWorker(folder, Object.fromEntries(services));
  await build({
    ...WORKERS_BUILD,
    entryPoints: { worker: programPath("round-worker") },
    plugins: [shareBundle(new Set()), deployedConfiguration],
    outdir: join(folder, "dist"),
    allowOverwrite: true,
  });
  const local = ["--local", "--persist-to", join(folder, "state")];
  await runWrangler(folder, ["d1", "migrations", "apply", "DB", ...local]);
  const child = startWrangler(folder, ["dev", ...local, "--ip", "127.0.0.1", "--port", "0"]);
  children.defer(() => stop(child));
  const origin = await readyAt(child, () => {});
  const runtimes = await workerdPids();
  const cpuSoFarUs = (): number => runtimes.reduce((total, pid) => total + cpuTimeUs(pid), 0);
  await live(origin, 1); // the roster is stored and the code is warm
  const cpuBeforeUs = cpuSoFarUs();
  const minutes: Minute[] = [];
  while (minutes.length < MINUTES_A_DAY) minutes.push(...(await live(origin, MINUTES_A_REQUEST)));
  const cpuMs = (cpuSoFarUs() - cpuBeforeUs) / 1_000 / minutes.length;
  if (target.seen.requests !== (MINUTES_A_DAY + 1) * SERVICE_COUNT)
    throw new Error("not every round probed every service");
  const total = (kind: keyof Minute): number => minutes.reduce((sum, minute) => sum + minute[kind], 0);
  const sweeps = minutes.map(({ writtenBySweep }) => writtenBySweep);
  const uneventful = `rows written to D1 by an uneventful sweep, ${SERVICE_COUNT} services`;
  return [
    { what: uneventful, unit: "rows", bar: { atMost: 3, on: "max" }, values: sweeps },
    { what: "rows written to D1 a day, cleanup included", unit: "rows", bar: null, values: [total("written")] },
    { what: "rows read from D1 a day, cleanup included", unit: "rows", bar: null, values: [total("read")] },
    // More than what is billed.
    { what: "CPU of the runtime a round (local D1 and sockets included)", unit: "ms", bar: null, values: [cpuMs] },
  ];
};

async function live(origin: string, minutes: number): Promise<Minute[]> {
  const response = await fetch(`${origin}/?minutes=${minutes}`);
  if (!response.ok) throw new Error(await response.text());
  return (await response.json()) as Minute[];
}

/** All that run now; whoever measures does not run another one beside it. */
async function workerdPids(): Promise<number[]> {
  const pids = (await readdir("/proc")).filter((name) => /^\d+$/.test(name));
  const names = await Promise.all(pids.map((pid) => readFile(`/proc/${pid}/comm`, "utf8").catch(() => "")));
  return pids.filter((_, index) => names[index]?.trim() === "workerd").map(Number);
}

export const workerStart: MeasureRow = async (children) => {
  const folder = await children.folder();
  await stageWorker(folder, { a: { url: "https://example.org/" } });
  const sizes = await Promise.all(MODULES.map(async (name) => (await stat(join(folder, "dist", name))).size));
  const [bundleBytes = 0, workerBytes = 0] = sizes;
  const cpuMs: number[] = [];
  while (cpuMs.length < START_ROUNDS) cpuMs.push(await startUpMs(folder));
  const packed = gzipSync(await readFile(join(folder, "dist/bundle.mjs"))).length;
  const bar = { atMost: 1_000_000, on: "max" } as const;
  return [
    { what: "bundle, minified", unit: "bytes", bar, values: [bundleBytes] },
    { what: "all modules of the Worker", unit: "bytes", bar, values: [bundleBytes + workerBytes] },
    { what: "bundle, compressed", unit: "bytes", bar: { atMost: MOST_PACKED_BYTES, on: "max" }, values: [packed] },
    { what: "start-up CPU in workerd", unit: "ms", bar: null, values: cpuMs },
  ];
};

/** The time that wrangler has sampled and that was not idle. */
async function startUpMs(folder: string): Promise<number> {
  const file = join(folder, "start.cpuprofile");
  await runWrangler(folder, ["check", "startup", "--outfile", file]);
  const profile = JSON.parse(await readFile(file, "utf8")) as Profiler.Profile;
  const { nodes, samples = [], timeDeltas = [] } = profile; // the latter in µs
  const idle = new Set(nodes.filter(({ callFrame }) => callFrame.functionName === "(idle)").map(({ id }) => id));
  const busyUs = samples.reduce((sum, id, index) => sum + (idle.has(id) ? 0 : (timeDeltas[index] ?? 0)), 0);
  return busyUs / 1_000;
}

/**
 * What a day of six services costs at the edge: rows that D1 bills, and CPU. The Workers runtime in the real runtime lives through
 * 1,440 rounds with its cleanup, against targets on loopback. Listed in registry.ts.
 * The CPU is that of the whole runtime, its local D1 and its sockets included: more than what is billed.
 * Invariant: every round probes every service, or the row fails.
 */
import { build } from "esbuild";
import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { readyAt, runWrangler, startWrangler, stop } from "../../worker/wrangler.ts";
import { stage } from "../../worker/stage.ts";
import { deployedConfiguration, shareBundle, WORKERS_BUILD } from "../../esbuild-options.ts";
import { cpuTimeUs } from "../proc.ts";
import type { BilledRows, Minute } from "../processes/round-worker.ts";
import { programPath, startTarget, type Target } from "../programs.ts";
import type { AbsoluteFigure, MeasureRow } from "../row.ts";

const SERVICE_COUNT = 6;
const MINUTES_A_DAY = 1_440;
const MINUTES_A_REQUEST = 60;
const MOST_ROWS_A_SWEEP = 3;

export const workerDay: MeasureRow = async (children) => {
  const folder = await children.folder();
  const target = await startTarget(children);
  await stageWorker(folder, target);
  const local = ["--local", "--persist-to", join(folder, "state")];
  await runWrangler(folder, ["d1", "migrations", "apply", "DB", ...local]);
  const child = startWrangler(folder, ["dev", ...local, "--ip", "127.0.0.1", "--port", "0"]);
  try {
    return await liveOneDay(await readyAt(child, () => {}), target);
  } finally {
    await stop(child);
  }
};

async function stageWorker(folder: string, target: Target): Promise<void> {
  const urls = target.urls(SERVICE_COUNT);
  const services = urls.map((url, index) => [`service_${index}`, { url, critical: true }]);
  const auth = { tokens: { bench: { hash: `sha256:${"0".repeat(64)}` } } };
  const configuration = JSON.stringify({ services: Object.fromEntries(services), auth });
  await stage({ folder, configuration, variables: {} });
  await build({
    ...WORKERS_BUILD,
    entryPoints: { worker: programPath("round-worker") },
    plugins: [shareBundle(new Set()), deployedConfiguration],
    outdir: join(folder, "dist"),
    allowOverwrite: true,
  });
}

async function liveOneDay(origin: string, target: Target): Promise<readonly AbsoluteFigure[]> {
  const runtimes = await workerdPids();
  await live(origin, 1); // the roster is stored and the code is warm
  const cpuBeforeUs = totalCpuUs(runtimes);
  const minutes: Minute[] = [];
  while (minutes.length < MINUTES_A_DAY) minutes.push(...(await live(origin, MINUTES_A_REQUEST)));
  const cpuUs = totalCpuUs(runtimes) - cpuBeforeUs;
  const { requestCount } = await target.state();
  if (requestCount !== (MINUTES_A_DAY + 1) * SERVICE_COUNT) throw new Error("not every round probed every service");
  return figures(minutes, cpuUs);
}

async function live(origin: string, minutes: number): Promise<Minute[]> {
  const response = await fetch(`${origin}/?minutes=${minutes}`);
  if (!response.ok) throw new Error(await response.text());
  return (await response.json()) as Minute[];
}

function figures(minutes: readonly Minute[], cpuUs: number): AbsoluteFigure[] {
  const bills = minutes.flatMap(({ sweep, cleanup }) => (cleanup ? [sweep, cleanup] : [sweep]));
  const total = (kind: keyof BilledRows): number => bills.reduce((sum, bill) => sum + bill[kind], 0);
  const bar = { atMost: MOST_ROWS_A_SWEEP, on: "max" } as const;
  const written = minutes.map(({ sweep }) => sweep.written);
  const cpuMs = cpuUs / 1_000 / minutes.length;
  return [
    {
      what: `rows written to D1 by an uneventful sweep, ${SERVICE_COUNT} services`,
      unit: "rows",
      bar,
      values: written,
    },
    { what: "rows written to D1 a day, cleanup included", unit: "rows", bar: null, values: [total("written")] },
    { what: "rows read from D1 a day, cleanup included", unit: "rows", bar: null, values: [total("read")] },
    { what: "CPU of the runtime a round (local D1 and sockets included)", unit: "ms", bar: null, values: [cpuMs] },
  ];
}

/** All that run now; whoever measures does not run another one beside it. */
async function workerdPids(): Promise<number[]> {
  const pids = (await readdir("/proc")).filter((name) => /^\d+$/.test(name));
  const names = await Promise.all(pids.map((pid) => readFile(`/proc/${pid}/comm`, "utf8").catch(() => "")));
  return pids.filter((_, index) => names[index]?.trim() === "workerd").map(Number);
}

function totalCpuUs(pids: readonly number[]): number {
  return pids.reduce((total, pid) => total + cpuTimeUs(pid), 0);
}

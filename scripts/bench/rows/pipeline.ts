/**
 * What a check costs from probe to snapshot when time in which nothing happens is left out, and what memory that comes to: rows
 * about processes/whole-pipeline.ts, some of them beside a bare loop of undici.request that asks the same target.
 * Ours and the reference are processes of their own with the settings of memory.sh: the rows are about the service as it runs.
 * Invariants: every check is a real probe over HTTP and has been committed to a file; both sides have as many requests on their
 * way at the same time.
 */
import { memorySettings } from "../../memory.ts";
import type { ChildProcesses } from "../child-processes.ts";
import type { CallCost, CallOrder } from "../processes/measure-calls.ts";
import type { SweepsCost, SweepsOrder } from "../processes/whole-pipeline.ts";
import { bundleProgram, DIST, SHARE_BUNDLE } from "../programs.ts";
import { figures, pairedRounds, type MeasureRow, type Pair, type Turns } from "../row.ts";
import { databaseIn } from "../service.ts";
import { startTarget } from "../target.ts";

async function startPipeline(children: ChildProcesses, serviceCount: number) {
  const url = `${(await startTarget(children)).origin}/api/tags`;
  const settings = memorySettings();
  const whole = await bundleProgram(children, "whole-pipeline", SHARE_BUNDLE);
  const bare = await bundleProgram(children, "bare-calls");
  const args = [url, String(serviceCount), databaseIn(await children.folder()), DIST];
  return {
    ours: await children.start<SweepsOrder, SweepsCost>(whole, { args, ...settings }),
    bare: await children.start<CallOrder, CallCost>(bare, { args: [url, "request"], ...settings }),
  };
}

/** So many sweeps of all services, one after the other, beside as many bare calls. */
async function sweepsAndCalls(
  children: ChildProcesses,
  { services, sweeps, ...turns }: Turns & { readonly services: number; readonly sweeps: number },
): Promise<Pair<CallCost>[]> {
  const { ours, bare } = await startPipeline(children, services);
  return pairedRounds<CallCost>(turns, {
    ours: () => ours.order({ sweeps, apartMs: 1_000 }),
    reference: () => bare.order({ count: sweeps * services, concurrency: services }),
  });
}

export const thousandServices: MeasureRow = async (children) => {
  const pairs = await sweepsAndCalls(children, { services: 1_000, sweeps: 1, warmUps: 4, rounds: 25 });
  const what = "1,000 services probed and committed, against a bare loop of undici.request";
  return [{ what, unit: "ms", bar: { atMost: 1.4 }, rounds: figures(pairs, ({ wallMs }) => wallMs) }];
};

/** Without idle time, whose wake-ups cost more than the work itself: the sibling of check-cpu. A bare request pays the connection too. */
export const backToBack: MeasureRow = async (children) => {
  const pairs = await sweepsAndCalls(children, { services: 100, sweeps: 10, warmUps: 8, rounds: 31 });
  const rounds = figures(pairs, ({ cpuUsPerCall }) => cpuUsPerCall / 1_000);
  const values = rounds.map(({ ours }) => ours);
  const what = "CPU a check, back to back: probe, thresholds, commit, snapshot, 100 services";
  return [
    { what, unit: "ms", bar: { on: "median", atMost: 0.2 }, values },
    { what: "the same, against nothing but undici.request", unit: "ms", bar: null, rounds },
  ];
};

const SWEEPS = 10_000;
/** No order may take longer than two minutes, also on a machine that is busy with other things. */
const SWEEPS_AN_ORDER = 250;
const PATHS = ["/cluster_health", "/health", "/alerts", "/history?limit=20", "/history/service_0", "/stats"];

/**
 * Memory after 10,000 sweeps 10 s apart, so that 28 hours pass and the job thread makes blocks of them, and how much of it the
 * second half has added: a leak shows there. The API is asked in between, so that its code and caches are part of the figure.
 */
export const memory: MeasureRow = async (children) => {
  const { ours } = await startPipeline(children, 6);
  let half = 0;
  let whole = 0;
  for (let sweeps = SWEEPS_AN_ORDER; sweeps <= SWEEPS; sweeps += SWEEPS_AN_ORDER) {
    const { origin, rssBytes } = await ours.order({ sweeps: SWEEPS_AN_ORDER, apartMs: 10_000 });
    for (const path of PATHS) {
      const response = await fetch(`${origin}${path}`);
      await response.arrayBuffer();
      if (!response.ok) throw new Error(`${path} answered ${response.status}`);
    }
    whole = rssBytes / 1_000_000;
    if (sweeps === SWEEPS / 2) half = whole;
  }
  const resident = "resident memory after 10,000 sweeps of 6 services";
  const added = "what the last 5,000 of them have added";
  return [
    { what: resident, unit: "MB", bar: { on: "max", atMost: 125 }, values: [whole] },
    { what: added, unit: "MB", bar: { on: "max", atMost: 5 }, values: [whole - half] },
  ];
};

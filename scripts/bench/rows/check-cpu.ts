/**
 * What a check costs the service at its own pace, a hundred services once a second each, beside a process with as many
 * timers that do nothing but ask. Most of it are wake-ups, on both sides alike.
 * Listed in registry.ts. Both run side by side and are read at the same instants, unlike the sides of other rows: each is
 * idle nine tenths of the time, and so the same minute of the machine is in both.
 * Invariant: the CPU time of all threads counts, and all checks that it is divided by have been stored.
 */
import { setTimeout as sleep } from "node:timers/promises";
import { memorySettings } from "../../memory.ts";
import { BUSY_SERVICES, startBusyService } from "../busy-service.ts";
import type { ChildProcesses, ObedientProcess } from "../child-processes.ts";
import { cpuTimeUs } from "../proc.ts";
import { bundleProgram, startTarget } from "../programs.ts";
import type { MeasureRow, Pair } from "../row.ts";

/** /proc counts in 10 ms: a round of this length is some hundreds of them. */
const ROUND_MS = 5_000;
const ROUNDS = 5;

export const checkCpu: MeasureRow = async (children) => {
  const busy = await startBusyService(children);
  const bare = await startTimers(children);
  const read = async (): Promise<Pair<Reading>> => ({
    ours: { cpuUs: cpuTimeUs(busy.pid), count: await busy.probes() },
    reference: { cpuUs: cpuTimeUs(bare.pid), count: await bare.order({}) },
  });
  const rounds: Pair<number>[] = [];
  await sleep(ROUND_MS);
  const storedBefore = busy.storedChecks();
  for (let before = await read(); rounds.length < ROUNDS;) {
    await sleep(ROUND_MS);
    const after = await read();
    rounds.push({ ours: cost(before.ours, after.ours), reference: cost(before.reference, after.reference) });
    before = after;
  }
  checkCount(busy.storedChecks() - storedBefore, ROUNDS);
  const what = "CPU a check, 100 services once a second, against a timer loop of undici.request";
  return [{ what, unit: "µs", bar: { atMost: 1.4 }, rounds }];
};

/** Orders tell how many calls have been answered. */
async function startTimers(children: ChildProcesses): Promise<ObedientProcess<object, number>> {
  const { origin } = await startTarget(children);
  const args = [`${origin}/health`, "timers", String(BUSY_SERVICES)];
  return children.start(await bundleProgram(children, "bare-calls"), { args, ...memorySettings() });
}

interface Reading {
  readonly cpuUs: number;
  readonly count: number;
}

function cost(before: Reading, after: Reading): number {
  const count = after.count - before.count;
  checkCount(count, 1);
  return (after.cpuUs - before.cpuUs) / count;
}

function checkCount(count: number, rounds: number): void {
  const expected = (BUSY_SERVICES * rounds * ROUND_MS) / 1_000;
  if (Math.abs(count / expected - 1) > 0.1) throw new Error(`${count} checks instead of ${expected}`);
}

/**
 * What a check costs the service at its own pace, a hundred services once a second each, beside a process with as many
 * timers that do nothing but ask. Most of it are wake-ups, on both sides alike.
 * Listed in registry.ts. Both run side by side and are read at the same instants, unlike the sides of other rows: each is
 * idle nine tenths of the time, and so the same minute of the machine is in both.
 * Invariant: the CPU time of all threads counts, and all checks that it is divided by have been stored.
 */
import { setTimeout as sleep } from "node:timers/promises";
import { memorySettings } from "../../memory.ts";
import { bundlePrograms } from "../bundle-programs.ts";
import { BUSY_SERVICES, withBusyService, type BusyService } from "../busy-service.ts";
import type { ChildProcesses } from "../child-processes.ts";
import { cpuTimeUs } from "../cpu-time.ts";
import type { TargetState } from "../processes/target-server.ts";
import type { MeasureRow, Pair } from "../row.ts";

/** /proc counts in 10 ms: a round of this length is some hundreds of them. */
const ROUND_MS = 5_000;
const ROUNDS = 5;

export const checkCpu: MeasureRow = (children) =>
  withBusyService(children, async (busy) => {
    const rounds = await measuredRounds(children, busy);
    const what = "CPU a check, 100 services once a second, against a timer loop of undici.request";
    return [{ what, unit: "µs", bar: { atMost: 1.4 }, rounds }];
  });

interface Reading {
  readonly cpuUs: number;
  readonly count: number;
}

async function measuredRounds(children: ChildProcesses, busy: BusyService): Promise<Pair<number>[]> {
  const programs = await bundlePrograms(["bare-timers"]);
  try {
    const { pid } = busy.service;
    const args = [await targetUrl(children), String(BUSY_SERVICES)];
    const bare = await children.start<object, number>(programs.pathOf("bare-timers"), { args, ...memorySettings() });
    const read = async (): Promise<Pair<Reading>> => ({
      ours: { cpuUs: cpuTimeUs(pid), count: await busy.probes() },
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
    return rounds;
  } finally {
    await programs.remove();
  }
}

async function targetUrl(children: ChildProcesses): Promise<string> {
  const target = await children.start<object, TargetState>(new URL("../processes/target-server.ts", import.meta.url));
  return `http://127.0.0.1:${(await target.order({})).port}/health`;
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

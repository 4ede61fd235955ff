/**
 * What a check costs the built service at its own pace, a hundred services once a second each: CPU time, beside a process with as
 * many timers that do nothing but ask, and bytes written to disk, as flash memory wears out and a home server often lives on it.
 * Both processes run side by side and are read at the same instants, unlike the sides of other rows: each is idle nine tenths of
 * the time, and so the same minute of the machine is in both. Most of the CPU time are wake-ups, on both sides alike.
 * Invariants: all threads count, logs, checkpoints and the job thread included, and so do only checks that have been stored.
 */
import Database from "better-sqlite3";
import { setTimeout as sleep } from "node:timers/promises";
import { memorySettings } from "../../memory.ts";
import type { ChildProcesses } from "../child-processes.ts";
import { bytesWritten, cpuTimeUs } from "../proc.ts";
import { bundleProgram } from "../programs.ts";
import type { MeasureRow } from "../row.ts";
import { startService, watching, type Service } from "../service.ts";
import { startTarget, type Target } from "../target.ts";

const SERVICES = 100;
const INTERVAL_S = 1;
/** Until code is compiled, statements are prepared and every service has a check. */
const WARM_UP_MS = 4_000;
/** /proc counts in 10 ms: a round of this length is some hundreds of them. */
const CPU_ROUNDS = { count: 5, ms: 5_000 };
/** At this rate the WAL is moved into the database every 10 or 20 s, so each round holds that once at least. */
const DISK_ROUNDS = { count: 2, ms: 20_000 };

export const checkCpu: MeasureRow = async (children) => {
  const [service, target] = await startBusyService(children);
  const { origin } = await startTarget(children);
  const args = [`${origin}/health`, "timers", String(SERVICES)];
  const program = await bundleProgram(children, "bare-calls");
  const bare = await children.start<object, number>(program, { args, ...memorySettings() });
  await sleep(CPU_ROUNDS.ms);
  const rounds = await growths(CPU_ROUNDS, async () => ({
    cpuUs: cpuTimeUs(service.pid),
    checks: target.seen.connections,
    bareCpuUs: cpuTimeUs(bare.pid),
    bareCalls: await bare.order({}),
    stored: storedChecks(service),
  }));
  const stored = rounds.reduce((sum, round) => sum + round.stored, 0);
  checkCount(stored, rounds.length);
  const pairs = rounds.map(({ cpuUs, checks, bareCpuUs, bareCalls }) => {
    checkCount(checks, 1);
    checkCount(bareCalls, 1);
    return { ours: cpuUs / checks, reference: bareCpuUs / bareCalls };
  });
  const what = "CPU a check, 100 services once a second, against a timer loop of undici.request";
  return [{ what, unit: "µs", bar: { atMost: 1.4 }, rounds: pairs }];
};

function checkCount(count: number, rounds: number): void {
  const expected = (SERVICES * rounds * CPU_ROUNDS.ms) / (1_000 * INTERVAL_S);
  if (Math.abs(count / expected - 1) > 0.1) throw new Error(`${count} checks instead of ${expected}`);
}

export const diskWrites: MeasureRow = async (children) => {
  const [service] = await startBusyService(children);
  const { pid, databasePath } = service;
  const read = async () => ({ bytes: bytesWritten(pid), stored: storedChecks(service) });
  const values = (await growths(DISK_ROUNDS, read)).map(({ bytes, stored }) => bytes / stored);
  // As on a disk in memory, and on some network file systems.
  if (values.includes(0)) throw new Error(`the kernel counts no writes to ${databasePath}`);
  const what = "written to disk a check, 100 services once a second";
  return [{ what, unit: "bytes", bar: { on: "max", atMost: 2_000 }, values }];
};

async function startBusyService(children: ChildProcesses): Promise<[Service, Target]> {
  const target = await startTarget(children);
  const service = await startService(children, watching(target.urls(SERVICES), INTERVAL_S));
  await sleep(WARM_UP_MS);
  return [service, target];
}

/** By how much what is read grows in each round; one follows the other. */
async function growths<Name extends string>(
  { count, ms }: { readonly count: number; readonly ms: number },
  read: () => Promise<Record<Name, number>>,
): Promise<Record<Name, number>[]> {
  const rounds: Record<Name, number>[] = [];
  for (let before = await read(); rounds.length < count;) {
    await sleep(ms);
    const after = await read();
    const growth = { ...after };
    for (const name in growth) growth[name] -= before[name];
    rounds.push(growth);
    before = after;
  }
  return rounds;
}

/** Committed so far: of the head tier, which keeps everything for an hour, longer than a row. */
function storedChecks({ databasePath }: Service): number {
  const sqlite = new Database(databasePath, { readonly: true });
  try {
    return Number(sqlite.prepare("select sum(json_array_length(checks)) from sweeps").pluck().get());
  } finally {
    sqlite.close();
  }
}

/**
 * Who waits and who listens: how soon a thousand who wait for a service hear that it is healthy, what a thousand streams of events and
 * five hundred open pages cost in memory, and whether probes are any later for them.
 * Invariants: the instant of a recovery is the one of the commit that found it; client and service share the machine, so that what the
 * clients take is in every figure; who waits is also compared with raw node:http that sends the same bytes to as many clients, which
 * tells what of it is the machine's and the client's.
 */
import { setTimeout as sleep } from "node:timers/promises";
import { memorySettings } from "../../memory.ts";
import type { ChildProcesses } from "../child-processes.ts";
import { openClients, type Client } from "../clients.ts";
import { residentBytes } from "../proc.ts";
import type { HoldOrder, HoldResult } from "../processes/hold-server.ts";
import { programPath } from "../programs.ts";
import { reportedMs } from "../reported.ts";
import type { MeasureRow, Pair } from "../row.ts";
import { probeAll, startService, watching } from "../service.ts";
import { quantile } from "../statistics.ts";
import { startTarget, type Target } from "../target.ts";

const COUNT = 1_000;
const RECOVERIES = 5;
/** Until nothing is done any more for those who have come. */
const SETTLED_MS = 1_000;
const MEMORY_ROUNDS = 3;
/** Commits that each stream hears of before its memory is read. */
const HEARD_MS = 10_000;
const WATCHED = 6;
const PROBED_MS = 10_000;
const PROBE_ROUNDS = 3;

export const waiters: MeasureRow = async (children) => {
  const target = await startTarget(children);
  const service = { url: target.origin, critical: true, interval: 1, timeout: 1, failures: 1, flapping: false };
  const { port } = await startService(children, { services: { target: service } });
  const holder = await children.start<HoldOrder, HoldResult>(programPath("hold-server"), memorySettings());
  const reference = { port: await holder.order({ kind: "listen" }), answer: holder.order };
  const rounds: Pair<number>[] = [];
  for (let round = 0; round < RECOVERIES; round += 1) {
    const { p99Ms, answer } = await measureRecovery(port, target);
    rounds.push({ ours: p99Ms, reference: await measureHeld(reference, answer) });
  }
  const who = `p99 of ${COUNT} who wait`;
  return [
    {
      what: `recovery committed → /wait has answered, ${who}`,
      unit: "ms",
      bar: { atMost: 100, on: "median" },
      values: rounds.map(({ ours }) => ours),
    },
    { what: "the same against raw node:http that answers as many at once", unit: "ms", bar: { atMost: 3 }, rounds },
  ];
};

/** How long it took until all but the last hundredth had their answers, and one of these as it came. */
async function measureRecovery(port: number, target: Target): Promise<{ p99Ms: number; answer: string }> {
  await target.break();
  await untilStatus(port, "unhealthy");
  const [listener] = await openClients(port, "/events", { count: 1, answered: true });
  // There are a thousand places in all.
  const clients = await openClients(port, "/wait?service=target&timeout=300", { count: COUNT - 1, answered: false });
  await sleep(SETTLED_MS);
  const answers = Promise.all(clients.map((client) => client.next()));
  const committed = recoveryOf(listener);
  target.heal();
  const arrivals = await answers;
  const p99Ms = p99Since(await committed, arrivals);
  if (!arrivals.every(({ text }) => text.includes('"met":true'))) throw new Error("somebody was told something else");
  for (const client of [...clients, listener]) client?.leave();
  return { p99Ms, answer: arrivals[0]?.text ?? "" };
}

/** The same of a server that has nothing to find out, with the same bytes. */
async function measureHeld(
  { port, answer }: { readonly port: number; answer(order: HoldOrder): Promise<HoldResult> },
  original: string,
): Promise<number> {
  const clients = await openClients(port, "/", { count: COUNT - 1, answered: false });
  await sleep(SETTLED_MS);
  const answers = Promise.all(clients.map((client) => client.next()));
  const atMs = await answer({ kind: "answer", ...partsOf(original) });
  const arrivals = await answers;
  if (!arrivals.every(({ text }) => text.length === original.length))
    throw new Error("the reference sends something else");
  for (const client of clients) client.leave();
  return p99Since(atMs, arrivals);
}

const p99Since = (atMs: number, arrivals: readonly Client["last"][]): number =>
  quantile(
    arrivals.map((arrival) => arrival.atMs - atMs),
    0.99,
  );

/** Sent by node:http itself, on both sides. */
const OWN_HEADERS: ReadonlySet<string> = new Set(["date", "connection", "keep-alive"]);

function partsOf(answer: string): { headers: Record<string, string>; body: string } {
  const [head = "", body = ""] = answer.split("\r\n\r\n");
  const [, ...lines] = head.split("\r\n");
  const headers = lines.map((line) => line.split(": ", 2)).map(([name = "", value = ""]) => [name, value] as const);
  return { headers: Object.fromEntries(headers.filter(([name]) => !OWN_HEADERS.has(name.toLowerCase()))), body };
}

/** Resolves with the time of the commit that a listener hears of as the one in which the service is healthy. */
async function recoveryOf(listener: Client | undefined): Promise<number> {
  for (;;) {
    const { text } = (await listener?.next()) ?? { text: "" };
    const at = /"at":"([^"]+)","overall_status":"healthy"/.exec(text)?.[1];
    if (at !== undefined) return Date.parse(at);
  }
}

async function untilStatus(port: number, status: string): Promise<void> {
  for (;;) {
    const response = await fetch(`http://127.0.0.1:${port}/cluster_health`);
    if ((await response.text()).includes(`"overall_status":"${status}"`)) return;
    await sleep(50);
  }
}

export const listeners: MeasureRow = async (children) => {
  const target = await startTarget(children);
  const perStream = await measureMemory(children, target, EVENTS);
  const { port } = await startService(children, watching(target.urls(WATCHED, "/slow"), 1));
  const idle = await reportedP95(port);
  const clients = await openClients(port, "/events", { count: COUNT, answered: true });
  const busy = await reportedP95(port);
  for (const client of clients) client.leave();
  return [
    { what: `memory of a stream, ${COUNT} open`, unit: "kB", bar: { atMost: 40, on: "median" }, values: perStream },
    {
      what: `p95 of the latency reported for a 20 ms target, ${COUNT} streams`,
      unit: "ms",
      bar: { atMost: 30, on: "median" },
      values: busy,
    },
    { what: "the same without streams", unit: "ms", bar: null, values: idle },
  ];
};

export const openPages: MeasureRow = async (children) => {
  const values = await measureMemory(children, await startTarget(children), PAGES);
  const what = `memory of an open page, ${PAGES.count} of ${PAGES.services} services`;
  return [{ what, unit: "kB", bar: { atMost: 100, on: "median" }, values }];
};

interface Heard {
  readonly path: string;
  readonly count: number;
  readonly services: number;
  readonly intervalS: number;
}

const EVENTS: Heard = { path: "/events", count: COUNT, services: WATCHED, intervalS: 1 };
/** Each second some thirty rows of the page change. */
const PAGES: Heard = { path: "/events?view=now", count: 500, services: 200, intervalS: 6 };

/** kB of each stream, in services of their own. */
async function measureMemory(
  children: ChildProcesses,
  target: Target,
  { path, count, services, intervalS }: Heard,
): Promise<number[]> {
  const perStream: number[] = [];
  for (let round = 0; round < MEMORY_ROUNDS; round += 1) {
    const service = await startService(children, watching(target.urls(services, "/slow"), intervalS));
    await probeAll(service);
    const some = await openClients(service.port, path, { count: 20, answered: true });
    await sleep(HEARD_MS);
    for (const client of some) client.leave();
    const before = residentBytes(service.pid);
    const clients = await openClients(service.port, path, { count, answered: true });
    const openedMs = performance.timeOrigin + performance.now();
    await sleep(HEARD_MS);
    if (!clients.every(({ last }) => last.atMs > openedMs)) throw new Error("a stream is silent");
    perStream.push((residentBytes(service.pid) - before) / count / 1_024);
    for (const client of clients) client.leave();
  }
  return perStream;
}

async function reportedP95(port: number): Promise<number[]> {
  const values: number[] = [];
  while (values.length < PROBE_ROUNDS)
    values.push(quantile(await reportedMs(port, WATCHED, () => sleep(PROBED_MS)), 0.95));
  return values;
}

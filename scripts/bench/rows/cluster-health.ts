/**
 * GET /cluster_health of the built service against raw node:http that replays the same bytes with the same headers.
 * Listed in registry.ts. The CPU line is there because on few cores the client may be what limits both rates.
 * Invariant: the reference's answer is compared with the service's before anything is measured.
 */
import { Agent, get, type IncomingMessage } from "node:http";
import { buffer } from "node:stream/consumers";
import { memorySettings } from "../../memory.ts";
import type { ChildProcesses } from "../child-processes.ts";
import { figures, pairedRounds } from "../paired-rounds.ts";
import type { Load } from "../processes/load-client.ts";
import type { ReplayOrder, ReplayServer } from "../processes/replay-server.ts";
import { programPath, startLoadClient, startTarget } from "../programs.ts";
import type { Bar, MeasureRow } from "../row.ts";
import { startService } from "../service.ts";
import { until } from "../until.ts";

const PATH = "/cluster_health";
const SERVICE_COUNT = 6;
const CONNECTIONS = 50;
/** Many short pairs rather than few long ones: a neighbour who takes the processor for seconds then spoils few ratios. */
const ROUND_MS = 500;
const TURNS = { warmUps: 2, rounds: 31 };
const HEALTHY_TIMEOUT_MS = 10_000;
const HEALTHY_POLL_MS = 100;

export const clusterHealth: MeasureRow = async (children) => {
  const target = await startTarget(children);
  const service = await startService(children, target.urls(SERVICE_COUNT));
  const reference = await startReplay(children, await healthyAnswer(service.port));
  const client = await startLoadClient(children);
  const measure = (serverPid: number, port: number) => () =>
    client.order({ serverPid, port, path: PATH, connections: CONNECTIONS, durationMs: ROUND_MS });
  const pairs = await pairedRounds(TURNS, {
    ours: measure(service.pid, service.port),
    reference: measure(reference.pid, reference.port),
  });
  return LINES.map(([what, unit, bar, pick]) => ({ what, unit, bar, rounds: figures(pairs, pick) }));
};

const LINES: readonly [what: string, unit: string, Bar | null, (load: Load) => number][] = [
  [`requests, ${CONNECTIONS} connections, against raw node:http`, "/s", { atLeast: 0.85 }, (load) => load.requestsPerS],
  ["99th percentile of latency", "ms", { atMost: 1.5 }, (load) => load.p99Ms],
  ["CPU of the server a request", "µs", null, (load) => load.serverCpuUsPerRequest],
  ["CPU of the client: near 1 it limits both rates", "cores", null, (load) => load.clientUtilisation],
];

interface Answer {
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

/** One answer to a client that keeps its connection, as those of the load do. */
async function ask(port: number): Promise<Answer> {
  const agent = new Agent({ keepAlive: true });
  try {
    const response = await new Promise<IncomingMessage>((resolve, reject) => {
      get({ port, path: PATH, host: "127.0.0.1", agent }, resolve).once("error", reject);
    });
    const body = (await buffer(response)).toString();
    const headers = Object.entries(response.headers).map(([name, value]) => [name, String(value)]);
    return { headers: Object.fromEntries(headers), body };
  } finally {
    agent.destroy();
  }
}

/** The answer to measure: every service has been probed once, and will not be again for an hour. */
const healthyAnswer = (port: number): Promise<Answer> =>
  until({ what: "every service is healthy", timeoutMs: HEALTHY_TIMEOUT_MS, pollMs: HEALTHY_POLL_MS }, async () => {
    const answer = await ask(port);
    const { overall_status: status } = JSON.parse(answer.body) as { overall_status?: unknown };
    return status === "healthy" ? answer : null;
  });

/** Sent by node:http itself, on both sides. */
const OWN_HEADERS: ReadonlySet<string> = new Set(["date", "connection", "keep-alive"]);

async function startReplay(
  children: ChildProcesses,
  { headers, body }: Answer,
): Promise<{ pid: number; port: number }> {
  const server = await children.start<ReplayOrder, ReplayServer>(programPath("replay-server"), memorySettings());
  const keepAliveTimeoutMs = Number(/timeout=(\d+)/.exec(headers["keep-alive"] ?? "")?.[1]) * 1_000;
  const given = Object.entries(headers).filter(([name]) => !OWN_HEADERS.has(name));
  const { port } = await server.order({ headers: Object.fromEntries(given), body, keepAliveTimeoutMs });
  const replayed = await ask(port);
  if (withoutDate(replayed) !== withoutDate({ headers, body })) throw new Error("the reference sends something else");
  return { pid: server.pid, port };
}

function withoutDate({ headers, body }: Answer): string {
  const { date, ...others } = headers;
  return JSON.stringify([typeof date, others, body]);
}

/**
 * One answer of the built service against raw node:http that replays the same bytes with the same headers.
 * Used by the rows about answers. The CPU line is there because on few cores the client may be what limits both rates.
 * Invariant: the reference's answer is compared with the service's before anything is measured.
 */
import { memorySettings } from "../memory.ts";
import type { ChildProcesses } from "./child-processes.ts";
import type { Load } from "./processes/load-client.ts";
import type { ReplayOrder } from "./processes/replay-server.ts";
import { programPath, startLoadClient } from "./programs.ts";
import { figures, pairedRounds, type Bar, type Figure } from "./row.ts";
import type { Service } from "./service.ts";

const CONNECTIONS = 50;
/** Many short pairs rather than few long ones: a neighbour who takes the processor for seconds then spoils few ratios. */
const ROUND_MS = 500;
const TURNS = { warmUps: 2, rounds: 31 };

interface ServedAnswer {
  readonly path: string;
  /** What is in the answer when it is the one that is meant. */
  readonly proof: string;
  readonly rate: Bar;
  /** Null: it is judged by itself. */
  readonly p99: Bar | null;
  /** Of the 99th percentile itself. */
  readonly mostMs?: number;
}

export async function measureAnswer(
  children: ChildProcesses,
  service: Service,
  answer: ServedAnswer,
): Promise<readonly Figure[]> {
  const { path, rate, p99, mostMs } = answer;
  const reference = await startReplay(children, await ask(service.port, answer), answer);
  const client = await startLoadClient(children);
  const measure = ({ pid, port }: Server) => {
    const order = { pid, port, path, connections: CONNECTIONS, durationMs: ROUND_MS };
    return () => client.order(order);
  };
  const pairs = await pairedRounds(TURNS, { ours: measure(service), reference: measure(reference) });
  const lines: readonly [what: string, unit: string, Bar | null, (load: Load) => number][] = [
    [`requests, ${CONNECTIONS} connections, against raw node:http`, "/s", rate, (load) => load.requestsPerS],
    ["99th percentile of latency", "ms", p99, (load) => load.p99Ms],
    ["CPU of the server a request", "µs", null, (load) => load.serverCpuUsPerRequest],
    ["CPU of the client: near 1 it limits both rates", "cores", null, (load) => load.clientUtilisation],
  ];
  const compared = lines.map(([what, unit, bar, pick]) => ({ what, unit, bar, rounds: figures(pairs, pick) }));
  if (mostMs === undefined) return compared;
  const values = pairs.map(({ ours }) => ours.p99Ms);
  const bar = { atMost: mostMs, on: "median" } as const;
  return [...compared, { what: "99th percentile of latency, by itself", unit: "ms", bar, values }];
}

interface Answer {
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

/** One answer to a client that keeps its connection, as those of the load do. */
async function ask(port: number, { path, proof }: ServedAnswer): Promise<Answer> {
  const response = await fetch(`http://127.0.0.1:${port}${path}`);
  const body = await response.text();
  if (!body.includes(proof)) throw new Error(`not the answer that is meant: ${body}`);
  return { headers: Object.fromEntries(response.headers), body };
}

type Server = Pick<Service, "pid" | "port">;

/** Sent by node:http itself, on both sides. */
const OWN_HEADERS: ReadonlySet<string> = new Set(["date", "connection", "keep-alive"]);

async function startReplay(children: ChildProcesses, original: Answer, answer: ServedAnswer): Promise<Server> {
  const { headers, body } = original;
  const { pid, order } = await children.start<ReplayOrder, number>(programPath("replay-server"), memorySettings());
  const keepAliveTimeoutMs = Number(/timeout=(\d+)/.exec(headers["keep-alive"] ?? "")?.[1]) * 1_000;
  const given = Object.entries(headers).filter(([name]) => !OWN_HEADERS.has(name));
  const port = await order({ headers: Object.fromEntries(given), body, keepAliveTimeoutMs });
  const replayed = await ask(port, answer);
  if (withoutDate(replayed) !== withoutDate(original)) throw new Error("the reference sends something else");
  return { pid, port };
}

const withoutDate = ({ headers, body }: Answer): string =>
  JSON.stringify([{ ...headers, date: typeof headers["date"] }, body]);

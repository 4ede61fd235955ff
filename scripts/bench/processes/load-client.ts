/**
 * Asks one server over many keep-alive connections, each with one request on its way at any time, and counts what comes back.
 * Started by rows that measure a server. Raw sockets and prepared bytes, because on two cores a client that works as hard
 * as the server would hide the difference between two servers.
 * Invariant: only what happens between the two edges of the window counts, on both sides of the wire.
 */
import { once } from "node:events";
import { connect, type Socket } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";
import { ResponseParser } from "../../response-parser.ts";
import { cpuTimeUs } from "../proc.ts";
import { quantile } from "../statistics.ts";
import { obey } from "./obey.ts";

export interface LoadOrder {
  /** Of the server, whose CPU time is told. */
  readonly pid: number;
  readonly port: number;
  readonly path: string;
  readonly connections: number;
  readonly durationMs: number;
}

export interface Load {
  readonly requestsPerS: number;
  readonly p99Ms: number;
  readonly serverCpuUsPerRequest: number;
  /** Of one core; near 1 the client holds the server back, and rates come out closer together than they are. */
  readonly clientUtilisation: number;
}

/** Until every connection is open and has been answered more than once. */
const RAMP_UP_MS = 150;
const READ_BUFFER_BYTES = 65_536;

/** Asks again as soon as it is answered, until the socket is destroyed. */
function keepAsking(port: number, request: Buffer, onAnswer: (latencyMs: number) => void): Socket {
  const parser = new ResponseParser();
  let askedMs = 0;
  const ask = (nowMs: number): void => {
    askedMs = nowMs;
    socket.write(request);
  };
  const onRead = (byteCount: number, buffer: Uint8Array): boolean => {
    parser.add(Buffer.copyBytesFrom(buffer, 0, byteCount));
    const answer = parser.next();
    if (!answer) return true;
    if (answer.status !== 200 || parser.hasRest) throw new Error(`not one answer of 200: ${answer.status}`);
    const nowMs = performance.now();
    onAnswer(nowMs - askedMs);
    ask(nowMs);
    return true;
  };
  const onread = { buffer: Buffer.allocUnsafe(READ_BUFFER_BYTES), callback: onRead };
  const socket = connect({ host: "127.0.0.1", port, noDelay: true, onread });
  return socket.once("connect", () => ask(performance.now()));
}

async function load({ pid, port, path, connections, durationMs }: LoadOrder): Promise<Load> {
  const request = Buffer.from(`GET ${path} HTTP/1.1\r\nhost: 127.0.0.1:${port}\r\naccept: application/json\r\n\r\n`);
  let latenciesMs: number[] = [];
  const sockets = Array.from({ length: connections }, () =>
    keepAsking(port, request, (latencyMs) => latenciesMs.push(latencyMs)),
  );
  const broken = Promise.race(sockets.map(failure));
  try {
    await Promise.race([sleep(RAMP_UP_MS), broken]);
    latenciesMs = [];
    const before = { ms: performance.now(), serverUs: cpuTimeUs(pid), client: process.cpuUsage() };
    await Promise.race([sleep(durationMs), broken]);
    const { user, system } = process.cpuUsage(before.client);
    const elapsedMs = performance.now() - before.ms;
    return {
      requestsPerS: (latenciesMs.length / elapsedMs) * 1_000,
      p99Ms: quantile(latenciesMs, 0.99),
      serverCpuUsPerRequest: (cpuTimeUs(pid) - before.serverUs) / latenciesMs.length,
      clientUtilisation: (user + system) / 1_000 / elapsedMs,
    };
  } finally {
    for (const socket of sockets) socket.destroy();
  }
}

async function failure(socket: Socket): Promise<never> {
  await once(socket, "end");
  throw new Error("the server closed a connection");
}

obey(load);

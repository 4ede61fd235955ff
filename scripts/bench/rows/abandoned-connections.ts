/**
 * What clients who leave connections open cost the others: 2,000 who say nothing, 300 who stop in the middle of a body and 300 who
 * take nothing of large answers, all at once from one address. `/health` is asked from another one until all their slots are free.
 * Invariants: each question has a connection of its own; the same orders are tried in a round each, since who comes first matters.
 */
import { get } from "node:http";
import { connect, type Socket } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";
import { openSockets } from "../proc.ts";
import type { MeasureRow } from "../row.ts";
import { startService, watching } from "../service.ts";
import { startTarget } from "../target.ts";

const ABANDONING = "127.0.0.2";
const ASKING = "127.0.0.3";
const HEAD = "HTTP/1.1\r\nHost: localhost\r\n";
const SILENT = { count: 2_000, text: "" };
const HALF = {
  count: 300,
  text: `POST /silences ${HEAD}Content-Type: application/json\r\nContent-Length: 100\r\n\r\n{`,
};
const UNREAD = { count: 300, text: `GET /openapi.json ${HEAD}\r\n`.repeat(60) };
const ORDERS = [
  [SILENT, HALF, UNREAD],
  [UNREAD, HALF, SILENT],
  [HALF, UNREAD, SILENT],
];
const ASK_EVERY_MS = 50;
const AT_MOST_MS = 60_000;

export const abandonedConnections: MeasureRow = async (children) => {
  const target = await startTarget(children);
  const { port } = await startService(children, watching(target.urls(6)));
  const longest: number[] = [];
  const freeAfterS: number[] = [];
  for (const order of ORDERS) {
    const clients = order.flatMap(({ count, text }) => Array.from({ length: count }, () => leave(port, text)));
    const startMs = performance.now();
    const isOver = (): boolean => clients.every(({ connecting }) => !connecting) && openSockets(port) === 0;
    let longestMs = 0;
    while (!isOver() && performance.now() < startMs + AT_MOST_MS) {
      longestMs = Math.max(longestMs, await healthMs(port));
      await sleep(ASK_EVERY_MS);
    }
    freeAfterS.push((performance.now() - startMs) / 1_000);
    longest.push(longestMs);
    for (const client of clients) client.destroy();
  }
  return [
    {
      what: "longest answer of /health to another address, beside 2,600 abandoned connections",
      unit: "ms",
      bar: { atMost: 1_000, on: "max" },
      values: longest,
    },
    { what: "until all their slots are free", unit: "s", bar: { atMost: 30, on: "max" }, values: freeAfterS },
  ];
};

/** Reads nothing and closes nothing. */
function leave(port: number, text: string): Socket {
  const socket = connect({ port, host: "127.0.0.1", localAddress: ABANDONING, allowHalfOpen: true });
  socket.on("error", () => {}); // it will be cut
  return socket.once("connect", () => void (text !== "" && socket.write(text)));
}

/** From the connection on. Rejects when there is no answer. */
function healthMs(port: number): Promise<number> {
  const startMs = performance.now();
  return new Promise((resolve, reject) => {
    const asked = get({ port, host: "127.0.0.1", path: "/health", localAddress: ASKING, agent: false }, (response) => {
      response.resume().on("end", () => resolve(performance.now() - startMs));
    });
    asked.on("error", reject);
  });
}

/**
 * The reference for those who wait: raw node:http that holds whatever it is asked, and answers all of it at once when it is told to.
 * Started by rows/listeners.ts. Does nothing that a server could leave out: no routing, no look at the request.
 * Invariant: the instant that it tells is the one before the first answer.
 */
import type { ServerResponse } from "node:http";
import { serveLoopback } from "../loopback.ts";
import { obey } from "./obey.ts";

/** First to listen, then to answer again and again. */
export type HoldOrder =
  | { readonly kind: "listen" }
  | { readonly kind: "answer"; readonly headers: Readonly<Record<string, string>>; readonly body: string };

/** To listen: the port. To answer: when, epoch ms with fractions. */
export type HoldResult = number;

const AS_THE_SERVICE = { backlog: 4_096, keepAliveTimeout: 65_000 };

const held: ServerResponse[] = [];

obey(async (order: HoldOrder): Promise<HoldResult> => {
  if (order.kind === "listen") {
    return (await serveLoopback((_request, response) => void held.push(response), AS_THE_SERVICE)).port;
  }
  const { headers, body } = order;
  const atMs = performance.timeOrigin + performance.now();
  for (const response of held.splice(0)) response.writeHead(200, headers).end(body);
  return atMs;
});

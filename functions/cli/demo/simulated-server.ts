/**
 * An HTTP server on loopback that behaves as the timetable says: well, slow, 503, silent, or not there at all.
 * One file per service beside this one says what it answers; main.ts starts them all.
 * Invariant: the port stays the same for life, also when the server stops listening and comes back.
 */
import { createServer, type RequestListener, type Server } from "node:http";
import { once } from "node:events";
import type { AddressInfo } from "node:net";
import { faultAt, latencyMsAt, type DemoServiceId } from "./timetable.ts";

export interface Answer {
  readonly statusCode: number;
  readonly contentType: string;
  readonly body: string;
}

/** One kind of server: what it says, not when. */
export interface Simulation {
  readonly id: Exclude<DemoServiceId, "redis">;
  /** Path that a monitor asks. */
  readonly probePath: string;
  /** Usual time to answer. */
  readonly latencyMs: number;
  /** What it answers when it is well; null for a path that it does not know. */
  answer(path: string, elapsedS: number): Answer | null;
  /** What it answers to everything while it is unavailable. */
  readonly unavailable: Answer;
}

/** How soon a server follows the timetable when it has to stop or to resume listening. */
const FOLLOW_INTERVAL_MS = 200;
const NOT_FOUND: Answer = { statusCode: 404, contentType: "application/json", body: '{"error":"not found"}' };

export function json(value: unknown, statusCode = 200): Answer {
  return { statusCode, contentType: "application/json", body: JSON.stringify(value) };
}

/** Starts it and resolves to the URL to probe, once it listens. It runs until the process ends. */
export async function startSimulation(simulation: Simulation, elapsedS: () => number): Promise<string> {
  const server = createServer(respond(simulation, elapsedS));
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo; // an address object, as it listens on TCP
  // The port was ours a moment ago; should another program have it now, the next round tries again.
  server.on("error", (error) => console.error(`demo cluster: ${simulation.id}: ${error.message}`));
  setInterval(() => follow(server, port, faultAt(simulation.id, elapsedS())?.kind === "refuse"), FOLLOW_INTERVAL_MS);
  return `http://127.0.0.1:${port}${simulation.probePath}`;
}

function respond(simulation: Simulation, elapsedS: () => number): RequestListener {
  return (request, response) => {
    const now = elapsedS();
    const fault = faultAt(simulation.id, now);
    if (fault?.kind === "hang") return;
    const [path = "/"] = (request.url ?? "/").split("?");
    const answer = fault?.kind === "unavailable" ? simulation.unavailable : simulation.answer(path, now);
    const { statusCode, contentType, body } = answer ?? NOT_FOUND;
    const delayMs = fault?.kind === "slow" ? fault.delayMs : latencyMsAt(simulation.latencyMs, now);
    setTimeout(() => response.writeHead(statusCode, { "content-type": contentType }).end(body), delayMs);
  };
}

function follow(server: Server, port: number, shallRefuse: boolean): void {
  if (shallRefuse && server.listening) {
    server.close();
    server.closeAllConnections();
  }
  if (!shallRefuse && !server.listening) server.listen(port, "127.0.0.1");
}

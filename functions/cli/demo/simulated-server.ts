/**
 * An HTTP server that behaves as the timetable says: well, slow, 503, silent, or not there at all. main.ts starts them.
 * Invariant: the port stays the same for life, also when the server stops listening and comes back.
 */
import { once } from "node:events";
import { createServer, type RequestListener } from "node:http";
import type { AddressInfo, Server } from "node:net";
import { json, SERVICES, type Simulation } from "./services.ts";
import { faultAt, latencyMsAt } from "./timetable.ts";

type SimulatedId = keyof typeof SERVICES;

/** How soon a server follows the timetable when it has to stop or to resume listening. */
const FOLLOW_INTERVAL_MS = 200;
const NOT_FOUND = json({ error: "not found" }, 404);

/** Resolves with its port, a free one on loopback. */
export async function listen(server: Server): Promise<number> {
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  return (server.address() as AddressInfo).port; // an address object, as it listens on TCP
}

/** Starts it and resolves to the URL to probe, once it listens. It runs until the process ends. */
export async function startSimulation(id: SimulatedId, elapsedS: () => number): Promise<string> {
  const server = createServer(respond(id, elapsedS));
  const port = await listen(server);
  // The port was ours a moment ago; should another program have it now, the next round tries again.
  server.on("error", (error) => console.error(`demo cluster: ${id}: ${error.message}`));
  setInterval(() => {
    const shallRefuse = faultAt(id, elapsedS())?.kind === "refuse";
    if (shallRefuse && server.listening) {
      server.close();
      server.closeAllConnections();
    }
    if (!shallRefuse && !server.listening) server.listen(port, "127.0.0.1");
  }, FOLLOW_INTERVAL_MS);
  return `http://127.0.0.1:${port}${SERVICES[id].probePath}`;
}

function respond(id: SimulatedId, elapsedS: () => number): RequestListener {
  const { answers, unavailable, unavailableAt, latencyMs }: Simulation = SERVICES[id];
  return (request, response) => {
    const now = elapsedS();
    const fault = faultAt(id, now);
    if (fault?.kind === "hang") return;
    const [path = "/"] = (request.url ?? "/").split("?");
    const answer =
      fault?.kind === "unavailable" ? (unavailableAt?.(now)[path] ?? unavailable) : (answers(now)[path] ?? NOT_FOUND);
    const delayMs = fault?.kind === "slow" ? fault.delayMs : latencyMsAt(latencyMs, now);
    const headers = { "content-type": answer.contentType };
    setTimeout(() => response.writeHead(answer.statusCode, headers).end(answer.body), delayMs);
  };
}

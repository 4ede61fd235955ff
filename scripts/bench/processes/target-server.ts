/**
 * What is probed: a server on loopback with a list of models (2 KB of JSON) on /api/tags and "ok" on every other path, on
 * those below /slow/ after 20 ms.
 * Started by the rows. Its CPU time counts for nobody.
 * Invariant: it counts its connections, so that a row can tell whether probes were fresh or pooled.
 */
import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { obey } from "./obey.ts";

export interface TargetState {
  readonly port: number;
  /** Accepted since the start. */
  readonly connectionCount: number;
  /** Answered since the start. */
  readonly requestCount: number;
}

/** Longer than a row, so that no idle connection is closed within one. */
const KEEP_ALIVE_TIMEOUT_MS = 65_000;
/** Connections that may wait to be accepted: a thousand services are asked at once, and one turned away waits a second. */
const BACKLOG = 4_096;
const MODEL_COUNT = 14;
const SLOW_MS = 20;

const model = (_: unknown, index: number) => ({
  name: `model-${index}:7b-instruct`,
  size: 4_108_916_866 + index,
  digest: "sha256:61e88e884507ba5e06c49b40e6226884b2a16e872382c2b44a42f2d119d804a5",
});
const models = Buffer.from(JSON.stringify({ models: Array.from({ length: MODEL_COUNT }, model) }));
const ok = Buffer.from(JSON.stringify({ status: "ok" }));

let connectionCount = 0;
let requestCount = 0;
const server = createServer({ keepAliveTimeout: KEEP_ALIVE_TIMEOUT_MS }, (request, response) => {
  requestCount += 1;
  const body = request.url === "/api/tags" ? models : ok;
  const answer = (): void => {
    response.writeHead(200, { "content-type": "application/json", "content-length": body.byteLength }).end(body);
  };
  if (request.url?.startsWith("/slow/")) setTimeout(answer, SLOW_MS);
  else answer();
});
server.on("connection", () => (connectionCount += 1));
server.listen({ port: 0, host: "127.0.0.1", backlog: BACKLOG });
await once(server, "listening");
const { port } = server.address() as AddressInfo; // an address object, as it listens on TCP

obey((): TargetState => ({ port, connectionCount, requestCount }));

/**
 * What is probed: a server on loopback that answers every path with the same 2 KB of JSON, as a list of models would be.
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
}

/** Longer than a row, so that no idle connection is closed within one. */
const KEEP_ALIVE_TIMEOUT_MS = 65_000;
const MODEL_COUNT = 14;

const model = (_: unknown, index: number) => ({
  name: `model-${index}:7b-instruct`,
  size: 4_108_916_866 + index,
  digest: "sha256:61e88e884507ba5e06c49b40e6226884b2a16e872382c2b44a42f2d119d804a5",
});
const body = Buffer.from(JSON.stringify({ status: "ok", models: Array.from({ length: MODEL_COUNT }, model) }));
const headers = { "content-type": "application/json", "content-length": body.byteLength };

let connectionCount = 0;
const server = createServer({ keepAliveTimeout: KEEP_ALIVE_TIMEOUT_MS }, (_request, response) => {
  response.writeHead(200, headers).end(body);
});
server.on("connection", () => (connectionCount += 1));
server.listen(0, "127.0.0.1");
await once(server, "listening");
const { port } = server.address() as AddressInfo; // an address object, as it listens on TCP

obey((): TargetState => ({ port, connectionCount }));

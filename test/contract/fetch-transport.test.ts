/**
 * The transport of the Workers host inside the real runtime: the contract, bindings, and the edge's own answers.
 */
import { createServer } from "node:http";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { listen } from "../support/loopback-server.ts";
import { REQUEST, targetAt } from "../support/transport-bench.ts";
import { remoteTransport, startProbeWorker } from "../support/workerd/remote-prober.ts";
import type { Workerd } from "../support/workerd/workerd.ts";
import { httpTransportContract } from "./http-transport-contract.ts";

let workerd: Workerd;
beforeAll(async () => {
  workerd = await startProbeWorker();
});
afterAll(() => workerd.close());

httpTransportContract("fetch inside workerd", () => ({ transport: remoteTransport(workerd), close: async () => {} }), {
  tellsInvalidHttp: false,
  ownsConnections: false,
});

describe("a request with via", () => {
  it("is sent by the binding of that name", async () => {
    const server = await listen(createServer((request, response) => response.end(String(request.headers["x-via"]))));
    const outcome = await remoteTransport(workerd).exchange({
      ...REQUEST,
      target: targetAt(`http://127.0.0.1:${server.port}/`),
      via: "LAN",
    });
    expect(outcome.kind === "response" && Buffer.from(outcome.body).toString()).toBe("LAN");
    await server.close();
  });

  it("fails as a fault of the configuration when there is no such binding", async () => {
    const outcome = await remoteTransport(workerd).exchange({
      ...REQUEST,
      target: targetAt("http://127.0.0.1:1/"),
      via: "WAN",
    });
    expect(outcome).toMatchObject({ kind: "failure", reason: "config" });
  });
});

describe("an answer that Cloudflare's edge made up in the target's place", () => {
  it.each([
    [521, "refused"],
    [522, "deadline_connect"],
    [523, "unreachable"],
    [524, "deadline_response"],
    [525, "tls"],
    [526, "tls"],
    [530, "dns"],
  ])("%i has the reason %s", async (status, reason) => {
    const server = await listen(
      createServer((_request, response) =>
        response.writeHead(status, { server: "cloudflare" }).end("error code: 1016"),
      ),
    );
    const outcome = await remoteTransport(workerd).exchange({
      ...REQUEST,
      target: targetAt(`http://127.0.0.1:${server.port}/`),
    });
    expect(outcome).toMatchObject({ kind: "failure", reason });
    await server.close();
  });
});

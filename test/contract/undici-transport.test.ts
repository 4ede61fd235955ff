/**
 * The Node transport: the contract, and what only it can do: names, the address policy after resolution, and phases of
 * connections.
 */
import { createServer as createHttpServer } from "node:http";
import type { Socket } from "node:net";
import { setImmediate } from "node:timers/promises";
import { describe, expect, it } from "vitest";
import { createUndiciTransport } from "../../shared/node/undici-transport.ts";
import { startBlackhole, startFreezable } from "../support/blackhole.ts";
import { startRaw } from "../support/hostile-server.ts";
import { closedPort, listen } from "../support/loopback-server.ts";
import { REQUEST, targetAt } from "../support/transport-bench.ts";
import { useUndici } from "../support/undici-bench.ts";
import { httpTransportContract } from "./http-transport-contract.ts";
import { WAIT_LIMIT_MS } from "../support/time-limits.ts";

httpTransportContract("undici", () => {
  const transport = createUndiciTransport();
  return { transport, close: () => transport.close() };
});

const { track, transportWith } = useUndici();

describe("names", () => {
  it("lead to the server, and their resolution is timed", async () => {
    const transport = await transportWith({ "service.test": ["127.0.0.1"] });
    const { port } = track(await listen(createHttpServer((request, response) => response.end(request.headers.host))));
    const outcome = await transport.exchange({ ...REQUEST, target: targetAt(`http://service.test:${port}/`) });
    expect(outcome).toMatchObject({ kind: "response", statusCode: 200 });
    expect(outcome.kind === "response" && Buffer.from(outcome.body).toString()).toBe(`service.test:${port}`);
    expect(outcome.timings.dnsMs).toBeGreaterThan(0);
  });

  it("that do not exist fail with the reason dns", async () => {
    const transport = await transportWith();
    const outcome = await transport.exchange({ ...REQUEST, target: targetAt("http://nope.invalid/") });
    expect(outcome).toMatchObject({ kind: "failure", reason: "dns", message: "Name not found" });
  });

  it("that nobody answers for fail at the deadline, in the phase of resolution", async () => {
    const transport = await transportWith({ "dead.test": "silence" });
    const outcome = await transport.exchange({ ...REQUEST, target: targetAt("http://dead.test/"), timeoutMs: 200 });
    expect(outcome).toMatchObject({ kind: "failure", reason: "deadline_connect", message: "Request timed out" });
    expect(Object.keys(outcome.timings)).toEqual(["dnsMs"]);
  });

  it("that resolve slowly are waited for, and the wait is told apart from that for the server", async () => {
    const transport = await transportWith({ "slow.test": { afterMs: 150, addresses: ["127.0.0.1"] } });
    const { port } = track(await listen(createHttpServer((_request, response) => response.end())));
    const outcome = await transport.exchange({ ...REQUEST, target: targetAt(`http://slow.test:${port}/`) });
    expect(outcome).toMatchObject({ kind: "response" });
    expect(outcome.timings.dnsMs).toBeGreaterThanOrEqual(149);
    // Were it part of the time for the server as well, the phases would be longer than the whole.
    const inPhases = Object.values(outcome.timings).reduce((sum, ms) => sum + ms, 0);
    expect(inPhases).toBeLessThanOrEqual(outcome.durationMs + 1);
  });

  it("that resolve too slowly fail at the deadline, in the phase of resolution", async () => {
    const transport = await transportWith({ "slow.test": { afterMs: 900, addresses: ["127.0.0.1"] } });
    const outcome = await transport.exchange({ ...REQUEST, target: targetAt("http://slow.test/"), timeoutMs: 150 });
    expect(outcome).toMatchObject({ kind: "failure", reason: "deadline_connect" });
    expect(Object.keys(outcome.timings)).toEqual(["dnsMs"]);
  });

  it("are not led astray by a dead IPv6 address beside a living IPv4 one", async () => {
    const transport = await transportWith({ "both.test": ["2001:db8:0:0:0:0:0:1", "127.0.0.1"] });
    const { port } = track(await listen(createHttpServer((_request, response) => response.end())));
    expect(await transport.exchange({ ...REQUEST, target: targetAt(`http://both.test:${port}/`) })).toMatchObject({
      kind: "response",
    });
  });

  it("that have only a dead IPv6 address are refused, unreachable or too late, never a fault of ours", async () => {
    const transport = await transportWith({ "six.test": ["::1"], "far.test": ["2001:db8:0:0:0:0:0:1"] });
    const port = await closedPort();
    const near = await transport.exchange({ ...REQUEST, target: targetAt(`http://six.test:${port}/`) });
    expect(near).toMatchObject({ kind: "failure", reason: "refused" });
    const far = await transport.exchange({ ...REQUEST, target: targetAt(`http://far.test:${port}/`), timeoutMs: 200 });
    expect(["unreachable", "deadline_connect"]).toContain(far.kind === "failure" && far.reason);
  });

  it("that are dead do not delay one that is not", async () => {
    const transport = await transportWith({ "dead.test": "silence", "service.test": ["127.0.0.1"] });
    const { port } = track(await listen(createHttpServer((_request, response) => response.end())));
    const dead = Array.from({ length: 40 }, () =>
      transport.exchange({ ...REQUEST, target: targetAt("http://dead.test/"), timeoutMs: 600 }),
    );
    const outcome = await transport.exchange({
      ...REQUEST,
      target: targetAt(`http://service.test:${port}/`),
      timeoutMs: 500,
    });
    expect(outcome).toMatchObject({ kind: "response" });
    await Promise.all(dead);
  });

  it.each(["169.254.169.254", "127.0.0.1", "0.0.0.0", "::1", "fd00:ec2:0:0:0:0:0:254"])(
    "that lead to %s are refused without a connection",
    async (address) => {
      const transport = await transportWith({ "trap.test": [address] });
      const outcome = await transport.exchange({
        ...REQUEST,
        target: targetAt("http://trap.test/", { allowLoopback: false }),
      });
      expect(outcome).toMatchObject({ kind: "failure", reason: "forbidden_address" });
      expect(outcome.timings).not.toHaveProperty("tcpMs");
    },
  );
});

describe("pooled connections", () => {
  it("that the server closes while they rest cost no probe", async () => {
    const transport = await transportWith();
    const server = track(
      await startRaw((socket) => {
        let answers = 0;
        socket.on("data", () => {
          socket.write("HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nok");
          answers += 1;
          if (answers === 2) setTimeout(() => socket.destroy(), 1); // about when the next probe comes
        });
      }),
    );
    const request = { ...REQUEST, target: targetAt(`http://127.0.0.1:${server.port}/`), connection: "pooled" } as const;
    let timedConnections = 0;
    const reasons: string[] = [];
    for (let probe = 0; probe < 200; probe += 1) {
      const outcome = await transport.exchange(request);
      if (outcome.kind === "failure") reasons.push(outcome.reason);
      if (outcome.timings.tcpMs !== undefined) timedConnections += 1;
    }
    expect(reasons).toEqual([]);
    expect(server.accepted).toBeLessThan(200);
    expect(timedConnections).toBe(server.accepted);
  });

  it("that end in the moment of their reuse are replaced by fresh ones, and those are timed", async () => {
    const transport = await transportWith();
    const sockets: Socket[] = [];
    const server = track(
      await startRaw((socket) => {
        sockets.push(socket);
        socket.on("data", () => socket.write("HTTP/1.1 204 No Content\r\n\r\n"));
      }),
    );
    const request = { ...REQUEST, target: targetAt(`http://127.0.0.1:${server.port}/`), connection: "pooled" } as const;
    await transport.exchange(request);
    // From the check phase of the event loop, so that the end arrives after the request is handed over and before it is sent.
    await setImmediate();
    sockets[0]?.destroy();
    const outcome = await transport.exchange(request);
    expect(outcome).toMatchObject({ kind: "response", statusCode: 204, timings: { tcpMs: expect.any(Number) } });
    expect(server.accepted).toBe(2);
  });

  it("rest in tens per server at most", async () => {
    const transport = await transportWith();
    const server = track(await listen(createHttpServer((_request, response) => response.end())));
    const request = { ...REQUEST, target: targetAt(`http://127.0.0.1:${server.port}/`), connection: "pooled" } as const;
    await Promise.all(Array.from({ length: 15 }, () => transport.exchange(request)));
    expect(server.accepted).toBe(15);
    await expect.poll(() => server.open).toBe(10);
  });

  it("are kept apart from those that may not lead to loopback", async () => {
    const transport = await transportWith({ "inside.test": ["127.0.0.1"] });
    const { port } = track(await listen(createHttpServer((_request, response) => response.end())));
    const request = { ...REQUEST, target: targetAt(`http://inside.test:${port}/`), connection: "pooled" } as const;
    expect(await transport.exchange(request)).toMatchObject({ kind: "response" });
    const outcome = await transport.exchange({ ...request, target: { ...request.target, allowLoopback: false } });
    expect(outcome).toMatchObject({ kind: "failure", reason: "forbidden_address" });
  });

  it("are closed with the transport", async () => {
    const transport = await transportWith();
    const server = track(
      await startRaw((socket) => socket.on("data", () => socket.write("HTTP/1.1 204 No Content\r\n\r\n"))),
    );
    await transport.exchange({
      ...REQUEST,
      target: targetAt(`http://127.0.0.1:${server.port}/`),
      connection: "pooled",
    });
    expect(server.open).toBe(1);
    await transport.close();
    await server.untilIdle();
  });
});

describe("deadline", () => {
  it("holds when the server is frozen, whether it has never been asked or has answered before", async () => {
    const transport = await transportWith();
    const server = track(await startFreezable());
    const request = { ...REQUEST, target: targetAt(`http://127.0.0.1:${server.port}/`), timeoutMs: 600 };
    const pooled = { ...request, connection: "pooled" } as const;
    expect(await transport.exchange({ ...pooled, timeoutMs: WAIT_LIMIT_MS })).toMatchObject({
      kind: "response",
      statusCode: 204,
    });
    server.freeze();
    for (const frozen of [request, pooled]) {
      const outcome = await transport.exchange(frozen);
      expect(outcome).toMatchObject({ kind: "failure", reason: "deadline_response", message: "Request timed out" });
      expect(Object.keys(outcome.timings).at(-1)).toBe("firstByteMs");
    }
    server.thaw();
    expect(await transport.exchange({ ...request, timeoutMs: WAIT_LIMIT_MS })).toMatchObject({ kind: "response" });
  });

  it("holds while no connection comes about", async () => {
    const transport = await transportWith();
    const { port } = track(await startBlackhole());
    const outcome = await transport.exchange({
      ...REQUEST,
      target: targetAt(`http://127.0.0.1:${port}/`),
      timeoutMs: 200,
    });
    expect(outcome).toMatchObject({ kind: "failure", reason: "deadline_connect", message: "Request timed out" });
    expect(Object.keys(outcome.timings)).toEqual(["tcpMs"]);
  });

  it("leaves no timer behind when the exchange ends earlier", async () => {
    const transport = await transportWith();
    const { port } = track(await listen(createHttpServer((_request, response) => response.end())));
    const timers = () => process.getActiveResourcesInfo().filter((kind) => kind === "Timeout").length;
    const before = timers();
    const request = { ...REQUEST, target: targetAt(`http://127.0.0.1:${port}/`) };
    await Promise.all(Array.from({ length: 50 }, () => transport.exchange(request)));
    expect(timers()).toBeLessThan(before + 50);
  });
});

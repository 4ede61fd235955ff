import { createServer } from "node:net";
import { afterEach, describe, expect, it } from "vitest";
import { CHECK_TYPES } from "../../shared/probes/registry.ts";
import { configureProbe, faultyKeys } from "../support/configured-probe.ts";
import { makeContext } from "../support/probe-context.ts";
import { listen } from "../support/loopback-server.ts";
import { WAIT_LIMIT_MS } from "../support/time-limits.ts";

const open: { close(): Promise<void> }[] = [];

afterEach(async () => {
  for (const each of open.splice(0)) await each.close();
});

async function serve(address: string) {
  const server = await listen(
    createServer((socket) => socket.resume()),
    address,
  );
  open.push(server);
  return server;
}

async function probe(host: string, names = {}) {
  const context = await makeContext(names);
  open.push(context);
  return configureProbe(CHECK_TYPES.tcp, { host })({ ...context, timeoutMs: WAIT_LIMIT_MS });
}

describe("check type tcp", () => {
  it("finds a service healthy that accepts the connection, and hangs up without a word", async () => {
    const server = await serve("127.0.0.1");
    const observation = await probe(`127.0.0.1:${server.port}`);
    expect(observation).toEqual({
      status: "healthy",
      reason: null,
      message: null,
      responseTimeMs: expect.any(Number),
      statusCode: null,
      details: {},
    });
    expect(server.accepted).toBe(1);
    await server.untilIdle();
  });

  it("connects over IPv6", async () => {
    const server = await serve("::1");
    expect(await probe(`[::1]:${server.port}`)).toMatchObject({ status: "healthy" });
  });

  it("connects to the address that a name leads to", async () => {
    const server = await serve("127.0.0.1");
    const observation = await probe(`service.localhost:${server.port}`, { "service.localhost": ["127.0.0.1"] });
    expect(observation).toMatchObject({ status: "healthy" });
    expect(server.accepted).toBe(1);
  });

  it("leaves names to the platform on a host without a resolver, but not addresses", async () => {
    const server = await serve("127.0.0.1");
    const context = { ...(await makeContext()), resolveName: null };
    open.push(context);
    const configured = configureProbe(CHECK_TYPES.tcp, { host: `localhost:${server.port}` });
    expect(await configured({ ...context, timeoutMs: WAIT_LIMIT_MS })).toMatchObject({ status: "healthy" });
  });

  it.each([
    "192.0.2.1",
    "192.0.2.1:",
    ":80",
    "192.0.2.1:0",
    "192.0.2.1:65536",
    "::1:80",
    "[::1",
    "[name]:80",
    "a b:80",
    "http://x:80",
    "a..b:80",
    "",
  ])("refuses %j as a host", (host) => {
    expect(faultyKeys(CHECK_TYPES.tcp, { host })).toEqual(["host"]);
  });

  it.each([
    "169.254.169.254:80",
    "0.0.0.0:80",
    "255.255.255.255:80",
    "224.0.0.1:80",
    "[fe80::1]:80",
    "[::ffff:169.254.169.254]:80",
  ])("refuses the address %s, which is never probed", (host) => {
    expect(faultyKeys(CHECK_TYPES.tcp, { host })).toEqual(["host"]);
  });
});

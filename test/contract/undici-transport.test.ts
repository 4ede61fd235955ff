/**
 * The Node transport: the contract, and what only it can do: certificates, names, the address policy after resolution,
 * and bounds on memory.
 */
import { createServer as createHttpServer } from "node:http";
import { createServer as createHttpsServer, type ServerOptions } from "node:https";
import { afterEach, describe, expect, it } from "vitest";
import { createNameResolver } from "../../shared/node/name-resolver.ts";
import { createUndiciTransport, type UndiciTransport } from "../../shared/node/undici-transport.ts";
import type { HttpExchangeRequest } from "../../shared/ports/http-transport.ts";
import { makeAuthority, makeSelfSigned, type CertificateRequest } from "../support/certificates.ts";
import { startBlackhole } from "../support/blackhole.ts";
import { startDnsStub, type DnsEntry } from "../support/dns-stub.ts";
import { startHostile, startRaw } from "../support/hostile-server.ts";
import { listen, type LoopbackServer } from "../support/loopback-server.ts";
import { httpTransportContract } from "./http-transport-contract.ts";

httpTransportContract("undici", () => {
  const transport = createUndiciTransport();
  return { transport, close: () => transport.close() };
});

const DAY_MS = 86_400_000;
const TODAY_MS = Math.floor(Date.now() / DAY_MS) * DAY_MS;
const VALID = { validFromMs: TODAY_MS - DAY_MS, validToMs: TODAY_MS + 13 * DAY_MS };
const EXPIRED = { validFromMs: TODAY_MS - 3 * DAY_MS, validToMs: TODAY_MS - DAY_MS };
const FUTURE = { validFromMs: TODAY_MS + 2 * DAY_MS, validToMs: TODAY_MS + 9 * DAY_MS };
const LOCAL: CertificateRequest = { ...VALID, hosts: ["127.0.0.1", "service.test"] };

const authority = makeAuthority("Test Authority", {
  validFromMs: TODAY_MS - 30 * DAY_MS,
  validToMs: TODAY_MS + 30 * DAY_MS,
});
const stranger = makeAuthority("Stranger", { validFromMs: TODAY_MS - 30 * DAY_MS, validToMs: TODAY_MS + 30 * DAY_MS });

const REQUEST: Omit<HttpExchangeRequest, "url"> = {
  method: "GET",
  headers: {},
  body: null,
  timeoutMs: 5_000,
  maxBodyBytes: 65_536,
  connection: "fresh",
  allowLoopback: true,
};

/** What a test has opened; closed after it, last first. */
const open: { close(): Promise<void> }[] = [];

afterEach(async () => {
  for (const each of open.splice(0).reverse()) await each.close();
});

function track<T extends { close(): Promise<void> }>(each: T): T {
  open.push(each);
  return each;
}

/** Names of the table lead where it says; no other exists. */
async function transportWith(table: Record<string, DnsEntry> = {}): Promise<UndiciTransport> {
  const { server } = track(await startDnsStub(table));
  const resolveName = createNameResolver({ servers: [server], hostsFile: "/nonexistent" });
  return track(createUndiciTransport({ resolveName, ca: [authority.ca] }));
}

describe("certificates", () => {
  async function serveTls(options: ServerOptions): Promise<LoopbackServer & { readonly answered: () => number }> {
    let answered = 0;
    const server = track(
      await listen(
        createHttpsServer(options, (_request, response) => {
          answered += 1;
          response.end("ok");
        }),
      ),
    );
    return Object.assign(server, { answered: () => answered });
  }

  it("reports when the certificate of a trusted server ends, and how long the handshake took", async () => {
    const transport = await transportWith();
    const { port } = await serveTls(authority.issue(LOCAL));
    const outcome = await transport.exchange({ ...REQUEST, url: `https://127.0.0.1:${port}/` });
    expect(outcome).toMatchObject({ kind: "answer", statusCode: 200, certificateExpiresAtMs: VALID.validToMs });
    expect(outcome.timings.tlsMs).toBeGreaterThan(0);
  });

  it("reports it again on a reused connection, where no handshake takes place", async () => {
    const transport = await transportWith();
    const { port } = await serveTls(authority.issue(LOCAL));
    const request = { ...REQUEST, url: `https://127.0.0.1:${port}/`, connection: "pooled" } as const;
    await transport.exchange(request);
    const outcome = await transport.exchange(request);
    expect(outcome).toMatchObject({ kind: "answer", certificateExpiresAtMs: VALID.validToMs });
    expect(outcome.timings).not.toHaveProperty("tlsMs");
  });

  it("compares the certificate with the name, not with the address it leads to", async () => {
    const transport = await transportWith({ "service.test": ["127.0.0.1"], "other.test": ["127.0.0.1"] });
    const { port } = await serveTls(authority.issue(LOCAL));
    expect(await transport.exchange({ ...REQUEST, url: `https://service.test:${port}/` })).toMatchObject({
      kind: "answer",
    });
    expect(await transport.exchange({ ...REQUEST, url: `https://other.test:${port}/` })).toMatchObject({
      reason: "tls",
    });
  });

  it.each([
    ["is self-signed", makeSelfSigned(LOCAL), "Certificate is self-signed"],
    ["is from a stranger", stranger.issue(LOCAL), "Certificate is not trusted"],
    ["has expired", authority.issue({ ...LOCAL, ...EXPIRED }), "Certificate has expired"],
    ["is not valid yet", authority.issue({ ...LOCAL, ...FUTURE }), "Certificate is not valid yet"],
    [
      "is for another host",
      authority.issue({ ...VALID, hosts: ["elsewhere.test"] }),
      "Certificate is for another host",
    ],
  ])("refuses one that %s, sends nothing, and still reports its end", async (_what, certificate, message) => {
    const transport = await transportWith();
    const server = await serveTls(certificate);
    const outcome = await transport.exchange({ ...REQUEST, url: `https://127.0.0.1:${server.port}/` });
    expect(outcome).toMatchObject({ kind: "failure", reason: "tls", message });
    expect(outcome.certificateExpiresAtMs).toEqual(expect.any(Number));
    expect(outcome.timings).not.toHaveProperty("firstByteMs");
    expect(server.answered()).toBe(0);
    await server.untilIdle();
  });

  it("fails the handshake with a server that speaks old TLS only", async () => {
    const transport = await transportWith();
    const { port } = await serveTls({ ...authority.issue(LOCAL), minVersion: "TLSv1", maxVersion: "TLSv1.1" });
    const outcome = await transport.exchange({ ...REQUEST, url: `https://127.0.0.1:${port}/` });
    expect(outcome).toMatchObject({ kind: "failure", reason: "tls" });
  });

  it("fails the handshake with a server that speaks plain HTTP", async () => {
    const transport = await transportWith();
    const { port } = track(await listen(createHttpServer((_request, response) => response.end())));
    const outcome = await transport.exchange({ ...REQUEST, url: `https://127.0.0.1:${port}/` });
    expect(outcome).toMatchObject({ kind: "failure", reason: "tls", message: "TLS handshake failed" });
  });

  it("counts a stalled handshake as not connected, and says that it was the handshake", async () => {
    const transport = await transportWith();
    const server = track(await startHostile("silent"));
    const outcome = await transport.exchange({ ...REQUEST, url: `https://127.0.0.1:${server.port}/`, timeoutMs: 200 });
    expect(outcome).toMatchObject({ kind: "failure", reason: "deadline_connect", message: "Request timed out" });
    expect(outcome.timings.tlsMs).toBeGreaterThan(100);
    await server.untilIdle();
  });
});

describe("names", () => {
  it("lead to the server, and their resolution is timed", async () => {
    const transport = await transportWith({ "service.test": ["127.0.0.1"] });
    const { port } = track(await listen(createHttpServer((request, response) => response.end(request.headers.host))));
    const outcome = await transport.exchange({ ...REQUEST, url: `http://service.test:${port}/` });
    expect(outcome).toMatchObject({ kind: "answer", statusCode: 200 });
    expect(outcome.kind === "answer" && Buffer.from(outcome.body).toString()).toBe(`service.test:${port}`);
    expect(outcome.timings.dnsMs).toBeGreaterThan(0);
  });

  it("that do not exist fail with the reason dns", async () => {
    const transport = await transportWith();
    const outcome = await transport.exchange({ ...REQUEST, url: "http://nope.invalid/" });
    expect(outcome).toMatchObject({ kind: "failure", reason: "dns", message: "Name not found" });
  });

  it("that nobody answers for fail at the deadline, in the phase of resolution", async () => {
    const transport = await transportWith({ "dead.test": "silence" });
    const startedMs = performance.now();
    const outcome = await transport.exchange({ ...REQUEST, url: "http://dead.test/", timeoutMs: 200 });
    expect(performance.now() - startedMs).toBeLessThan(400);
    expect(outcome).toMatchObject({ kind: "failure", reason: "deadline_connect", message: "Request timed out" });
    expect(Object.keys(outcome.timings)).toEqual(["dnsMs"]);
  });

  it("that are dead do not delay one that is not", async () => {
    const transport = await transportWith({ "dead.test": "silence", "service.test": ["127.0.0.1"] });
    const { port } = track(await listen(createHttpServer((_request, response) => response.end())));
    const dead = Array.from({ length: 40 }, () =>
      transport.exchange({ ...REQUEST, url: "http://dead.test/", timeoutMs: 600 }),
    );
    const outcome = await transport.exchange({ ...REQUEST, url: `http://service.test:${port}/`, timeoutMs: 500 });
    expect(outcome).toMatchObject({ kind: "answer" });
    await Promise.all(dead);
  });

  it.each(["169.254.169.254", "127.0.0.1", "0.0.0.0", "::1", "fd00:ec2:0:0:0:0:0:254"])(
    "that lead to %s are refused without a connection",
    async (address) => {
      const transport = await transportWith({ "trap.test": [address] });
      const outcome = await transport.exchange({ ...REQUEST, url: "http://trap.test/", allowLoopback: false });
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
        socket.on("data", () => {
          socket.write("HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nok");
          setTimeout(() => socket.destroy(), 1); // about when the next probe comes
        });
      }),
    );
    const request = { ...REQUEST, url: `http://127.0.0.1:${server.port}/`, connection: "pooled" } as const;
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

  it("rest in tens per server at most", async () => {
    const transport = await transportWith();
    const server = track(await listen(createHttpServer((_request, response) => response.end())));
    const request = { ...REQUEST, url: `http://127.0.0.1:${server.port}/`, connection: "pooled" } as const;
    await Promise.all(Array.from({ length: 15 }, () => transport.exchange(request)));
    expect(server.accepted).toBe(15);
    await expect.poll(() => server.open).toBe(10);
  });

  it("are kept apart from those that may not lead to loopback", async () => {
    const transport = await transportWith({ "inside.test": ["127.0.0.1"] });
    const { port } = track(await listen(createHttpServer((_request, response) => response.end())));
    const request = { ...REQUEST, url: `http://inside.test:${port}/`, connection: "pooled" } as const;
    expect(await transport.exchange(request)).toMatchObject({ kind: "answer" });
    const outcome = await transport.exchange({ ...request, allowLoopback: false });
    expect(outcome).toMatchObject({ kind: "failure", reason: "forbidden_address" });
  });

  it("are closed with the transport", async () => {
    const transport = await transportWith();
    const server = track(
      await startRaw((socket) => socket.on("data", () => socket.write("HTTP/1.1 204 No Content\r\n\r\n"))),
    );
    await transport.exchange({ ...REQUEST, url: `http://127.0.0.1:${server.port}/`, connection: "pooled" });
    expect(server.open).toBe(1);
    await transport.close();
    await server.untilIdle();
  });
});

describe("deadline", () => {
  it("holds while no connection comes about", async () => {
    const transport = await transportWith();
    const { port } = track(await startBlackhole());
    const outcome = await transport.exchange({ ...REQUEST, url: `http://127.0.0.1:${port}/`, timeoutMs: 200 });
    expect(outcome).toMatchObject({ kind: "failure", reason: "deadline_connect", message: "Request timed out" });
    expect(Object.keys(outcome.timings)).toEqual(["tcpMs"]);
  });

  it("leaves no timer behind when the exchange ends earlier", async () => {
    const transport = await transportWith();
    const { port } = track(await listen(createHttpServer((_request, response) => response.end())));
    const timers = () => process.getActiveResourcesInfo().filter((kind) => kind === "Timeout").length;
    const before = timers();
    const request = { ...REQUEST, url: `http://127.0.0.1:${port}/` };
    await Promise.all(Array.from({ length: 50 }, () => transport.exchange(request)));
    expect(timers()).toBeLessThan(before + 50);
  });
});

describe("memory", () => {
  it("stays bounded while bodies and headers of any size come in", async () => {
    const transport = await transportWith();
    const servers = await Promise.all((["gzip_bomb", "endless_body", "one_huge_header"] as const).map(startHostile));
    servers.forEach(track);
    const askAll = () =>
      Promise.all(servers.map(({ port }) => transport.exchange({ ...REQUEST, url: `http://127.0.0.1:${port}/` })));
    await askAll();
    const before = process.memoryUsage.rss();
    let peak = before;
    for (let round = 0; round < 10; round += 1) {
      await askAll();
      peak = Math.max(peak, process.memoryUsage.rss());
    }
    // One decoded bomb alone would be 200 MB.
    expect(peak - before).toBeLessThan(40_000_000);
  });
});

/**
 * Clients that leave connections open: they say nothing, stop half way, or take no answer. Each connection ends by itself, and no
 * client takes all of them. Judged by the sockets that the service has open, as the kernel lists them.
 */
import { once } from "node:events";
import { get as httpGet } from "node:http";
import { connect, type Socket } from "node:net";
import { afterEach, describe, expect, it } from "vitest";
import { openSockets } from "../../scripts/bench/proc.ts";
import { sendRaw } from "../support/raw-http.ts";
import { startService, type ServiceProcess } from "../support/service-process.ts";
import { WAIT_LIMIT_MS } from "../support/time-limits.ts";
import { TEST_AUTH, TEST_TOKEN } from "../support/worker-process.ts";

const BASE = {
  services: { a: { url: "http://127.0.0.1:9/", interval: 3_600 } },
  auth: { tokens: { test: { ...TEST_AUTH.tokens.test, scopes: ["alerts:write"] } } },
};
const POLL = { timeout: WAIT_LIMIT_MS, interval: 200 };

const HEAD = "HTTP/1.1\r\nHost: localhost\r\n";
const POST = `POST /silences ${HEAD}Authorization: Bearer ${TEST_TOKEN}\r\nContent-Type: application/json\r\n`;

/** What a client sends before it falls silent; `end`: it closes its side, and goes on listening. */
const ABANDONED: Readonly<Record<string, { readonly text: string; readonly end?: boolean }>> = {
  "a small answer that nobody reads": { text: `GET /health ${HEAD}\r\n` },
  "an upgrade": { text: `GET /health ${HEAD}Connection: Upgrade\r\nUpgrade: websocket\r\n\r\n` },
  silence: { text: "" },
  "half a head": { text: "GET /health HT" },
  "half a body": { text: `${POST}Content-Length: 100\r\n\r\n{` },
  "half a body, then FIN": { text: `${POST}Content-Length: 100\r\n\r\n{`, end: true },
  "chunks without an end": { text: `${POST}Transfer-Encoding: chunked\r\n\r\n5\r\n{` },
  "half a body behind a page, then FIN": {
    text: `GET /openapi.json ${HEAD}\r\n${POST}Content-Length: 100\r\n\r\n{`,
    end: true,
  },
  "half a body without a token": { text: `POST /silences ${HEAD}Content-Length: 100\r\n\r\n{` },
  "a poll whose body never comes": { text: `GET /cluster_health ${HEAD}Content-Length: 100\r\n\r\n` },
  "half a head, then FIN": { text: "GET /health HT", end: true },
  "large answers that nobody reads": { text: `GET /openapi.json ${HEAD}\r\n`.repeat(400) },
  "large answers that nobody reads, then FIN": { text: `GET /openapi.json ${HEAD}\r\n`.repeat(400), end: true },
  "what is not HTTP": { text: "\0\0\0\0\r\n\r\n" },
  "a head too large": { text: `GET / ${HEAD}X: ${"x".repeat(20_000)}` },
  CONNECT: { text: "CONNECT localhost:443 HTTP/1.1\r\nHost: localhost:443\r\n\r\n" },
};

interface Client {
  readonly port: number;
  readonly from?: string;
  readonly to?: string;
}

/** Reads nothing and closes nothing. */
async function leaveOpen({ port, from = "127.0.0.1", to = "127.0.0.1" }: Client): Promise<Socket> {
  const socket = connect({ port, host: to, localAddress: from, allowHalfOpen: true });
  await once(socket, "connect");
  return socket.on("error", () => {}); // it will be cut
}

/** Resolves with what follows the accepted connection: an answer to a request, or null when it was refused. */
function healthFrom(port: number, from: string): Promise<number | null> {
  return new Promise((resolve) => {
    const asked = httpGet(
      { port, host: "127.0.0.1", path: "/health", localAddress: from, agent: false },
      (response) => {
        response.resume().on("end", () => resolve(response.statusCode ?? null));
      },
    );
    asked.on("error", () => resolve(null));
  });
}

describe("A connection that a client leaves open", () => {
  let service: ServiceProcess;
  const start = async (config: object, env = {}): Promise<void> => {
    service = await startService({ config: JSON.stringify({ ...BASE, ...config }), env });
  };
  afterEach(() => service.stop());

  // Those at rest are waited for in seconds only because they are many.
  it("ends by itself, whatever it was left with, and meanwhile others are served", async () => {
    await start({ max_connections: 400 });
    const { port } = service;
    const clients: Socket[] = [];
    for (const { text, end = false } of Object.values(ABANDONED)) {
      for (let count = 0; count < 12; count += 1) {
        const client = await leaveOpen({ port });
        if (text !== "") client.write(text);
        if (end) client.end();
        clients.push(client);
      }
    }
    await expect
      .poll(async () => {
        expect([200, 503]).toContain(await healthFrom(port, "127.0.0.2"));
        return openSockets(port);
      }, POLL)
      .toBe(0);
    expect(service.output()).not.toContain('"level":"error"');
    for (const client of clients) client.destroy();
  });

  it("is told why when it can still hear it", async () => {
    await start({});
    const { port } = service;
    const text = ABANDONED["half a body"]?.text ?? "";
    expect(await sendRaw(port, text)).toMatchObject({ status: 408, json: { type: "urn:problem:bad_request" } });
    const client = connect({ port, host: "127.0.0.1", allowHalfOpen: true });
    client.end(text);
    const [answer] = await once(client, "data");
    expect(String(answer)).toMatch(/^HTTP\/1.1 400 /);
    client.destroy();
  });

  it("takes no slot of another address", async () => {
    await start({ max_connections: 10 });
    const { port } = service;
    const own = await Promise.all(Array.from({ length: 5 }, () => leaveOpen({ port })));
    expect(await healthFrom(port, "127.0.0.1")).toBeNull();
    expect([200, 503]).toContain(await healthFrom(port, "127.0.0.2"));
    const others = await Promise.all(Array.from({ length: 5 }, () => leaveOpen({ port, from: "127.0.0.3" })));
    expect(await healthFrom(port, "127.0.0.2")).toBeNull(); // of the ten
    await service.saw('"limit":"max_connections_per_address","address":"127.0.0.1"');
    own[0]?.destroy();
    await expect.poll(() => healthFrom(port, "127.0.0.1"), POLL).not.toBeNull();
    for (const client of [...own, ...others]) client.destroy();
  });

  it("counts for its address however the address is written, and for none of a trusted proxy", async () => {
    await start(
      { max_connections: 20, max_connections_per_address: 3, trusted_proxies: ["127.0.0.4/31"] },
      { HOST: "::" },
    );
    const { port } = service;
    const own = await Promise.all(Array.from({ length: 3 }, () => leaveOpen({ port })));
    expect(await healthFrom(port, "127.0.0.1")).toBeNull();
    const proxied = await Promise.all(Array.from({ length: 8 }, () => leaveOpen({ port, from: "127.0.0.5" })));
    expect(await healthFrom(port, "127.0.0.5")).not.toBeNull();
    const ipv6 = await Promise.all(Array.from({ length: 3 }, () => leaveOpen({ port, from: "::1", to: "::1" })));
    expect(openSockets(port)).toBeGreaterThanOrEqual(14);
    for (const client of [...own, ...proxied, ...ipv6]) client.destroy();
  });

  it("counts against the limits of a configuration that has been loaded again", async () => {
    await start({ max_connections_per_address: 2 });
    const { port } = service;
    const own = await Promise.all([leaveOpen({ port }), leaveOpen({ port })]);
    expect(await healthFrom(port, "127.0.0.1")).toBeNull();
    service.writeConfig(JSON.stringify({ ...BASE, max_connections_per_address: 3 }));
    service.signal("SIGHUP");
    await service.saw("configuration reloaded");
    expect(await healthFrom(port, "127.0.0.1")).not.toBeNull();
    for (const client of own) client.destroy();
  });
});

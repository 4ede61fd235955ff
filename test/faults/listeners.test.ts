/**
 * Those who wait and listen, as real sockets of the built service: they vanish, they read nothing, they are too many, the service stops, its configuration
 * is loaded again, and HAProxy stands in between.
 */
import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { connect, type Socket } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, describe, expect, it } from "vitest";
import { newToken } from "../../functions/cli/new-token.ts";
import { openSockets } from "../../scripts/bench/proc.ts";
import { findProgram, skipWithout } from "../support/installed.ts";
import { closedPort } from "../support/loopback-server.ts";
import { listenTo, type EventClient, type HeardEvent } from "../support/server-sent-events.ts";
import { startService, type ServiceProcess } from "../support/service-process.ts";
import { startTarget, type TargetServer } from "../support/target-server.ts";
import { WAIT_LIMIT_MS } from "../support/time-limits.ts";

const haproxy = findProgram("haproxy");
const AGENT = newToken("agent");
/** Nothing listens there, and it is looked at once an hour: nothing happens by itself. */
const SERVICES = { a: { url: "http://127.0.0.1:9/", critical: true, interval: 3_600, failures: 5 } };
const QUIET = { services: SERVICES, intervals: { degraded: 3_600, unhealthy: 3_600 } };
/** Every path has another status each time: every service changes with each look. */
function byTurns(): TargetServer["response"] {
  const seen = new Map<string, number>();
  return ({ url = "" }, response) => {
    const times = (seen.get(url) ?? 0) + 1;
    seen.set(url, times);
    response.writeHead(times % 2 === 0 ? 200 : 503).end();
  };
}

/** Asks, and never reads. */
async function listenMutely(port: number): Promise<Socket> {
  const socket = connect({ port, host: "127.0.0.1", localAddress: "127.0.0.2" }).on("error", () => {});
  await once(socket, "connect");
  socket.pause().write("GET /events HTTP/1.1\r\nHost: localhost\r\n\r\n");
  return socket;
}

const POLL = { timeout: WAIT_LIMIT_MS, interval: 100 };

describe("Listeners of a running service", () => {
  let service: ServiceProcess;
  const start = async (more: object = {}): Promise<void> => {
    service = await startService({ config: JSON.stringify({ ...QUIET, ...more }) });
  };
  afterEach(() => service.stop());

  const listen = (from: string, path = "/events", headers = {}): Promise<EventClient> =>
    listenTo({ port: service.port, from, path, headers });
  const statusOf = async (from: string): Promise<number | undefined> => {
    const client = await listen(from);
    client.leave();
    return client.response.statusCode;
  };
  /** Asks, and leaves in its own way without having read anything. */
  const vanish = async (path: string, how: "reset" | "end" | "destroy"): Promise<void> => {
    const socket = connect({ port: service.port, host: "127.0.0.1", localAddress: "127.0.0.2", allowHalfOpen: true });
    socket.on("error", () => {});
    await once(socket, "connect");
    socket.write(`GET ${path} HTTP/1.1\r\nHost: localhost\r\n\r\n`);
    if (path === "/events") await once(socket, "data");
    if (how === "reset") socket.resetAndDestroy();
    else if (how === "end") socket.end();
    else socket.destroy();
  };

  it("leave nothing behind when they vanish, however they do", async () => {
    await start({ max_connections: 40 });
    for (const how of ["reset", "end", "destroy"] as const)
      for (const path of ["/events", "/wait?timeout=300"])
        for (let count = 0; count < 4; count += 1) await vanish(path, how);
    await expect.poll(() => openSockets(service.port), POLL).toBe(0);
    // All ten places of the address are free.
    const again = await Promise.all(Array.from({ length: 10 }, () => listen("127.0.0.2")));
    expect(again.map(({ response }) => response.statusCode)).toEqual(again.map(() => 200));
    expect(await statusOf("127.0.0.2")).toBe(503);
    for (const client of again) client.leave();
    expect(service.output()).not.toContain('"level":"error"');
  });

  it("are so many of one address and in all, and never take the connections of others", async () => {
    await start({ max_connections: 16, trusted_proxies: ["127.0.0.9"] });
    const own = await Promise.all(Array.from({ length: 4 }, () => listen("127.0.0.2")));
    const refused = await listen("127.0.0.2");
    expect(refused.response.statusCode).toBe(503);
    expect(refused.response.headers["retry-after"]).toBe("5");
    const proxied = await Promise.all(Array.from({ length: 4 }, () => listen("127.0.0.9")));
    expect(await statusOf("127.0.0.3")).toBe(503);
    const health = await listen("127.0.0.3", "/health");
    expect([200, 503]).toContain(health.response.statusCode);
    own[0]?.leave();
    await expect.poll(() => statusOf("127.0.0.3"), POLL).toBe(200);
    for (const client of [...own, ...proxied, refused, health]) client.leave();
  });

  it("are ended when they take nothing of what they are told, and the others hear all of it meanwhile", async () => {
    const target = await startTarget(byTurns());
    const flapping = { interval: 1, failures: 1, flapping: false };
    const services = Array.from({ length: 500 }, (_, index) => [
      `s${index}`,
      { url: `${target.url}/${index}`, ...flapping },
    ]);
    await start({ services: Object.fromEntries(services), max_connections: 8 });
    try {
      const reader = await listen("127.0.0.3");
      const mute = await Promise.all([listenMutely(service.port), listenMutely(service.port)]);
      await expect.poll(() => statusOf("127.0.0.2"), POLL).toBe(503);
      // What the kernel holds for them is full after some 4 MB each.
      await expect.poll(() => openSockets(service.port), POLL).toBe(1);
      for (const socket of mute) socket.destroy();
      expect(await statusOf("127.0.0.2")).toBe(200);
      const heard = reader.events();
      reader.leave();
      const last = new Map<string, string>();
      const isNext = ({ service: id, from, to }: HeardEvent["data"]): boolean => {
        const isIt = from === (last.get(id) ?? from);
        last.set(id, to);
        return isIt;
      };
      const changes = heard.filter(({ event }) => event === "transition").map(({ data }) => data);
      expect(changes.filter((change) => !isNext(change))).toEqual([]);
      expect(last.size).toBe(500);
    } finally {
      await target.close();
    }
  });

  it("are not ended by what ends silent connections, and are told so when the service stops", async () => {
    await start();
    const client = await listen("127.0.0.2");
    let isAnswered = false;
    const answer = listen("127.0.0.3", "/wait?timeout=300").finally(() => (isAnswered = true));
    // A heartbeat comes after 15 s, a silent connection would have been closed after 8.
    await expect.poll(() => client.text().includes("\n:\n"), POLL).toBe(true);
    expect(isAnswered).toBe(false);
    service.signal("SIGTERM");
    const last = await answer;
    await Promise.all([client.ended, last.ended]);
    expect(client.text()).toMatch(/\n\nretry: \d+\n\n$/);
    expect(JSON.parse(last.text())).toMatchObject({ met: false });
    expect(await service.ended()).toBe(0);
  });

  it("are ended by a reload that takes their token away", async () => {
    const auth = (hash: string) => ({ auth: { reads: "token", tokens: { agent: { hash } } } });
    await start(auth(AGENT.hash));
    const client = await listen("127.0.0.2", "/events", { authorization: `Bearer ${AGENT.token}` });
    expect(client.response.statusCode).toBe(200);
    service.writeConfig(JSON.stringify({ ...QUIET, ...auth(newToken("agent").hash) }));
    service.signal("SIGHUP");
    await client.ended;
    const again = await listen("127.0.0.2", "/events", { authorization: `Bearer ${AGENT.token}` });
    expect(again.response.statusCode).toBe(401);
    again.leave();
  });

  it.skipIf(skipWithout(haproxy))("hear each event at once through HAProxy (needs haproxy)", async () => {
    await start();
    const front = await closedPort();
    const folder = mkdtempSync(join(tmpdir(), "haproxy-"));
    const lines = ["defaults", "mode http", "timeout connect 5s", "timeout client 30s", "timeout server 30s"];
    const proxied = [
      "listen monitoring",
      `bind 127.0.0.1:${front}`,
      "compression algo gzip",
      `server one 127.0.0.1:${service.port}`,
    ];
    writeFileSync(join(folder, "haproxy.cfg"), `${[...lines, ...proxied].join("\n")}\n`);
    const proxy = spawn(haproxy ?? "haproxy", ["-db", "-f", join(folder, "haproxy.cfg")], { stdio: "ignore" });
    const ended = once(proxy, "exit");
    try {
      const headers = { "accept-encoding": "gzip" };
      const open = () => listenTo({ port: front, headers }).catch(() => null);
      let client = await open();
      await expect.poll(async () => (client ??= await open())?.response.statusCode, POLL).toBe(200);
      const first = await client?.heard(({ event }) => event === "snapshot");
      expect(first?.data.complete).toBe(true);
      expect(client?.response.headers["content-encoding"]).toBeUndefined();
      client?.leave();
    } finally {
      proxy.kill("SIGTERM");
      await ended;
      rmSync(folder, { recursive: true });
    }
  });
});

/**
 * The haproxy check type against a real HAProxy whose servers go down, drain, are taken out and queue.
 */
import { request } from "node:http";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { CHECK_TYPES } from "../../shared/probes/registry.ts";
import { T0 } from "../support/checks.ts";
import { HAPROXY, startHaproxy, type HaproxyServer } from "../support/haproxy-server.ts";
import { skipWithout } from "../support/installed.ts";
import { makeContext, type TestContext } from "../support/probe-context.ts";
import { repeatedProbe, type Seen } from "../support/repeated-probe.ts";
import { sendJson, startTarget, type TargetServer } from "../support/target-server.ts";

let context: TestContext;
beforeAll(async () => {
  context = await makeContext();
});
afterAll(() => context.close());

const open: { close(): Promise<void> }[] = [];
afterEach(async () => {
  for (const each of open.splice(0)) await each.close();
});

/** On a clock that stands still: HAProxy has only just begun. */
const watch = (settings: Readonly<Record<string, unknown>>) => {
  const clock = { ...context.clock, nowMs: () => T0 };
  return repeatedProbe(CHECK_TYPES.haproxy, settings, { context: { ...context, clock } });
};

interface Kept {
  readonly backends: readonly { readonly servers: readonly { readonly status: string }[] }[];
}
const kept = ({ baseline }: Seen) => baseline as unknown as Kept;

describe.skipIf(skipWithout(HAPROXY))("check type haproxy on a real one (needs haproxy)", () => {
  let members: TargetServer[];
  let proxy: HaproxyServer;
  let look: ReturnType<typeof watch>;

  const backends = ([first, second, third, slow]: readonly number[]): string => `
backend llm
    option httpchk GET /
    http-check expect status 200 comment "one, \\"two\\""
    default-server inter 20ms fall 2 rise 2
    server jetson 127.0.0.1:${first} check
    server cpu 127.0.0.1:${second} check
    server spare 127.0.0.1:${third} check backup

backend queueing
    server one 127.0.0.1:${slow} maxconn 1

backend redirecting
    http-request redirect location /elsewhere
`;
  const tell = (command: string) => proxy.tell(command);
  const front = (path = "/"): Promise<number> =>
    new Promise((resolve, reject) => {
      const asked = request({ port: proxy.frontPort, path, agent: false }, (response) => {
        response.resume().once("end", () => resolve(response.statusCode ?? 0));
      });
      asked.once("error", reject).end();
    });
  const ask = (count: number): Promise<number[]> => Promise.all(Array.from({ length: count }, () => front()));
  const fail = (...indexes: number[]): void => {
    for (const [index, member] of members.entries())
      member.response = sendJson(indexes.includes(index) ? 503 : 200, { index });
  };
  /** Until HAProxy itself has seen it. */
  const untilServers = async (...statuses: string[]): Promise<void> => {
    const read = async () => kept(await look()).backends[0]?.servers;
    await expect
      .poll(async () => (await read())?.map(({ status }) => status.replace(/ .*/, "")), { interval: 20 })
      .toEqual(statuses);
  };

  beforeAll(async () => {
    members = await Promise.all(Array.from({ length: 4 }, () => startTarget()));
    proxy = await startHaproxy(backends(members.map(({ port }) => port)), "llm");
    look = watch({ url: proxy.statisticsUrl, health_url: proxy.healthUrl });
  });
  afterAll(async () => {
    await proxy?.close();
    await Promise.all(members.map((member) => member.close()));
  });
  afterEach(async () => {
    fail();
    for (const name of ["jetson", "cpu", "spare"]) await tell(`set server llm/${name} state ready`);
    await untilServers("UP", "UP", "UP");
  });

  it("is healthy while every server is, and says how much is done", async () => {
    await untilServers("UP", "UP", "UP");
    await ask(20);
    const seen = await look();
    expect(seen).toMatchObject({ status: "healthy", reason: null, message: null, statusCode: 200 });
    expect(seen.details.data).toEqual({
      backends_total: 2,
      backends_down: 0,
      servers_total: 4,
      servers_up: 4,
      servers_maintenance: 0,
      servers_draining: 0,
      current_sessions: 0,
      queue_length: 0,
      health_status_code: 200,
      backends: {
        llm: expect.objectContaining({
          status: "UP",
          servers: "3/3",
          response_ms: expect.any(Number),
          error_percent: 0,
        }),
        queueing: { status: "UP", servers: "1/1", sessions: 0, queue: 0, response_ms: null, error_percent: null },
      },
    });
  });

  it("is partly down while one server is, and names it with what HAProxy found", async () => {
    fail(0);
    await untilServers("DOWN", "UP", "UP");
    const seen = await look();
    expect(seen).toMatchObject({ status: "degraded", reason: "partly_down" });
    expect(seen.message).toMatch(/^llm\/jetson DOWN.* \(L7STS\)$/);
    expect(seen.details.data).toMatchObject({ servers_up: 3, servers_total: 4, down: ["llm/jetson"] });
    expect(await ask(6)).toEqual(Array(6).fill(200));
  });

  it("says when only backups serve", async () => {
    fail(0, 1);
    await untilServers("DOWN", "DOWN", "UP");
    const seen = await look();
    expect(seen).toMatchObject({ status: "degraded", reason: "partly_down" });
    expect(seen.message).toMatch(/^Only backup servers serve in the backend llm: llm\/jetson DOWN/);
    expect(await front()).toBe(200);
  });

  it("is unhealthy while nobody serves a backend, although the monitor-uri says 200", async () => {
    fail(0, 1, 2);
    await untilServers("DOWN", "DOWN", "DOWN");
    const seen = await look();
    expect(seen).toMatchObject({ status: "unhealthy", reason: "assertion" });
    expect(seen.message).toMatch(/^No server serves in the backend llm: jetson DOWN \(L7STS\), cpu DOWN/);
    expect(seen.details.data).toMatchObject({ health_status_code: 200, unserved: ["llm"], backends_down: 1 });
    expect([await front("/health"), await front()]).toEqual([200, 503]);
  });

  it("is unhealthy as well when the page leaves out servers that are down", async () => {
    fail(0, 1, 2);
    await untilServers("DOWN", "DOWN", "DOWN");
    const seen = await watch({ url: proxy.statisticsUrl.replace(";csv", ";up;csv") })();
    expect(seen).toMatchObject({ status: "unhealthy", reason: "assertion" });
    // Newer ones say how many of how many serve.
    expect(seen.message).toMatch(/^No server serves in the backend llm: DOWN( \(0\/3\))?$/);
  });

  it("says what share of the answers was 5xx since the check before, and nothing after a reload", async () => {
    await look();
    await ask(30);
    expect((await look()).details.data).toMatchObject({ backends: { llm: { error_percent: 0 } } });
    await tell("disable server llm/spare");
    fail(0, 1, 2);
    await untilServers("DOWN", "DOWN", "MAINT");
    await look();
    await ask(8);
    expect((await look()).details.data).toMatchObject({ backends: { llm: { error_percent: 100 } } });
    expect((await look()).details.data).toMatchObject({ backends: { llm: { error_percent: null } } });
    fail();
    await proxy.reload();
    await untilServers("UP", "UP", "UP");
    await ask(3);
    await look();
    await proxy.reload();
    await ask(1);
    expect((await look()).details.data).toMatchObject({ backends: { llm: { error_percent: null } } });
  });

  it("is not healthy for a page whose scope shows no backend, nor where there is none with servers", async () => {
    const message = "The statistics show no backend with servers (`stats scope` may hide them)";
    const scoped = `
backend scoped
    stats enable
    stats uri /scoped
    stats scope front
    stats scope scoped
`;
    const other = await startHaproxy(scoped, "scoped");
    open.push(other);
    const urls = [`http://127.0.0.1:${other.frontPort}/scoped;csv`, other.statisticsUrl];
    for (const url of urls)
      expect(await watch({ url })()).toMatchObject({ status: "unhealthy", reason: "config", message });
  });

  it("is healthy while an operator takes servers out, as long as somebody serves", async () => {
    await tell("set server llm/jetson state maint");
    await untilServers("MAINT", "UP", "UP");
    expect(await look()).toMatchObject({
      status: "healthy",
      details: { data: { servers_maintenance: 1, servers_total: 3 } },
    });
    await tell("set server llm/cpu state drain");
    await untilServers("MAINT", "DRAIN", "UP");
    expect(await look()).toMatchObject({
      status: "healthy",
      details: { data: { servers_draining: 1, servers_up: 2 } },
    });
    await tell("set server llm/spare state maint");
    await untilServers("MAINT", "DRAIN", "MAINT");
    const nobody = await look();
    expect(nobody).toMatchObject({ status: "unhealthy", reason: "assertion" });
    expect(nobody.message).toBe("No server serves in the backend llm: jetson MAINT, cpu DRAIN, spare MAINT");
  });

  it("counts who waits in a queue", async () => {
    await tell("set server queueing/one state ready");
    const held: (() => void)[] = [];
    const [, , , slow] = members;
    if (!slow) return expect.unreachable();
    slow.response = (_request, response) => void held.push(() => response.end("{}"));
    const queueing = await startHaproxy(backends(members.map(({ port }) => port)), "queueing");
    open.push(queueing);
    const lookThere = watch({ url: queueing.statisticsUrl });
    const waiting = Array.from({ length: 4 }, () => fetch(`http://127.0.0.1:${queueing.frontPort}/`));
    await expect
      .poll(async () => (await lookThere()).details.data, { interval: 20 })
      .toMatchObject({ queue_length: 3, backends: { queueing: { queue: 3 } } });
    slow.response = sendJson(200, {});
    for (const release of held) release();
    expect((await Promise.all(waiting)).map(({ status }) => status)).toEqual([200, 200, 200, 200]);
  });

  it("counts only the backends that are named, and names one that is not there", async () => {
    fail(0, 1, 2);
    await untilServers("DOWN", "DOWN", "DOWN");
    const some = watch({ url: proxy.statisticsUrl, backends: ["queueing"] });
    expect(await some()).toMatchObject({ status: "healthy", details: { data: { backends_total: 1 } } });
    expect(kept(await some()).backends).toHaveLength(3);
    const wrong = watch({ url: proxy.statisticsUrl, backends: ["queueing", "llms"] });
    expect(await wrong()).toMatchObject({
      status: "unhealthy",
      reason: "config",
      message: "HAProxy has no backend called llms",
    });
  });

  it.each(["/haproxy_stats", "/haproxy_stats?csv", "/haproxy_stats%3Bcsv"])(
    "says what is missing in %s",
    async (path) => {
      const url = new URL(path, proxy.statisticsUrl).href;
      const message = "A page instead of CSV: add ;csv to the URL";
      expect(await watch({ url })()).toMatchObject({ status: "unhealthy", reason: "config", message });
    },
  );

  it("takes what HAProxy offers beside it", async () => {
    for (const end of ["/;csv", ";csv;norefresh"])
      expect(await watch({ url: proxy.statisticsUrl.replace(";csv", end) })()).toMatchObject({ status: "healthy" });
  });

  it("says that there are no statistics at another path of their frontend", async () => {
    const url = new URL("/stats;csv", proxy.statisticsUrl).href;
    const message = "HTTP 503: no statistics at this URL";
    expect(await watch({ url })()).toMatchObject({ status: "unhealthy", reason: "config", message, statusCode: 503 });
  });
});

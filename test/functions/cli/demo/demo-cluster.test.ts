/**
 * The demo cluster as a host runs it: a child process with real sockets, at chosen points of its timetable.
 */
import { fork, spawn } from "node:child_process";
import { once } from "node:events";
import { readFileSync } from "node:fs";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { pathToFileURL } from "node:url";
import { Redis } from "ioredis";
import { afterEach, describe, expect, it } from "vitest";
import { readConfiguration } from "../../../../functions/monitor/configuration.ts";
import { NODE_ABILITIES } from "../../../../shared/domain/runtime-abilities.ts";
import { startDemoCluster, type DemoCluster } from "../../../../shared/node/demo-cluster.ts";
import { CHECK_TYPES } from "../../../../shared/probes/registry.ts";
import { configureProbe } from "../../../support/configured-probe.ts";
import { makeContext } from "../../../support/probe-context.ts";
import { repeatedProbe } from "../../../support/repeated-probe.ts";
import { WAIT_LIMIT_MS } from "../../../support/time-limits.ts";
import { makeNotification } from "../../../support/notifications.ts";

const SCRIPT = join(import.meta.dirname, "../../../../functions/cli/demo/main.ts");
const running: DemoCluster[] = [];

/** The cluster as it is that many seconds after its start. */
async function clusterAt(second: number) {
  return start(["--at", `${second}`, "--imitate-redis"]);
}

async function start(args: readonly string[] = []): Promise<DemoCluster & { services: DemoServices; notes: string[] }> {
  const notes: string[] = [];
  const cluster = await startDemoCluster(SCRIPT, { write: (_level, note) => notes.push(note) }, args);
  running.push(cluster);
  return { ...cluster, services: servicesOf(await cluster.read()), notes };
}

const refuses = (url: string): Promise<boolean> =>
  fetch(url).then(
    () => false,
    ({ cause }) => cause.code === "ECONNREFUSED",
  );

type DemoServices = Readonly<
  Record<"jetson_ollama" | "cpu_llama" | "embeddings" | "tools" | "haproxy", { url: string; [key: string]: unknown }>
> & {
  readonly redis: { readonly host: string };
  readonly haproxy: { readonly health_url: string };
};

/** What the configuration of the demo watches. */
const servicesOf = (configuration: string): DemoServices => JSON.parse(configuration).services;

/** Addresses of everything that listens, for asking whether it still does. */
const allUrls = ({ redis, ...http }: DemoServices): string[] => [
  ...Object.values(http).map(({ url }) => url),
  `http://${redis.host}`,
];

async function askRedis(host: string): Promise<{ pong: string; info: string }> {
  const client = new Redis(`redis://${host}`, {
    lazyConnect: true,
    maxRetriesPerRequest: 0,
    retryStrategy: () => null,
  });
  try {
    await client.connect();
    return { pong: await client.ping(), info: await client.info() };
  } finally {
    client.disconnect();
  }
}

afterEach(async () => {
  await Promise.all(running.splice(0).map((cluster) => cluster.stop()));
});

describe("demo cluster", () => {
  it("answers as the seed's services do while it is well", async () => {
    const { services } = await clusterAt(50);
    const { jetson_ollama, cpu_llama, embeddings, tools, haproxy } = services;
    const read = async ({ url }: { url: string }): Promise<unknown> => (await fetch(url)).json();
    expect(await read(jetson_ollama)).toMatchObject({ models: [{ name: "llama3.2:3b" }, { name: "llama3.2:1b" }] });
    expect(await read(cpu_llama)).toEqual({ status: "ok" });
    expect(await read(embeddings)).toEqual({ status: "healthy", memory_usage_percent: expect.any(Number) });
    expect(await read(tools)).toEqual({ status: "healthy" });
    expect(await (await fetch(haproxy.health_url)).text()).toContain("Service ready.");
  });

  it.each([
    [50, 200, "healthy", null],
    [130, 503, "unhealthy", "No server serves in the backend llm_back: jetson DOWN (L4CON), cpu DOWN (L4CON)"],
  ])("has a balancer that says at %d s who serves", async (atS, health, ...judged) => {
    const { services } = await clusterAt(atS);
    const { url, health_url: healthUrl } = services.haproxy;
    expect((await fetch(healthUrl)).status).toBe(health);
    const context = await makeContext();
    const seen = await repeatedProbe(CHECK_TYPES.haproxy, { url, health_url: healthUrl }, { context })();
    await context.close();
    expect([seen.status, seen.message]).toEqual(judged);
  });

  it("answers 503 while llama.cpp loads its model", async () => {
    const { services } = await clusterAt(25);
    const response = await fetch(services.cpu_llama.url);
    expect(response.status).toBe(503);
    expect(await response.json()).toEqual({
      error: { code: 503, message: "Loading model", type: "unavailable_error" },
    });
  });

  it.each([
    [25, { status: "degraded", reason: "starting", message: "Loading model" }],
    [42, { status: "healthy", details: { data: { role: "model", slots_total: 2, slots_busy: 0, sleeping: false } } }],
    [65, { status: "healthy", details: { data: { slots_busy: 1 } } }],
  ])("has a llama.cpp that after %i s is found to be %o", async (second, expected) => {
    const { services } = await clusterAt(second);
    const { name: _name, critical: _critical, check_type: _type, timeout: _timeout, ...settings } = services.cpu_llama;
    const context = await makeContext();
    const probe = configureProbe(CHECK_TYPES.llamacpp, settings);
    expect(await probe({ ...context, timeoutMs: WAIT_LIMIT_MS })).toMatchObject(expected);
    await context.close();
  });

  it("answers correctly but late while the embeddings server is slow", async () => {
    const { services } = await clusterAt(72);
    const askedAtMs = performance.now();
    const response = await fetch(services.embeddings.url);
    expect(response.status).toBe(200);
    expect(performance.now() - askedAtMs).toBeGreaterThan(1_700);
  });

  it("lets a caller wait for ever while the tools server hangs", async () => {
    const { services } = await clusterAt(175);
    // It never answers, however long that is.
    const asking = fetch(services.tools.url, { signal: AbortSignal.timeout(500) });
    await expect(asking).rejects.toMatchObject({ name: "TimeoutError" });
  });

  it("refuses connections while the Jetson is down, and is back on the same port", async () => {
    const { services } = await clusterAt(212);
    await expect.poll(() => refuses(services.jetson_ollama.url)).toBe(true);
    await expect.poll(() => refuses(services.jetson_ollama.url)).toBe(false);
    expect((await fetch(services.jetson_ollama.url)).status).toBe(200);
  });

  it("runs the model of the Jetson on its CPU when it is back, and on the GPU after that", async () => {
    const { services } = await clusterAt(236);
    const gpuBytes = async (): Promise<number> => {
      const response = await fetch(services.jetson_ollama.url.replace("/api/tags", "/api/ps"));
      return ((await response.json()) as { models: [{ size_vram: number }] }).models[0].size_vram;
    };
    expect(await gpuBytes()).toBe(0);
    await expect.poll(gpuBytes).toBeGreaterThan(1e9);
  });

  it("tells of every alert at once, in the log, since nobody has set up a channel", async () => {
    const cluster = await clusterAt(0);
    const name = { name: "demo", text: await cluster.read(), notice: null };
    const surroundings = { abilities: NODE_ABILITIES, nodeName: "n", ownNames: [], resolveReference: () => null };
    const { channels, policies } = readConfiguration(name, surroundings).cluster.alerting;
    const written: unknown[] = [];
    const log = { write: (level: string, _message: string, fields = {}) => written.push({ level, ...fields }) };
    for (const severity of ["critical", "warning"] as const) {
      const [first] = policies[severity].steps;
      expect(first?.afterMs).toBe(0);
      const channel = channels.find((each) => first?.channels.includes(each.name));
      await channel?.deliver(makeNotification({ severity }), { log } as never);
    }
    expect(written).toMatchObject([
      { level: "error", text: "CRITICAL: Tools Server is timeout - Request timed out" },
      { level: "warn", text: "CRITICAL: Tools Server is timeout - Request timed out" },
    ]);
  });

  it("imitates Redis well enough for ioredis", async () => {
    const { services, notes } = await clusterAt(0);
    const { pong, info } = await askRedis(services.redis.host);
    expect(pong).toBe("PONG");
    expect(info).toMatch(/^connected_clients:1\r$/m);
    expect(info).toMatch(/^uptime_in_seconds:\d+\r$/m);
    expect(notes).toContain("Redis is imitated, as there is no redis-server on this machine.");
  });

  it("runs a real Redis where there is one, and takes it along when it ends", async ({ skip }) => {
    const cluster = await start();
    const { redis } = cluster.services;
    if (cluster.notes.some((note) => note.includes("imitated"))) skip("there is no redis-server on this machine");
    const [, pid] = /^process_id:(\d+)\r$/m.exec((await askRedis(redis.host)).info) ?? [];
    // Whoever cleans up after a demo that was killed along with its guard finds its Redis by the environment.
    expect(readFileSync(`/proc/${pid}/environ`, "utf8")).toContain("PATH=");
    await cluster.stop();
    expect(await refuses(`http://${redis.host}`)).toBe(true);
  });

  it("is gone when stop() resolves, also when stopped twice", async () => {
    const { services, stop } = await clusterAt(0);
    await Promise.all([stop(), stop()]);
    await stop();
    expect(await Promise.all(allUrls(services).map(refuses))).toEqual(Array(6).fill(true));
  });

  it("ends when its parent is killed", async () => {
    const moduleUrl = pathToFileURL(join(import.meta.dirname, "../../../../shared/node/demo-cluster.ts")).href;
    const code = `const { startDemoCluster } = await import("${moduleUrl}");
      console.log(await (await startDemoCluster(${JSON.stringify(SCRIPT)}, { write() {} })).read());`;
    const parent = spawn(process.execPath, ["--input-type=module", "--eval", code], {
      stdio: ["ignore", "pipe", "inherit"],
    });
    const [line] = await once(createInterface(parent.stdout), "line");
    const urls = allUrls(servicesOf(line));
    expect(await Promise.all(urls.map(refuses))).toEqual(Array(6).fill(false));
    parent.kill("SIGKILL");
    await expect.poll(async () => (await Promise.all(urls.map(refuses))).every(Boolean)).toBe(true);
  });

  it("takes its Redis along even when it is itself killed", async ({ skip }) => {
    const demo = fork(SCRIPT, { execArgv: [] });
    const [ready] = await once(demo, "message");
    demo.kill("SIGKILL");
    if (ready.notes.some((note: string) => note.includes("imitated"))) skip("there is no redis-server on this machine");
    await expect.poll(() => refuses(`http://${servicesOf(ready.configuration).redis.host}`)).toBe(true);
  });
});

describe("a script that is no demo cluster", () => {
  it("is reported with its exit code when it ends early", async () => {
    const folder = await mkdtemp(join(tmpdir(), "demo-script-"));
    const script = join(folder, "script.mjs");
    await writeFile(script, "process.exit(3)");
    await expect(startDemoCluster(script, { write() {} })).rejects.toThrow(
      "The demo cluster ended at its start (exit code 3)",
    );
    await rm(folder, { recursive: true });
  });
});

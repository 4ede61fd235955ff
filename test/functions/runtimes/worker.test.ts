/**
 * The Worker as it is deployed and as `npm run dev:worker` runs it: one bundle, cron, a configuration that cannot be used.
 */
import { spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from "vitest";
import deployed from "../../../functions/runtimes/worker.ts";
import { childMarks } from "../../../scripts/take-along.ts";
import { request } from "../../support/raw-http.ts";
import { sendJson, startTarget, type TargetServer } from "../../support/target-server.ts";
import { startWorker, TEST_AUTH, TEST_TOKEN, type WorkerProcess } from "../../support/worker-process.ts";

const ROOT = new URL("../../../", import.meta.url).pathname;
const SWEEP = "* * * * *";
const CLEANUP = "*/5 * * * *";
const AUTHORIZATION = { authorization: `Bearer ${TEST_TOKEN}` };

const sha256 = (path: string) => createHash("sha256").update(readFileSync(path)).digest("hex");

describe("a deployment", () => {
  const folders: string[] = [];
  afterEach(() => {
    for (const folder of folders.splice(0)) rmSync(folder, { recursive: true });
  });

  function deploy(configuration: string, ...more: readonly string[]) {
    const folder = mkdtempSync(join(tmpdir(), "deploy-"));
    folders.push(folder);
    writeFileSync(join(folder, "cluster.yaml"), configuration);
    const { status, stdout, stderr } = spawnSync(
      process.execPath,
      [join(ROOT, "scripts/worker/deploy.ts"), "--dry-run", "--outdir", join(folder, "out"), ...more],
      {
        env: {
          ...childMarks(),
          PATH: process.env["PATH"],
          HOME: folder,
          MONITORING_CONFIG: join(folder, "cluster.yaml"),
        },
        encoding: "utf8",
      },
    );
    return { status, output: stdout + stderr, out: join(folder, "out") };
  }

  it("uploads the bundle that Node runs, byte for byte", () => {
    const { status, output, out } = deploy(
      JSON.stringify({
        services: { a: { url: "https://example.org/", headers: { authorization: "Bearer ${API_TOKEN}" } } },
        auth: TEST_AUTH,
      }),
    );
    expect([status, output]).toEqual([0, expect.stringContaining("Secrets that the deployment must have")]);
    expect(output).toContain("API_TOKEN");
    expect(sha256(join(out, "bundle.mjs"))).toBe(sha256(join(ROOT, "dist/bundle.mjs")));
  });

  it("is refused with every fault, before anything is uploaded, when the Worker could not use its configuration", () => {
    const services = { a: { url: "http://192.168.1.1/" }, b: { check_type: "redis", host: "10.0.0.1:6379" } };
    const { status, output } = deploy(JSON.stringify({ services, auth: { reads: "open" } }));
    expect(status).toBe(78);
    for (const place of ["services.a.url", "services.b.host", "auth.reads", "auth.tokens"]) {
      expect(output).toContain(place);
    }
  });

  it("is refused when one round could not check so many services, unless the plan allows it", () => {
    const watching = (count: number): string => {
      const ids = Array.from({ length: count }, (_, index) => `s${index}`);
      const services = Object.fromEntries(ids.map((id) => [id, { url: `https://example.org/${id}` }]));
      return JSON.stringify({ services, auth: TEST_AUTH });
    };
    const { status, output } = deploy(watching(41));
    expect(status).toBe(78);
    expect(output).toContain("41 services do not fit into one round");
    expect(output).toContain("--paid-plan");
    expect(deploy(watching(41), "--paid-plan").status).toBe(0);
    expect(deploy(watching(991), "--paid-plan").status).toBe(78);
  });
});

describe("a Worker", () => {
  let target: TargetServer;
  let worker: WorkerProcess;
  const get = async (path: string) => (await request(worker.port, path, { headers: AUTHORIZATION })).json;

  beforeAll(async () => {
    target = await startTarget(sendJson(200, { status: "ok" }));
    const services = {
      often: { url: `${target.url}/often`, interval: 5, critical: true },
      // Decided at once, so that the round does not look again.
      lost: { url: `${target.url}/lost`, via: "LAN", failures: 1 },
    };
    worker = await startWorker(JSON.stringify({ services, auth: TEST_AUTH }), { isFirstStart: true });
    await worker.fire(SWEEP);
  });
  afterAll(async () => {
    await worker.stop();
    await target.close();
  });

  it("has looked at everything before anybody asks, and says how often it does", async () => {
    const { services, cluster_stats: stats, interval_s: intervalS } = await get("/cluster_health");
    expect(services.often.health).toMatchObject({ status: "healthy", data: { status: "ok" } });
    expect(intervalS).toBe(60);
    expect(stats.local_node).toEqual({ cpu_percent: null, memory_percent: null, disk_percent: null });
  });

  it("blames the configuration for a binding that does not exist", async () => {
    const { services } = await get("/cluster_health");
    expect(services.lost.health).toMatchObject({ status: "unhealthy", reason: "config" });
  });

  it("does nothing twice when cron fires twice", async () => {
    const before = await get("/history/often");
    await Promise.all([worker.fire(SWEEP), worker.fire(SWEEP), worker.fire(CLEANUP), worker.fire(CLEANUP)]);
    expect((await get("/history/often")).count).toBe(before.count);
  });

  it("is healthy since cron fires, and as old as its first commit", async () => {
    const { status, json } = await request(worker.port, "/health", { headers: AUTHORIZATION });
    expect([status, json.status]).toEqual([200, "healthy"]);
    expect(json.checks.process.uptime_s).toBeGreaterThanOrEqual(0);
    expect((await get("/stats")).monitoring_uptime).toBeGreaterThan(0);
  });
});

describe("a configuration that cannot be used", () => {
  it("keeps npm run dev:worker from starting, with every fault", async () => {
    const services = { a: { url: "https://example.org/", headers: { authorization: "${NOBODY_SET_THIS}" } } };
    await expect(startWorker(JSON.stringify({ services }))).rejects.toThrow(
      /NOBODY_SET_THIS[^]*auth\.tokens|auth\.tokens[^]*NOBODY_SET_THIS/,
    );
  });

  it("makes a deployed Worker answer 503 without a word of it, and say why in its log", async () => {
    const logged = vi.spyOn(console, "log").mockImplementation(() => {});
    const bindings = { DB: null as never };
    const response = await deployed.fetch(new Request("http://localhost/health"), bindings, { waitUntil() {} });
    expect(response.status).toBe(503);
    expect(await response.json()).toMatchObject({ type: "urn:problem:unavailable" });
    expect(String(logged.mock.calls[0])).toContain("services");
    const asked = new Request("http://localhost/dashboard", { headers: { accept: "text/html" } });
    const page = await deployed.fetch(asked, bindings, { waitUntil() {} });
    expect([page.status, page.headers.get("content-type")]).toEqual([503, "text/html; charset=utf-8"]);
    const body = await page.text();
    expect(body).toMatch(
      /<nav aria-label="Views">[^]*The configuration of this service cannot be used\. Its log has the/,
    );
    expect(body).not.toContain("services:");
    logged.mockRestore();
  });
});

describe("npm run dev:worker without a configuration", () => {
  it("watches the demo cluster, says so, and prints a token that reads", async () => {
    const worker = await startWorker(null, { isFirstStart: true });
    try {
      await worker.fire(SWEEP);
      const [, authorization = ""] = /-H "Authorization: (Bearer \S+)"/.exec(worker.output()) ?? [];
      const { status, json } = await request(worker.port, "/cluster_health", { headers: { authorization } });
      expect(status).toBe(200);
      expect(Object.keys(json.services)).toContain("jetson_ollama");
      expect(json.notice).toContain("DEMO");
    } finally {
      expect(await worker.stop()).toBe(0);
    }
  });
});

/**
 * The node check type over the Node transport: against the program of `MODE=node` itself, and against what node_exporter says.
 */
import { spawn, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import type { Json } from "../../shared/domain/monitoring/check.ts";
import { CHECK_TYPES } from "../../shared/probes/registry.ts";
import { childMarks } from "../../scripts/take-along.ts";
import { configureRawProbe, type Settings } from "../support/configured-probe.ts";
import { makeContext, type TestContext } from "../support/probe-context.ts";
import { request } from "../support/raw-http.ts";
import { sendJson, startTarget, type TargetServer } from "../support/target-server.ts";
import { WAIT_LIMIT_MS } from "../support/time-limits.ts";

const PROGRAM = fileURLToPath(new URL("../../dist/machine.cjs", import.meta.url));

const STATS = {
  cpu_percent: 12.5,
  memory: { total: 8_000, available: 2_000, percent: 75 },
  disk: { total: 100, free: 10, percent: 90 },
  load_1m: 0.4,
  temperature_c: 51,
};

const MACHINE = { cpuPercent: 12.5, memoryPercent: 75, diskPercent: 90, load1m: 0.4, temperatureC: 51 };

let context: TestContext;
const targets: TargetServer[] = [];

beforeAll(async () => {
  context = await makeContext();
});
afterAll(() => context.close());
afterEach(async () => {
  await Promise.all(targets.splice(0).map((target) => target.close()));
});

async function serve(response: TargetServer["response"]): Promise<TargetServer> {
  const target = await startTarget(response);
  targets.push(target);
  return target;
}

function probe(settings: Settings, memory: Json = null) {
  return configureRawProbe(CHECK_TYPES.node, settings)({ ...context, memory, timeoutMs: WAIT_LIMIT_MS });
}

/** As node_exporter 1.8 writes it, with what is beside it. */
function exporterText({ idle, busy, avail = 60 }: { idle: number; busy: number; avail?: number }): string {
  return `# HELP node_cpu_seconds_total Seconds the CPUs spent in each mode.
# TYPE node_cpu_seconds_total counter
node_cpu_seconds_total{cpu="0",mode="idle"} ${idle}
node_cpu_seconds_total{cpu="0",mode="iowait"} 0
node_cpu_seconds_total{cpu="0",mode="user"} ${busy}
node_filesystem_avail_bytes{device="/dev/sda1",fstype="ext4",mountpoint="/"} ${avail}
node_filesystem_avail_bytes{device="/dev/sdb",fstype="ext4",mountpoint="/data \\"x\\""} 1
node_filesystem_size_bytes{device="/dev/sda1",fstype="ext4",mountpoint="/"} 100
node_filesystem_size_bytes{device="/dev/sdb",fstype="ext4",mountpoint="/data \\"x\\""} 100
node_hwmon_temp_celsius{chip="a",sensor="temp1"} 44.5
node_hwmon_temp_celsius{chip="a",sensor="temp2"} NaN
node_load1 1.25
node_memory_MemAvailable_bytes 2.5e+08
node_memory_MemTotal_bytes 1e+09
node_load15 9
`;
}

const asExporter =
  (text: string): TargetServer["response"] =>
  ({ url }, response) =>
    url === "/metrics" ? response.end(text) : response.writeHead(404).end("404 page not found");

describe("a machine that tells /stats", () => {
  it.each(["", "/", "/stats"])("is as it says, with %s at the end of the URL", async (end) => {
    const { url } = await serve(sendJson(200, STATS));
    const finding = await probe({ url: url + end });
    expect(finding).toMatchObject({ status: "healthy", statusCode: 200, details: { machine: MACHINE }, memory: null });
    expect(finding.details.body).toEqual({
      json: { cpu_percent: 12.5, memory_percent: 75, disk_percent: 90, load_1m: 0.4, temperature_c: 51 },
    });
  });

  it("is well although it does not tell everything", async () => {
    const told = { cpu_percent: null, memory: {}, disk: { percent: "full" }, temperature_c: [] };
    const { url } = await serve(sendJson(200, told));
    const nothing = { cpuPercent: null, memoryPercent: null, diskPercent: null, load1m: null, temperatureC: null };
    expect(await probe({ url })).toMatchObject({ status: "healthy", details: { machine: nothing } });
  });

  it.each([
    [{ max_disk: 89.9 }, "full", "The disk is 90 % full, its limit is 89.9"],
    [{ max_memory: 70 }, "full", "The memory is 75 % in use, its limit is 70"],
    [{ max_cpu: 10 }, "overloaded", "The CPU is 12.5 % busy, its limit is 10"],
    [{ max_temperature: 50 }, "overloaded", "It is 51 °C hot, its limit is 50"],
  ])("is degraded beyond %j", async (limits, reason, message) => {
    const { url } = await serve(sendJson(200, STATS));
    expect(await probe({ url, ...limits })).toMatchObject({ status: "degraded", reason, message });
  });

  it("tells all that is beyond its limit", async () => {
    const { url } = await serve(sendJson(200, STATS));
    const message = "The disk is 90 % full, its limit is 80. It is 51 °C hot, its limit is 50";
    expect(await probe({ url, max_disk: 80, max_temperature: 50 })).toMatchObject({ reason: "full", message });
  });

  it("has no figure that no machine has", async () => {
    const { url } = await serve(sendJson(200, { ...STATS, cpu_percent: 101, load_1m: 1e308, temperature_c: -1e30 }));
    const { details } = await probe({ url });
    expect(details.machine).toEqual({ ...MACHINE, cpuPercent: null, load1m: null, temperatureC: null });
  });

  it("has a disk that is too full by itself", async () => {
    const { url } = await serve(sendJson(200, { ...STATS, disk: { percent: 95.1 } }));
    expect(await probe({ url })).toMatchObject({ status: "degraded", reason: "full" });
  });
});

describe("a machine with node_exporter", () => {
  it("tells the load of its CPU from the second probe on", async () => {
    const target = await serve(asExporter(exporterText({ idle: 1_000, busy: 100 })));
    const first = await probe({ url: target.url });
    const machine = { cpuPercent: null, memoryPercent: 75, diskPercent: 40, load1m: 1.25, temperatureC: 44.5 };
    expect(first).toMatchObject({ status: "healthy", details: { machine }, memory: { total: 1_100, idle: 1_000 } });
    target.response = asExporter(exporterText({ idle: 1_009, busy: 101 }));
    const asked = target.seen;
    const second = await probe({ url: target.url }, first.memory);
    expect(second.details.machine).toEqual({ ...machine, cpuPercent: 10 });
    expect(target.seen - asked).toBe(1);
    target.response = asExporter(exporterText({ idle: 1, busy: 1 }));
    expect((await probe({ url: target.url }, second.memory)).details.machine?.cpuPercent).toBeNull();
  });

  it("tells of the file system that is named, and says that one is not there", async () => {
    const { url } = await serve(asExporter(exporterText({ idle: 1, busy: 1, avail: 1 })));
    expect(await probe({ url, mount: '/data "x"' })).toMatchObject({ reason: "full" });
    const message = "No file system is mounted at /gone there: `mount` says which one counts";
    expect(await probe({ url, mount: "/gone" })).toMatchObject({ status: "unhealthy", reason: "config", message });
  });

  it("is found again when it has become one that tells /stats", async () => {
    const { url } = await serve(({ url: path }, response) =>
      path === "/stats" ? response.end(JSON.stringify(STATS)) : response.writeHead(404).end(),
    );
    expect(await probe({ url }, { total: 1, idle: 1 })).toMatchObject({ status: "healthy", memory: null });
  });
});

describe("what is no such machine", () => {
  it.each([
    [404, "", "protocol"],
    [200, "<html>", "protocol"],
    [200, '{"memory":{},"disk":{}}', "protocol"],
    [401, "", "auth"],
    [500, "", "http_status"],
  ])("is told by HTTP %i %s: %s", async (status, text, reason) => {
    const { url } = await serve((_request, response) => response.writeHead(status).end(text));
    expect(await probe({ url })).toMatchObject({ status: "unhealthy", reason });
  });
});

describe("MODE=node", () => {
  let program: ChildProcess;
  let port = 0;
  let output = "";
  beforeAll(async () => {
    const { PATH } = process.env;
    program = spawn(process.execPath, [PROGRAM], {
      env: { PATH, PORT: "0", HOST: "127.0.0.1", ...childMarks() },
      stdio: ["ignore", "pipe", "inherit"],
    });
    for await (const chunk of program.stdout ?? []) {
      output += String(chunk);
      port = Number(/"url":"http:\/\/127\.0\.0\.1:(\d+)\/stats"/.exec(output)?.[1] ?? 0);
      if (port !== 0) break;
    }
  });
  afterAll(async () => {
    program.kill("SIGKILL");
    if (program.signalCode === null && program.exitCode === null) await once(program, "exit");
  });

  it("is a machine that this service can watch", async () => {
    const finding = await probe({ url: `http://127.0.0.1:${port}` });
    // Whatever it has measured by now, and however full the disk is of who runs the test.
    expect(Object.keys(finding.details.machine ?? {})).toEqual(Object.keys(MACHINE));
    expect([null, "full"]).toContain(finding.reason);
  });

  it("says that it works, and nothing else", async () => {
    const health = await request(port, "/health");
    expect(health).toMatchObject({ status: 200, json: { status: "healthy", mode: "node" } });
    expect(health.headers["content-security-policy"]).toContain("default-src 'none'");
    expect(await request(port, "/cluster_health")).toMatchObject({ status: 404, json: { status: 404 } });
    expect(await request(port, "/stats", { method: "POST" })).toMatchObject({ status: 405 });
    expect(await request(port, "/stats?x=1", { method: "HEAD" })).toMatchObject({ status: 200 });
  });

  it("answers for itself and for addresses only", async () => {
    expect(await request(port, "/stats", { headers: { host: "evil.test" } })).toMatchObject({ status: 421 });
    expect(await request(port, "/stats", { headers: { host: "10.0.0.7:8083" } })).toMatchObject({ status: 200 });
  });

  it("ends when it is told to", async () => {
    program.kill("SIGTERM");
    expect(await once(program, "exit")).toEqual([0, null]);
  });
});

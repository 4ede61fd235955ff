import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, describe, expect, it } from "vitest";
import { VERSION } from "../../../functions/version.ts";
import { request, sendRaw } from "../../support/raw-http.ts";
import { runService, startService, type ServiceOptions, type ServiceProcess } from "../../support/service-process.ts";
import { sendJson, startTarget, type TargetServer } from "../../support/target-server.ts";

const started: ServiceProcess[] = [];
const targets: TargetServer[] = [];
const folders: string[] = [];

async function service(options: ServiceOptions): Promise<ServiceProcess> {
  const process = await startService(options);
  started.push(process);
  return process;
}

async function target(response?: TargetServer["response"]): Promise<TargetServer> {
  const server = await startTarget(response);
  targets.push(server);
  return server;
}

function temporaryFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), "monitoring-"));
  folders.push(folder);
  return folder;
}

function configOf(services: Record<string, unknown>, more: Record<string, unknown> = {}): string {
  return JSON.stringify({ node: "worker-node4", services, ...more });
}

afterEach(async () => {
  for (const each of started.splice(0)) await each.stop();
  for (const each of targets.splice(0)) await each.close();
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true, force: true });
});

describe("start", () => {
  it("ends with 78 and a message that names every fault when the configuration is not valid", async () => {
    const config = configOf(
      { a: { url: "http://127.0.0.1:1/", timeout: "soon" }, b: { check_type: "telnet" } },
      { colour: 1 },
    );
    const { code, output } = await runService({ config });
    expect(code).toBe(78);
    for (const path of ["services.a.timeout", "services.b.check_type", "colour"]) expect(output).toContain(path);
    expect(output).not.toContain("    at ");
  });

  it("ends with 78 when the configuration that was asked for does not exist", async () => {
    const { code, output } = await runService({ config: null, env: { MONITORING_CONFIG: "missing.yaml" } });
    expect([code, output.trim()]).toEqual([78, "missing.yaml: the file does not exist"]);
  });

  it("ends with 78 when PORT is not a port", async () => {
    const { code, output } = await runService({ config: null, env: { PORT: "http" } });
    expect(code).toBe(78);
    expect(output).toContain('PORT: found "http"');
  });
});

describe("stop", () => {
  for (const signal of ["SIGTERM", "SIGINT"] as const) {
    it(`drains and ends with 0 on ${signal}, keeping what was checked`, async () => {
      const folder = temporaryFolder();
      const { url } = await target();
      const config = configOf({ a: { url, critical: true } });
      const first = await service({ config, folder });
      await request(first.port, "/cluster_health?fresh=true");
      const before = (await request(first.port, "/history?limit=1000")).json;
      first.signal(signal);
      expect(await first.stop()).toBe(0);
      const second = await service({ config, folder });
      const after = (await request(second.port, "/history?limit=1000")).json;
      expect(after.count).toBeGreaterThanOrEqual(before.count);
      expect(after.history.map((entry: { timestamp: string }) => entry.timestamp)).toEqual(
        expect.arrayContaining(before.history.map((entry: { timestamp: string }) => entry.timestamp)),
      );
    });
  }

  it("answers a request in flight before it ends", async () => {
    let answer = (): void => {};
    const slow = await target((_request, reply) => (answer = () => reply.end("{}")));
    const { port, signal, saw, stop } = await service({ config: configOf({ a: { url: slow.url, interval: 3600 } }) });
    await expect.poll(() => slow.seen).toBe(1);
    const response = request(port, "/cluster_health?fresh=true");
    await request(port, "/health"); // came later and is answered: the other has arrived
    signal("SIGTERM");
    await saw('"message":"stopping"');
    answer();
    expect([200, 503]).toContain((await response).status);
    expect(await stop()).toBe(0);
  });
});

describe("reload", () => {
  it("takes a new configuration on SIGHUP without losing state", async () => {
    const [one, two] = [await target(), await target()];
    const running = await service({ config: configOf({ one: { url: one.url, critical: true } }) });
    await request(running.port, "/cluster_health?fresh=true");
    running.writeConfig(configOf({ one: { url: one.url, critical: true, name: "Renamed" }, two: { url: two.url } }));
    const from = running.output().length;
    running.signal("SIGHUP");
    await running.saw("configuration reloaded", from);
    const { json } = await request(running.port, "/cluster_health?fresh=true");
    expect(Object.keys(json.services)).toEqual(["one", "two"]);
    expect(json.services.one).toMatchObject({ name: "Renamed", health: { status: "healthy" } });
    expect((await request(running.port, "/history?limit=1")).json.count).toBeGreaterThan(0);
  });

  it("keeps the old configuration when the new one is faulty, and says what is wrong with it", async () => {
    const { url } = await target();
    const running = await service({ config: configOf({ one: { url } }) });
    running.writeConfig(configOf({ one: { url, tiemout: 3 } }));
    const from = running.output().length;
    running.signal("SIGHUP");
    await running.saw("the old one stays in force", from);
    expect(running.output().slice(from)).toContain("services.one.tiemout");
    expect((await request(running.port, "/health")).status).toBe(200);
    expect((await request(running.port, "/stats")).json.services_monitored).toEqual(["one"]);
  });
});

describe("pause", () => {
  it("by SIGSTOP never counts as an outage", async () => {
    const { url } = await target((request_, response) => setTimeout(() => sendJson(200, {})(request_, response), 60));
    const services = {
      a: { url, critical: true, timeout: 5, interval: 0.2 },
      b: { url, critical: true, timeout: 5, interval: 0.3 },
    };
    const running = await service({ config: configOf(services) });
    await request(running.port, "/cluster_health?fresh=true");
    const from = running.output().length;
    running.signal("SIGSTOP");
    await new Promise((resolve) => setTimeout(resolve, 7_000)); // the pause itself is what is tested; longer than a probe may take
    running.signal("SIGCONT");
    await running.saw("monitor was paused", from);
    await request(running.port, "/cluster_health?fresh=true");
    const { samples } = (await request(running.port, "/history/a")).json;
    expect(new Set(samples.map((sample: { status: string }) => sample.status))).toEqual(new Set(["healthy"]));
    expect((await request(running.port, "/health")).json.checks.scheduler.pauses).toBe(1);
  });
});

describe("secrets", () => {
  const CANARY = "canary-4711-öß/+secret";

  it("appear in no answer, log line or database, even when a target echoes what it was sent", async () => {
    const echo = await target((request_, response) => {
      const notifiedChannels = request_.headers.authorization ?? request_.url ?? "";
      sendJson(500, { notifiedChannels, [notifiedChannels]: "x".repeat(2_000) })(request_, response);
    });
    const header = Buffer.from(CANARY).toString("base64");
    const config = configOf({
      header: { url: echo.url, headers: { authorization: "Bearer ${TOKEN}" }, interval: 0.5 },
      query: { url: `${echo.url}/?key=\${TOKEN}`, interval: 0.5 },
      redis: { check_type: "redis", host: "127.0.0.1:1", password: "${CANARY}", interval: 0.5, timeout: 1 },
    });
    const folder = temporaryFolder();
    const running = await service({ config, folder, env: { CANARY, TOKEN: header, LOG_LEVEL: "debug" } });
    await request(running.port, "/cluster_health?fresh=true");
    running.writeConfig(config.replace('"interval":0.5', '"interval":"${CANARY}"'));
    running.signal("SIGHUP");
    await running.saw("the old one stays in force");
    const paths = [
      "/",
      "/cluster_health",
      "/health",
      "/alerts",
      "/history",
      "/history/query",
      "/stats",
      "/openapi.json",
    ];
    const responses = await Promise.all(paths.map((path) => request(running.port, path)));
    expect(responses.map(({ status }) => status)).toEqual(paths.map(() => 200));
    await running.stop();
    const stored = ["test.db", "test.db-wal"]
      .map((name) => join(running.folder, name))
      .filter((path) => existsSync(path));
    const files = stored.map((path) => readFileSync(path, "latin1"));
    expect(files.length).toBeGreaterThan(0);
    const texts = [running.output(), ...responses.map(({ body }) => body), ...files];
    for (const text of texts) {
      // Half a secret is one too: whatever is cut must have been redacted before.
      const whole = [CANARY, header, encodeURIComponent(CANARY), encodeURIComponent(header)];
      for (const secret of [...whole, header.slice(0, 12)]) {
        expect(text).not.toContain(secret);
      }
    }
    expect(responses[1]?.body).toContain("<secret>");
  });
});

describe("demo", () => {
  it("starts without a configuration, says so loudly, and shows a living cluster", async () => {
    const running = await service({ config: null });
    const { json } = await request(running.port, "/cluster_health?fresh=true");
    expect(Object.keys(json.services)).toEqual([
      "jetson_ollama",
      "cpu_llama",
      "embeddings",
      "tools",
      "haproxy",
      "redis",
    ]);
    expect(json.notice).toContain("DEMO");
    expect((await request(running.port, "/health")).json.notice).toContain("DEMO");
    expect((await request(running.port, "/")).json.notice).toContain("DEMO");
    expect(running.output()).toContain("DEMO");
    expect(running.output()).toContain(`"config":"demo","version":"${VERSION}"`);
    expect(json.services.redis.health).toMatchObject({ status: "healthy", connected_clients: expect.any(Number) });
    expect(await running.stop()).toBe(0);
  });

  for (const [written, said] of [
    ["cluster.yaml", "cluster.yaml is there now; restart the service to leave the demo"],
    ["cluster.yml", "cluster.yml: the configuration is called cluster.yaml"],
  ] as const) {
    it(`says at a reload that it goes on although there is a configuration now: ${written}`, async () => {
      const running = await service({ config: null });
      running.signal("SIGHUP");
      await running.saw("configuration reloaded");
      writeFileSync(join(running.folder, written), configOf({ a: { url: "http://127.0.0.1:1/" } }));
      running.signal("SIGHUP");
      await running.saw("the old one stays in force");
      expect(running.output()).toContain(said);
    });
  }
});

describe("limits of the transport", () => {
  it("refuse what is not HTTP, too large or ambiguous with a problem document", async () => {
    const { url } = await target();
    const { port } = await service({ config: configOf({ a: { url } }) });
    const huge = `GET /health HTTP/1.1\r\nHost: localhost\r\nX: ${"x".repeat(32_000)}\r\n\r\n`;
    const ambiguous =
      "POST /health HTTP/1.1\r\nHost: localhost\r\nContent-Length: 3\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n";
    for (const [text, status] of [
      [huge, 431],
      [ambiguous, 400],
      ["GET /health HTTP/1.1\r\nConnection: close\r\n\r\n", 400],
      ["SSH-2.0-OpenSSH_9.2\r\n\r\n", 400],
    ] as const) {
      const response = await sendRaw(port, text);
      expect(response.status).toBe(status);
      if (response.body !== "") expect(response.headers["content-type"]).toBe("application/problem+json");
    }
    expect((await request(port, `/history?since=${"x".repeat(9_000)}`)).status).toBe(414);
    expect((await request(port, "/health")).status).toBe(200);
  });
});

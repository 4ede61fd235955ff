/**
 * What the HTTP API must do, asked over a socket of the running service, the same on every host.
 * The service watches three loopback targets: `steady` (critical, answers), `broken` (not critical, HTTP 503), `tags`
 * (critical, an Ollama list).
 */
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { ENDPOINTS } from "../../functions/endpoints/registry.ts";
import { VERSION } from "../../functions/version.ts";
import { request, type RawAnswer } from "../support/raw-http.ts";
import { badInputContract } from "./http-bad-input-contract.ts";
import { valuesOf } from "./declared-values.ts";
import { pastContract } from "./http-past-contract.ts";
import type { HttpAbilities, HttpHost, StartHttpHost } from "./http-host.ts";
import { sendJson, startTarget, type TargetServer } from "../support/target-server.ts";

const HEALTH_KEYS = "timestamp overall_status services cluster_stats alerts interval_s overall_since".split(" ");

export function httpContract(name: string, start: StartHttpHost, abilities: HttpAbilities): void {
  describe(`HTTP API on ${name}`, () => {
    let targets: TargetServer[];
    let host: HttpHost;
    const get = (path: string, headers: Record<string, string> = {}) =>
      request(host.port, path, { headers: { ...host.headers, ...headers } });

    beforeAll(async () => {
      const tags = { models: [{ name: "llama3.2:3b", size: 2_000_000_000 }, { name: "llama3.2:1b" }] };
      targets = [
        await startTarget(),
        await startTarget(sendJson(503, { error: "no" })),
        await startTarget(sendJson(200, tags)),
      ];
      host = await start(configFor(targets));
      await get("/cluster_health?fresh=true");
    });
    afterAll(async () => {
      await host.stop();
      await Promise.all(targets.map((target) => target.close()));
    });

    describe("GET /cluster_health", () => {
      it("answers in the seed's shape", async () => {
        const { status, headers, json } = await get("/cluster_health");
        expect(status).toBe(200);
        expect(headers["content-type"]).toBe("application/json; charset=utf-8");
        expect(Object.keys(json)).toEqual(HEALTH_KEYS);
        expect(json.interval_s).toBeGreaterThan(0);
        expect(json.timestamp).toMatch(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/);
        expect(json.overall_status).toBe("healthy");
        expect(Object.keys(json.services)).toEqual(["steady", "broken", "tags"]);
        expect(json.services.tags).toMatchObject({
          name: "Ollama",
          critical: true,
          health: { status: "healthy", status_code: 200, data: { models: ["llama3.2:3b", "llama3.2:1b"] } },
        });
        expect(json.services.tags.health.response_time).toBeGreaterThanOrEqual(0);
        expect(json.services.broken.health).toMatchObject({
          status: "unhealthy",
          status_code: 503,
          reason: "http_status",
        });
        expect(json.alerts).toEqual(["WARNING: Broken Server is unhealthy - HTTP 503"]);
        expect(json.cluster_stats.total_services).toBe(3);
        // That of the very first commit may be 0.
        const uptime = async () => (await get("/cluster_health?fresh=true")).json.cluster_stats.monitoring_uptime;
        await expect.poll(uptime).toBeGreaterThan(0);
      });

      it("has an ETag, and answers 304 without a body while nothing has changed", async () => {
        const first = await get("/cluster_health");
        const etag = first.headers["etag"] ?? "";
        expect(etag).toMatch(/^"[^"]+"$/);
        expect(Number(first.headers["age"])).toBeGreaterThanOrEqual(0);
        for (const ifNoneMatch of [etag, `W/${etag}`, `"other", ${etag}`, "*"]) {
          const again = await get("/cluster_health", { "if-none-match": ifNoneMatch });
          // A sweep may have been committed in between; then the new bytes are right.
          if (again.headers["etag"] !== etag && ifNoneMatch !== "*") expect(again.status).toBe(200);
          else expect([again.status, again.body]).toEqual([304, ""]);
        }
        for (const ifNoneMatch of ['"other"', "broken", '"']) {
          expect((await get("/cluster_health", { "if-none-match": ifNoneMatch })).status).toBe(200);
        }
      });

      it("gives the same bytes with and without the router", async () => {
        const [direct, routed] = await Promise.all([get("/cluster_health"), get("/cluster_health?fresh=false")]);
        if (direct.headers["etag"] !== routed.headers["etag"]) return expect(direct.status).toBe(routed.status);
        expect(direct.body).toBe(routed.body);
        const {
          date: _d1,
          "content-length": _l1,
          "keep-alive": _k1,
          "transfer-encoding": _t1,
          ...left
        } = direct.headers;
        const {
          date: _d2,
          "content-length": _l2,
          "keep-alive": _k2,
          "transfer-encoding": _t2,
          ...right
        } = routed.headers;
        expect({ ...left, age: "" }).toEqual({ ...right, age: "" });
      });

      it("probes anew for fresh=true, once however many ask, unless the checks are young", async () => {
        const before = targets.map(({ seen }) => seen);
        const responses = await Promise.all(Array.from({ length: 20 }, () => get("/cluster_health?fresh=true")));
        expect(responses.map(({ status }) => status)).toEqual(responses.map(() => 200));
        for (const [index, target] of targets.entries())
          expect(target.seen - (before[index] ?? 0)).toBeLessThanOrEqual(1);
      });
    });

    it("GET / says which version runs", async () => {
      expect((await get("/")).json).toMatchObject({ service: "LangGraph Monitoring Service", version: VERSION });
      const { components, paths } = (await get("/openapi.json")).json;
      const described = JSON.stringify([components, paths["/"], paths["/health"]]);
      expect(described.match(/Of the program that runs/g)?.length).toBeGreaterThanOrEqual(2);
    });

    describe("GET /health", () => {
      it("has the seed's fields and says which part works", async () => {
        const { status, json } = await get("/health");
        expect(status).toBe(200);
        expect(json).toMatchObject({
          status: "healthy",
          version: VERSION,
          monitoring_node: "worker-node4",
          services_monitored: 3,
          alerts_count: 1,
          checks: { process: { status: "ok" }, scheduler: { status: "ok" }, storage: { status: "ok" } },
        });
      });

      it("tells the same time as /cluster_health, /alerts and the newest /history entry", async () => {
        for (let tries = 0; ; tries += 1) {
          const [cluster, health, alerts, history] = await Promise.all(
            ["/cluster_health", "/health", "/alerts", "/history?limit=1"].map((path) => get(path)),
          );
          const notifiedChannels = [
            health?.json.last_check,
            alerts?.json.timestamp,
            history?.json.history[0].timestamp,
          ];
          // A sweep may be committed between two of the four answers; not ten times in a row.
          if (tries < 10 && notifiedChannels.some((time) => time !== cluster?.json.timestamp)) continue;
          expect(notifiedChannels).toEqual(notifiedChannels.map(() => cluster?.json.timestamp));
          return;
        }
      });
    });

    it("GET /alerts lists what is wrong, as /cluster_health does", async () => {
      const { status, json } = await get("/alerts");
      expect(status).toBe(200);
      expect(Object.keys(json)).toEqual(["alerts", "count", "timestamp", "interval_s", "details"]);
      expect(json.alerts).toEqual(["WARNING: Broken Server is unhealthy - HTTP 503"]);
      expect(json.count).toBe(1);
    });

    it("GET /stats has the seed's fields, in bytes and percent", async () => {
      const { json } = await get("/stats");
      expect(Object.keys(json)).toEqual([
        "cpu_percent",
        "memory",
        "disk",
        "monitoring_uptime",
        "services_monitored",
        "interval_s",
        "load_1m",
        "temperature_c",
      ]);
      expect(Object.keys(json.memory)).toEqual(["total", "available", "percent"]);
      expect(Object.keys(json.disk)).toEqual(["total", "free", "percent"]);
      expect(json.services_monitored).toEqual(["steady", "broken", "tags"]);
    });

    describe("GET /history", () => {
      it("is newest first, each entry with the full data of its moment, and counts everything stored", async () => {
        const { json } = await get("/history?limit=2");
        expect(json.history.length).toBeLessThanOrEqual(2);
        expect(json.count).toBeGreaterThanOrEqual(json.history.length);
        const times = json.history.map((entry: { timestamp: string }) => entry.timestamp);
        expect(times).toEqual(times.toSorted().reverse());
        for (const entry of json.history) {
          expect(Object.keys(entry)).toEqual(["timestamp", "overall_status", "services", "cluster_stats", "alerts"]);
          expect(Object.keys(entry.services)).toEqual(["steady", "broken", "tags"]);
        }
      });

      it("pages with next_cursor over every entry once", async () => {
        const all = (await get("/history?limit=1000&until=2999-01-01T00:00:00Z")).json.history;
        const paged = [];
        let before = "";
        do {
          const page = (await get(`/history?limit=1&until=2999-01-01T00:00:00Z${before}`)).json;
          paged.push(...page.history);
          before = page.next_cursor ? `&before=${page.next_cursor}` : "";
        } while (before !== "");
        const known = new Set(all.map((entry: { timestamp: string }) => entry.timestamp));
        const kept = paged.map((entry) => entry.timestamp).filter((time) => known.has(time));
        expect(kept).toEqual([...known]);
      });

      it("can be limited to one service", async () => {
        const { json } = await get("/history?service=broken");
        expect(json.history.length).toBeGreaterThan(0);
        for (const entry of json.history) expect(Object.keys(entry.services)).toEqual(["broken"]);
      });

      it("is empty for a span in which nothing happened", async () => {
        const { json } = await get("/history?since=2001-01-01T00:00:00Z&until=2001-02-01T00:00:00%2B01:00");
        expect(json.history).toEqual([]);
        expect(json.next_cursor).toBeNull();
      });
    });

    describe("GET /history/{service}", () => {
      it("returns the samples of one service, oldest first", async () => {
        const { status, json } = await get("/history/broken");
        expect(status).toBe(200);
        expect(json).toMatchObject({ service: "broken", name: "Broken Server" });
        expect(json.count).toBe(json.samples.length);
        expect(json.samples[0]).toMatchObject({
          status: "unhealthy",
          status_code: 503,
          reason: "http_status",
          error: "HTTP 503",
        });
      });
    });

    describe("GET /", () => {
      it("lists what there is", async () => {
        const { json } = await get("/");
        expect(json.endpoints.map(({ path }: { path: string }) => path)).toEqual(ENDPOINTS.map(({ path }) => path));
      });
    });

    describe("GET /openapi.json", () => {
      it("describes every endpoint with its parameters and its answer", async () => {
        const { json } = await get("/openapi.json");
        expect(json.openapi).toBe("3.1.0");
        expect(Object.keys(json.paths)).toEqual([...new Set(ENDPOINTS.map(({ path }) => path))]);
        const { parameters, responses } = json.paths["/history"].get;
        const names = parameters.map((parameter: { name: string }) => parameter.name);
        expect(names.join()).toBe("limit,service,since,until,before");
        expect(parameters[0].schema).toMatchObject({ type: "integer", minimum: 1, maximum: 1000, default: 50 });
        expect(responses["200"].content["application/json"].schema).toEqual({
          $ref: "#/components/schemas/HistoryResponse",
        });
        expect(json.components.schemas.HistoryResponse.properties).toHaveProperty("history");
      });

      const read = ENDPOINTS.filter(({ method, scope }) => method === "GET" && scope === "read");
      for (const endpoint of read.filter(({ path }) => path !== "/haproxy")) {
        it(`agrees with what ${endpoint.path} sends, to the last field`, async () => {
          for (const json of await valuesOf(endpoint, get)) {
            const result = endpoint.response.safeParse(json);
            expect(result.error?.issues ?? []).toEqual([]);
            // What the schema does not declare would be missing.
            expect(result.data).toEqual(json);
          }
        });
      }
    });

    pastContract(() => host);
    badInputContract(() => host, abilities);

    it("sends the security headers with every answer, also with errors", async () => {
      const responses: RawAnswer[] = await Promise.all(
        ["/", "/health", "/cluster_health", "/history?limit=0", "/nothing", "/openapi.json"].map((path) => get(path)),
      );
      for (const { headers } of responses) {
        expect(headers).toMatchObject({
          "x-content-type-options": "nosniff",
          "referrer-policy": "no-referrer",
          "x-frame-options": "DENY",
          "cross-origin-resource-policy": "same-origin",
        });
        expect(headers["content-security-policy"]).toContain("default-src 'none'");
        expect(headers["strict-transport-security"]).toBeUndefined();
        expect(["no-store", "no-cache"]).toContain(headers["cache-control"]);
      }
    });
  });
}

function configFor([steady, broken, tags]: readonly TargetServer[]): string {
  return JSON.stringify({
    node: "worker-node4",
    hosts: ["monitor.example.org"],
    services: {
      steady: { name: "Steady Server", url: `${steady?.url}/health`, critical: true, timeout: 60 },
      broken: { name: "Broken Server", url: `${broken?.url}/health`, timeout: 60 },
      tags: { name: "Ollama", url: `${tags?.url}/api/tags`, critical: true, timeout: 60 },
    },
  });
}

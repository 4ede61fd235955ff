/**
 * The bad-input table of the HTTP API: what is refused, with which status, naming which field. Part of the HTTP contract.
 */
import { describe, expect, it } from "vitest";
import type { HttpAbilities, HttpHost } from "./http-host.ts";
import { request, sendRaw, type RequestOptions } from "../support/raw-http.ts";

/** `hostOf` is asked when a test runs; the service is the one that http-contract.ts starts. */
export function badInputContract(hostOf: () => HttpHost, { ownsTransport }: HttpAbilities): void {
  describe("bad input", () => {
    const ask = (path: string, { headers = {}, ...options }: RequestOptions = {}) =>
      request(hostOf().port, path, { ...options, headers: { ...hostOf().headers, ...headers } });
    const get = (path: string, headers: Record<string, string> = {}) => ask(path, { headers });

    const refused: [path: string, field: string][] = [
      ...["0", "-1", "1.5", "1e3", "0x10", "%2010", "abc", "", "NaN", "Infinity", "100000000000000000000", "1001"].map(
        (limit): [string, string] => [`/history?limit=${limit}`, "limit"],
      ),
      ["/history?limit=%D9%A1%D9%A0", "limit"],
      ["/history?limit=1&limit=2", "limit"],
      ["/history?limit[]=1", "limit[]"],
      ["/history?offset=1", "offset"],
      ["/history?service=nobody", "service"],
      ["/history?service=__proto__", "service"],
      ["/history?service=", "service"],
      ["/history?since=2026-02-30T00:00:00Z", "since"],
      ["/history?since=2026-03-10T10:00:00", "since"],
      ["/history?since=1773136800", "since"],
      ["/history?since=1773136800000", "since"],
      ["/history?until=%2B275760-09-13T00:00:00Z", "until"],
      ["/history?until=0000-01-01T00:00:00Z", "until"],
      ["/history?since=2026-03-10T10:00:00Z&until=2026-03-10T09:00:00Z", "since"],
      ["/history?since=2024-01-01T00:00:00Z&until=2026-01-01T00:00:00Z", "since"],
      ["/history/steady?since=2026-01-01T00:00:00Z&until=2026-03-01T00:00:00Z", "since"],
      ["/history/steady?limit=5", "limit"],
      ["/history/steady?until=1970-01-01T00:00:00Z", "until"],
      ["/cluster_health?fresh=yes", "fresh"],
      ["/cluster_health?fresh", "fresh"],
      ["/cluster_health?cache=no", "cache"],
      ["/health?x=1", "x"],
      ["/alerts?__proto__=1", "__proto__"],
      ["/stats?constructor=1", "constructor"],
    ];
    for (const [path, field] of refused) {
      it(`names ${field} for ${path}`, async () => {
        const { status, headers, json } = await get(path);
        expect([status, headers["content-type"]]).toEqual([400, "application/problem+json"]);
        expect(json).toMatchObject({ type: "urn:problem:invalid_parameter", status: 400 });
        expect(json.errors.map((fault: { field: string }) => fault.field)).toContain(field);
      });
    }

    it("names every bad parameter at once", async () => {
      const { json } = await get("/history?limit=0&since=now&x=1");
      expect(json.errors.map((fault: { field: string }) => fault.field).sort()).toEqual(["limit", "since", "x"]);
    });

    for (const [why, cursor] of [
      ["was made up", "abc"],
      ["was cut", "mmkz0k00-1"],
      ["is huge", "1".repeat(60)],
    ]) {
      it(`answers invalid_cursor for one that ${why}`, async () => {
        const { status, json } = await get(`/history?before=${cursor}`);
        expect([status, json.type]).toEqual([400, "urn:problem:invalid_cursor"]);
      });
    }

    it("answers invalid_cursor for the cursor of another query", async () => {
      const { next_cursor: cursor } = (await get("/history?limit=1")).json;
      expect((await get(`/history?limit=1&before=${cursor}`)).status).toBe(200);
      expect((await get(`/history?limit=1&service=steady&before=${cursor}`)).json.type).toBe(
        "urn:problem:invalid_cursor",
      );
    });

    const absent = [
      "/nothing",
      "/cluster_health/",
      "/CLUSTER_HEALTH",
      "//cluster_health",
      "/history/nobody",
      "/history/..%2f",
      "/history/%00",
      "/history/a//b",
      "/history/__proto__",
      "/history/constructor",
      `/history/${"a".repeat(300)}`,
      "/history/%F0%9F%A6%99",
      "/history/%ff",
      "/history/%zz",
      "/history/",
    ];
    for (const path of absent) {
      it(`answers 404 with one and the same body for ${path.slice(0, 40)}`, async () => {
        const { status, body } = await get(path);
        expect([status, body]).toEqual([404, (await get("/nothing")).body]);
      });
    }

    it("answers 404 in words for a balancer where none is watched", async () => {
      const { status, json } = await get("/haproxy");
      const detail = "No service of the configuration is checked with check_type: haproxy.";
      expect([status, json.detail]).toEqual([404, detail]);
    });

    for (const method of ["POST", "PUT", "PATCH", "DELETE", "OPTIONS", ...(ownsTransport ? ["TRACE"] : [])]) {
      it(`refuses ${method} with 405 and says what is possible`, async () => {
        const response = await ask("/cluster_health", { method, headers: { "content-length": "0" } });
        expect([response.status, response.headers["allow"]]).toEqual([405, "GET, HEAD"]);
        expect(response.json.type).toBe("urn:problem:method_not_allowed");
      });
    }

    it("answers HEAD like GET, without a body", async () => {
      for (const path of ["/health", "/cluster_health", "/history"]) {
        const response = await ask(path, { method: "HEAD" });
        expect([response.status, response.body]).toEqual([200, ""]);
      }
    });

    it("ignores a method override", async () => {
      expect((await get("/health", { "x-http-method-override": "DELETE" })).status).toBe(200);
    });

    it("ignores Range, an Accept it cannot meet, and forwarding headers", async () => {
      const headers = {
        range: "bytes=0-3",
        accept: "text/xml",
        "x-forwarded-host": "evil.example",
        "accept-encoding": "gzip;q=0",
      };
      expect((await get("/health", headers)).json.status).toBe("healthy");
    });

    // No URL can be made of these; a platform that speaks HTTP for us never lets them in.
    const impossible = ownsTransport ? ["127.0f0.1", "256.256.256.256", "1.2.3.4.5"] : [];
    for (const hostName of ["evil.example", "127.0.0.1.evil.example", "localhost.evil.example:80", ...impossible]) {
      it(`answers 421 to the Host ${hostName}`, async () => {
        for (const path of ["/cluster_health", "/health", "/nothing", "/history?x=1"]) {
          const { status, json } = await get(path, { host: hostName });
          expect([status, json.type]).toEqual([421, "urn:problem:misdirected_request"]);
        }
      });
    }

    for (const [hostName, name] of [
      ["Monitor.Home.lan:8083", "monitor.home.lan"],
      ["status.example.org.", "status.example.org"],
      ["other_host-1", "other_host-1"],
    ]) {
      it(`says which key lets the Host ${hostName} in`, async () => {
        const { json } = await get("/health", { host: hostName ?? "" });
        expect(json.detail).toBe(
          `This service does not answer for the host "${name}". If that is a name of this service, the configuration must say so: hosts: [${name}]`,
        );
      });
    }

    for (const hostName of [
      "localhost",
      "LOCALHOST:9",
      "worker-node4",
      "worker-node4.local:8083",
      "[::1]",
      "monitor.example.org.",
    ]) {
      it(`answers to the Host ${hostName}`, async () => {
        expect((await get("/cluster_health", { host: hostName })).status).toBe(200);
      });
    }

    it("sends no CORS headers, whatever the Origin", async () => {
      for (const origin of ["null", "http://evil.example"]) {
        const { headers } = await get("/cluster_health", { origin });
        expect(Object.keys(headers).filter((header) => header.startsWith("access-control"))).toEqual([]);
      }
    });

    if (ownsTransport) transportContract(hostOf);
  });
}

function transportContract(hostOf: () => HttpHost): void {
  it("answers /health without a Host header, as HAProxy asks", async () => {
    expect((await sendRaw(hostOf().port, "GET /health HTTP/1.0\r\n\r\n")).status).toBe(200);
  });

  it("does not let an absolute request line smuggle another host in", async () => {
    const text = "GET http://evil.example/cluster_health HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n";
    expect([400, 421]).toContain((await sendRaw(hostOf().port, text)).status);
  });

  it("repeats no Host that could not be a name", async () => {
    for (const hostName of [
      "<b>x</b>",
      "a b",
      "x\u001b[31m",
      "${TOKEN}",
      "user:secret@evil.example",
      "a".repeat(300),
    ]) {
      const { status, body } = await request(hostOf().port, "/health", { headers: { host: hostName } });
      expect(status).toBeGreaterThanOrEqual(400);
      expect(body).not.toContain(hostName);
    }
  });

  it("answers OPTIONS * as it does OPTIONS of a URL without a path, and nothing else of that kind", async () => {
    const send = (line: string, host = "localhost") =>
      sendRaw(hostOf().port, `${line} HTTP/1.1\r\nHost: ${host}\r\nConnection: close\r\n\r\n`);
    for (const target of ["*", "http://localhost"]) {
      const { status, headers } = await send(`OPTIONS ${target}`);
      // Health checks of load balancers that name no path must not find everything well.
      expect([status, headers["allow"]]).toEqual([405, "GET, HEAD"]);
    }
    expect((await send("OPTIONS *", "evil.example")).status).toBe(421);
    expect((await send("GET *")).status).toBe(400);
    expect((await send("OPTIONS /*")).status).toBe(404);
  });

  it("refuses anything but /health without a Host header", async () => {
    for (const path of ["/cluster_health", "/", "/alerts"]) {
      expect((await sendRaw(hostOf().port, `GET ${path} HTTP/1.0\r\n\r\n`)).status).toBe(421);
    }
  });
}

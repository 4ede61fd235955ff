/**
 * What the HTTP server of the Node host makes of requests that Node itself or its adapter would answer in their own words.
 */
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { SECURITY_HEADERS } from "../../../functions/http/bytes.ts";
import { answersTo, request, sendRaw } from "../../support/raw-http.ts";
import { startService, type ServiceProcess } from "../../support/service-process.ts";
import { startTarget, type TargetServer } from "../../support/target-server.ts";

describe("The server of the Node host", () => {
  let target: TargetServer;
  let service: ServiceProcess;

  beforeAll(async () => {
    target = await startTarget();
    service = await startService({ config: JSON.stringify({ services: { a: { url: target.url, critical: true } } }) });
  });
  afterAll(async () => {
    await service.stop();
    await target.close();
  });

  const unreadable = [
    ["a Host that is none", "GET /stats HTTP/1.1\r\nHost: a b\r\nConnection: close\r\n\r\n"],
    ["a Host with a port that cannot be", "GET /stats HTTP/1.1\r\nHost: localhost:99999\r\nConnection: close\r\n\r\n"],
    ["a backslash in the path", "GET /a\\b HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n"],
    ["a URL without a host", "GET http:// HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n"],
    ["two Hosts", "GET /cluster_health HTTP/1.1\r\nHost: localhost\r\nHost: localhost\r\nConnection: close\r\n\r\n"],
    ["two Hosts in HTTP/1.0", "GET /cluster_health HTTP/1.0\r\nHost: localhost\r\nhost: a\r\n\r\n"],
    ["HTTP/1.1 without Host, even for /health", "GET /health HTTP/1.1\r\nConnection: close\r\n\r\n"],
  ];
  for (const [what, text] of unreadable) {
    it(`refuses ${what} with a problem document and the security headers`, async () => {
      const { status, headers, json } = await sendRaw(service.port, text ?? "");
      expect([status, json.type, headers["content-type"]]).toEqual([
        400,
        "urn:problem:bad_request",
        "application/problem+json",
      ]);
      expect(headers).toMatchObject(SECURITY_HEADERS);
    });
  }

  it.each([
    "localhost:99999",
    "127.0.0.1:65536",
    "[::1]:99999",
    "[:::]",
    "[0:0::1]",
    "localhost:",
    "evil.example",
    "LOCALHOST:80",
    "localhost.",
    "[::1]:8083",
    "1.2.3.4",
  ])("answers the short cut for the Host %s as it answers everything else", async (host) => {
    const ask = (path: string) => request(service.port, path, { headers: { host } });
    const [short, long] = [await ask("/cluster_health"), await ask("/cluster_health?fresh=false")];
    expect([short.status, short.json.type]).toEqual([long.status, long.json.type]);
  });

  it("refuses what follows a request in a pipeline after the answer to the request", async () => {
    const first = "GET /history HTTP/1.1\r\nHost: localhost\r\n\r\n";
    const second = `GET /health HTTP/1.1\r\nx: ${"x".repeat(20_000)}`;
    const [history, refusal] = await answersTo(service.port, first + second);
    expect([history?.status, refusal?.status]).toEqual([200, 431]);
    const { json } = await request(service.port, "/openapi.json");
    expect(json.paths["/health"].get.responses).toHaveProperty("431");
    expect(history?.json).toHaveProperty("history");
  });

  it("refuses CONNECT as any other method that is not possible", async () => {
    const text = "CONNECT localhost:443 HTTP/1.1\r\nHost: localhost:443\r\n\r\n";
    const { status, headers, json } = await sendRaw(service.port, text);
    expect([status, headers["allow"], headers["content-type"]]).toEqual([405, "", "application/problem+json"]);
    expect(json).toMatchObject({ type: "urn:problem:method_not_allowed", status: 405 });
    expect(headers).toMatchObject(SECURITY_HEADERS);
  });

  it("refuses CONNECT after the answer to the request before it", async () => {
    const first = "GET /history HTTP/1.1\r\nHost: localhost\r\n\r\n";
    const second = "CONNECT localhost:443 HTTP/1.1\r\nHost: localhost:443\r\n\r\nGET / HTTP/1.1";
    const [history, refusal] = await answersTo(service.port, first + second);
    expect([history?.status, refusal?.status]).toEqual([200, 405]);
    expect(history?.json).toHaveProperty("history");
  });

  it("ignores an expectation that it does not know", async () => {
    expect((await request(service.port, "/health", { headers: { expect: "miracles" } })).status).toBe(200);
  });

  it("tells a client that waits with its body to go on", async () => {
    const text = "GET /health HTTP/1.1\r\nHost: localhost\r\nExpect: 100-continue\r\nConnection: close\r\n\r\n";
    expect(await sendRaw(service.port, text)).toMatchObject({ interim: [100], status: 200 });
  });

  it("keeps the answers of a pipeline whole when one of the requests expects 100-continue", async () => {
    const first = "GET /history HTTP/1.1\r\nHost: localhost\r\n\r\n";
    const second =
      "GET /cluster_health HTTP/1.1\r\nHost: localhost\r\nExpect: 100-continue\r\nConnection: close\r\n\r\n";
    const [history, health] = await answersTo(service.port, first + second);
    expect([history?.status, health?.status]).toEqual([200, 200]);
    expect(history?.json).toHaveProperty("history");
    expect(health?.json).toHaveProperty("overall_status");
  });
});

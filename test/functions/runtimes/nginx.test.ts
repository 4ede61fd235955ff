/** nginx in front of the service, as its users write it: what it changes of requests and answers, and whom it speaks for. */
import { get } from "node:http";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { openSockets } from "../../../scripts/bench/proc.ts";
import { skipWithout } from "../../support/installed.ts";
import { closedPort } from "../../support/loopback-server.ts";
import { NGINX, startNginx, type NginxServer } from "../../support/nginx-server.ts";
import { request } from "../../support/raw-http.ts";
import { listenTo } from "../../support/server-sent-events.ts";
import { startService, type ServiceProcess } from "../../support/service-process.ts";
import { sendJson, startTarget, type TargetServer } from "../../support/target-server.ts";
import { TEST_AUTH } from "../../support/worker-process.ts";

const AS_ADVISED = `
  proxy_http_version 1.1;
  proxy_set_header Connection "";
  proxy_set_header Host $host;
  proxy_set_header X-Forwarded-For $proxy_add_x_forwarded_for;
  proxy_set_header X-Forwarded-Proto $scheme;
  proxy_pass http://monitoring;`;

/** Servers by name: the first is for every name that is not listed. */
function servers(front: number, service: number): string {
  const server = (name: string, location: string, body: string): string =>
    `server { listen 127.0.0.1:${front}; server_name ${name}; location ${location} { ${body} } }`;
  return `
upstream monitoring { server 127.0.0.1:${service}; keepalive 8; }
gzip on;
gzip_min_length 1;
gzip_types application/json;
${server("localhost", "/", AS_ADVISED)}
${server("plain.test", "/", `proxy_pass http://127.0.0.1:${service};`)}
${server("upstream.test", "/", "proxy_pass http://monitoring;")}
${server("prefix.test", "/monitoring/", `proxy_pass http://127.0.0.1:${service}/;`)}
`;
}

describe.skipIf(skipWithout(NGINX))("nginx in front (needs nginx)", () => {
  let target: TargetServer;
  let service: ServiceProcess;
  let proxy: NginxServer;
  let front: number;

  const configOf = (more: object = {}): string =>
    JSON.stringify({ services: { a: { url: target.url, critical: true, interval: 3_600 } }, ...more });
  const reload = async (more: object): Promise<void> => {
    const from = service.output().length;
    service.writeConfig(configOf(more));
    service.signal("SIGHUP");
    await service.saw("configuration reloaded", from);
  };
  const ask = (path: string, headers: Record<string, string> = {}) => request(front, path, { headers });

  /** Of nginx, while a service that has not been looked at yet makes clients wait: each has a connection of its own. */
  const held = (count: number): Promise<number>[] =>
    Array.from({ length: count }, () => ask("/cluster_health?fresh=true").then(({ status }) => status));

  beforeEach(async () => {
    target = await startTarget();
    service = await startService({ config: configOf() });
    front = await closedPort();
    proxy = await startNginx({ port: front, http: servers(front, service.port) });
  });
  afterEach(async () => {
    await proxy.close();
    await service.stop();
    await target.close();
  });

  it("passes every answer on, by HTTP/1.0 and 1.1, below a prefix, and says 502 while the service is away", async () => {
    for (const host of ["localhost", "plain.test"]) {
      expect((await ask("/cluster_health", { host })).json.services).toHaveProperty("a");
      expect(await ask("/nothing", { host })).toMatchObject({ status: 404, json: { status: 404 } });
      const page = await ask("/openapi.json", { host });
      expect([page.status, page.json.openapi]).toEqual([200, "3.1.0"]);
    }
    expect((await ask("/monitoring/cluster_health", { host: "prefix.test" })).status).toBe(200);
    expect(await request(front, "/cluster_health", { method: "HEAD" })).toMatchObject({ status: 200, body: "" });
    await service.stop();
    expect((await ask("/health")).status).toBe(502);
  });

  it.each(["localhost", "plain.test"])(
    "passes each event on at once, and answers who waits, without a line of its own for it (%s)",
    async (host) => {
      const client = await listenTo({ port: front, headers: { host, "accept-encoding": "gzip" } });
      expect(client.response.headers).toMatchObject({ "content-type": "text/event-stream" });
      expect(client.response.headers).not.toHaveProperty("content-encoding");
      // Nothing more comes by itself that could fill a buffer.
      await client.heard(({ event, data }) => event === "snapshot" && data.overall_status === "healthy");
      target.response = sendJson(503, {});
      await reload({ services: { a: { url: target.url, critical: true, interval: 1, failures: 1 } } });
      await client.heard(({ event, data }) => event === "transition" && data.to === "unhealthy");
      const waiting = ask("/wait?service=a", { host });
      target.response = sendJson(200, {});
      await client.heard(({ event, data }) => event === "transition" && data.to === "healthy");
      expect((await waiting).json).toMatchObject({ met: true, service: "a", status: "healthy" });
      client.leave();
    },
  );

  it("leaves the ETag weak where it compresses, and what is known is still not sent again", async () => {
    // Nothing is found anew after that.
    await service.saw("overall status is healthy");
    const { headers } = await ask("/cluster_health", { "accept-encoding": "gzip" });
    expect(headers["content-encoding"]).toBe("gzip");
    const known = { "if-none-match": headers["etag"] ?? "" };
    expect(known["if-none-match"]).toMatch(/^W\//);
    expect((await ask("/cluster_health", known)).status).toBe(304);
  });

  it("that sends the name of its upstream, or of the client's choice, is told which line the configuration lacks", async () => {
    const refused = await ask("/cluster_health", { host: "upstream.test" });
    expect(refused).toMatchObject({ status: 421, json: { detail: expect.stringContaining("hosts: [monitoring]") } });
    const named = await ask("/cluster_health", { host: "health.example" });
    expect(named.json.detail).toContain("hosts: [health.example]");
    await reload({ hosts: ["monitoring", "health.example"] });
    for (const host of ["upstream.test", "health.example"]) {
      expect((await ask("/cluster_health", { host })).status).toBe(200);
    }
  });

  it("is one address that may open so many connections, unless it is a trusted proxy", async () => {
    const answers: (() => void)[] = [];
    target.response = (each, response) => void answers.push(() => sendJson(200, {})(each, response));
    const limits = {
      max_connections_per_address: 3,
      services: { new: { url: target.url, critical: true, timeout: 300, interval: 3_600 } },
    };
    await reload(limits);
    const first = held(3);
    await expect.poll(() => openSockets(service.port)).toBe(3);
    expect((await ask("/")).status).toBe(502);
    await reload({ ...limits, trusted_proxies: ["127.0.0.1"] });
    const more = held(3);
    await expect.poll(() => openSockets(service.port)).toBe(6);
    expect((await ask("/")).status).toBe(200);
    for (const answer of answers) answer();
    expect(await Promise.all([...first, ...more])).toEqual([200, 200, 200, 200, 200, 200]);
  });

  it("that is trusted tells whose requests without a token are too many; nobody else is believed", async () => {
    const auth = { ...TEST_AUTH, reads: "token" };
    const from = (localAddress: string, port = front): Promise<number> =>
      new Promise((resolve, reject) => {
        const headers = { "x-forwarded-for": "127.0.0.13" };
        const sent = get({ host: "127.0.0.1", port, localAddress, path: "/stats", headers }, (answer) => {
          answer.resume().once("end", () => resolve(answer.statusCode ?? 0));
        });
        sent.once("error", reject);
      });
    /** More than an address may send, and than is given back meanwhile. */
    const flood = async (localAddress: string, port?: number): Promise<number> => {
      for (;;) if ((await from(localAddress, port)) === 429) return 429;
    };
    await reload({ auth, trusted_proxies: ["127.0.0.1"] });
    expect(await flood("127.0.0.11")).toBe(429);
    expect(await from("127.0.0.12")).toBe(401);
    expect(await from("127.0.0.13", service.port)).toBe(401);
    expect(await flood("127.0.0.14", service.port)).toBe(429);
    expect(await from("127.0.0.13")).toBe(401);
  });
});

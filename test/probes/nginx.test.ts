/** nginx as what is watched, by the built service: what it answers by itself, how it ends connections, and its TLS. */
import { createServer } from "node:net";
import { gzipSync } from "node:zlib";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { CHECK_TYPES } from "../../shared/probes/registry.ts";
import { makeAuthority } from "../support/certificates.ts";
import { configureProbe } from "../support/configured-probe.ts";
import { skipWithout } from "../support/installed.ts";
import { closedPort, listen, type LoopbackServer } from "../support/loopback-server.ts";
import { NGINX, startNginx, type NginxServer } from "../support/nginx-server.ts";
import { makeContext } from "../support/probe-context.ts";
import { request } from "../support/raw-http.ts";
import { startService, type ServiceProcess } from "../support/service-process.ts";
import { WAIT_LIMIT_MS } from "../support/time-limits.ts";

const DAY_MS = 86_400_000;
const TODAY_MS = Math.floor(Date.now() / DAY_MS) * DAY_MS;
const VALIDITY = { validFromMs: TODAY_MS - DAY_MS, validToMs: TODAY_MS + 30 * DAY_MS };
const HOSTS = { ...VALIDITY, hosts: ["127.0.0.1"] };
const own = makeAuthority("Own Authority", VALIDITY);
const stranger = makeAuthority("Stranger", VALIDITY);

interface Ports {
  readonly plain: number;
  readonly trusted: number;
  readonly untrusted: number;
  readonly reluctant: number;
  readonly upstream: number;
  readonly nobody: number;
}

const files = {
  "html/index.html": "It works",
  "html/compressed.json.gz": gzipSync('{"status":"healthy"}'),
  "html/locked/page.html": "not listed",
  ...Object.fromEntries(
    Object.entries({ own: own.issue(HOSTS), stranger: stranger.issue(HOSTS) }).flatMap(([name, { cert, key }]) => [
      [`${name}.crt`, cert],
      [`${name}.key`, key],
    ]),
  ),
};

const secured = (port: number, name: string, more = ""): string =>
  `server { listen 127.0.0.1:${port} ssl; ssl_certificate ${name}.crt; ssl_certificate_key ${name}.key; ${more} }`;

const http = (ports: Ports): string => `
types { text/html html; application/json json; }
server {
  listen 127.0.0.1:${ports.plain};
  keepalive_timeout 1ms;
  location = /moved { return 301 https://127.0.0.1:${ports.trusted}/; }
  location = /compressed.json { gzip_static always; }
  location = /dead { proxy_pass http://127.0.0.1:${ports.nobody}; }
  location = /cut { proxy_pass http://127.0.0.1:${ports.upstream}; }
  location = /silent { return 444; }
}
${secured(ports.trusted, "own")}
${secured(ports.untrusted, "stranger")}
${secured(ports.reluctant, "own", "ssl_client_certificate own.crt; ssl_verify_client on;")}
`;

const ANSWERS: Readonly<Record<string, { readonly at: (ports: Ports) => string; readonly found: object }>> = {
  "its page": { at: ({ plain }) => `http://127.0.0.1:${plain}/`, found: { status: "healthy", data: "It works" } },
  "a redirect": {
    at: ({ plain }) => `http://127.0.0.1:${plain}/moved`,
    found: { status: "unhealthy", reason: "http_status", error: "HTTP 301" },
  },
  "a folder that is not listed": {
    at: ({ plain }) => `http://127.0.0.1:${plain}/locked/`,
    found: { status: "unhealthy", reason: "auth", error: "HTTP 403" },
  },
  "an upstream that is dead": {
    at: ({ plain }) => `http://127.0.0.1:${plain}/dead`,
    found: { status: "unhealthy", reason: "http_status", error: "HTTP 502" },
  },
  "an upstream that breaks off": {
    at: ({ plain }) => `http://127.0.0.1:${plain}/cut`,
    found: { status: "error", reason: "reset", error: "Connection closed before the answer was complete" },
  },
  "no answer at all": {
    at: ({ plain }) => `http://127.0.0.1:${plain}/silent`,
    found: { status: "error", reason: "reset" },
  },
  "what is compressed, asked or not": {
    at: ({ plain }) => `http://127.0.0.1:${plain}/compressed.json`,
    found: { status: "healthy", data: { status: "healthy" } },
  },
  "a certificate of the own authority": {
    at: ({ trusted }) => `https://127.0.0.1:${trusted}/`,
    found: { status: "healthy", certificate_expires_at: new Date(VALIDITY.validToMs).toISOString() },
  },
  "a certificate of a stranger": {
    at: ({ untrusted }) => `https://127.0.0.1:${untrusted}/`,
    found: { status: "error", reason: "tls", error: "Certificate is not trusted" },
  },
  "plain HTTP where TLS is spoken": {
    at: ({ trusted }) => `http://127.0.0.1:${trusted}/`,
    found: { status: "unhealthy", reason: "http_status", error: "HTTP 400" },
  },
  "TLS where plain HTTP is spoken": {
    at: ({ plain }) => `https://127.0.0.1:${plain}/`,
    found: { status: "error", reason: "tls" },
  },
  "a certificate of ours that it misses": {
    at: ({ reluctant }) => `https://127.0.0.1:${reluctant}/`,
    found: { status: "unhealthy", error: "HTTP 400" },
  },
};

describe.skipIf(skipWithout(NGINX))("nginx that is watched (needs nginx)", () => {
  let upstream: LoopbackServer;
  let nginx: NginxServer;
  let service: ServiceProcess;
  let found: Record<string, { health: object }>;
  let ports: Ports;

  beforeAll(async () => {
    upstream = await listen(
      createServer((socket) => {
        const head = "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 1000\r\n\r\n";
        socket.once("data", () => socket.end(`${head}{"status":`));
      }),
    );
    const [plain, trusted, untrusted, reluctant, nobody] = [
      await closedPort(),
      await closedPort(),
      await closedPort(),
      await closedPort(),
      await closedPort(),
    ];
    ports = { plain, trusted, untrusted, reluctant, nobody, upstream: upstream.port };
    nginx = await startNginx({ port: plain, http: http(ports), files: { ...files, "own-ca.pem": own.ca } });
    const services = Object.fromEntries(
      Object.values(ANSWERS).map(({ at }, index) => [`s${index}`, { url: at(ports), interval: 3_600 }]),
    );
    service = await startService({
      config: JSON.stringify({ services }),
      env: { NODE_EXTRA_CA_CERTS: nginx.pathOf("own-ca.pem") },
    });
    found = (await request(service.port, "/cluster_health?fresh=true")).json.services;
  });
  afterAll(async () => {
    await service.stop();
    await nginx.close();
    await upstream.close();
  });

  it.each(Object.keys(ANSWERS))("is seen as what it is: %s", (name) => {
    const index = Object.keys(ANSWERS).indexOf(name);
    expect(found[`s${index}`]?.health).toMatchObject(ANSWERS[name]?.found ?? {});
  });

  it("closes connections that rest, and no probe fails by that", async () => {
    const context = await makeContext();
    const url = `http://127.0.0.1:${ports.plain}/`;
    const probe = configureProbe(CHECK_TYPES.http, { url, pooled: true });
    const statuses = new Set<string>();
    for (let count = 0; count < 200; count += 1) {
      statuses.add((await probe({ ...context, timeoutMs: WAIT_LIMIT_MS })).status);
    }
    await context.close();
    expect([...statuses]).toEqual(["healthy"]);
  });
});

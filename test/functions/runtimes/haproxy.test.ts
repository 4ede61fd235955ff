import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { findProgram, skipWithout } from "../../support/installed.ts";
import { closedPort } from "../../support/loopback-server.ts";
import { request } from "../../support/raw-http.ts";
import { startService } from "../../support/service-process.ts";
import { startTarget } from "../../support/target-server.ts";

const haproxy = findProgram("haproxy");

/** The seed's frontend and backend, on loopback and with quicker checks; the statistics page tells what HAProxy thinks. */
function configuration(ports: { front: number; stats: number; service: number }): string {
  return `
defaults
    mode http
    timeout connect 1s
    timeout client 5s
    timeout server 5s

frontend monitoring_frontend
    bind 127.0.0.1:${ports.front}
    mode http
    default_backend monitoring_servers

backend monitoring_servers
    mode http
    balance roundrobin
    option httpchk GET /health

    server monitoring_primary 127.0.0.1:${ports.service} check inter 100ms fall 3 rise 2

listen stats
    bind 127.0.0.1:${ports.stats}
    stats enable
    stats uri /
`;
}

async function serverStatus(statsPort: number): Promise<{ status: string; check: string }> {
  const { body } = await request(statsPort, "/;csv");
  const [header = "", ...rows] = body.split("\n").map((line) => line.split(","));
  const row = rows.find(([proxy, server]) => proxy === "monitoring_servers" && server === "monitoring_primary") ?? [];
  return { status: row[header.indexOf("status")] ?? "", check: row[header.indexOf("check_status")] ?? "" };
}

describe.skipIf(skipWithout(haproxy))("HAProxy in front (needs haproxy)", () => {
  it("finds the service UP by the seed's option httpchk, passes requests on, and sees it go DOWN", async () => {
    const target = await startTarget();
    const service = await startService({
      config: JSON.stringify({ services: { a: { url: target.url, critical: true } } }),
    });
    const ports = { front: await closedPort(), stats: await closedPort(), service: service.port };
    const folder = mkdtempSync(join(tmpdir(), "haproxy-"));
    writeFileSync(join(folder, "haproxy.cfg"), configuration(ports));
    const proxy = spawn(haproxy ?? "haproxy", ["-db", "-f", join(folder, "haproxy.cfg")], { stdio: "ignore" });
    const ended = once(proxy, "exit");
    try {
      // HAProxy counts two good checks before it says L7OK; each look is a request of its own.
      await expect.poll(() => serverStatus(ports.stats).catch(() => null)).toEqual({ status: "UP", check: "L7OK" });
      const through = await request(ports.front, "/cluster_health");
      expect(through.status).toBe(200);
      expect(Object.keys(through.json.services)).toEqual(["a"]);
      await service.stop();
      await expect.poll(() => serverStatus(ports.stats).then(({ status }) => status)).toBe("DOWN");
    } finally {
      proxy.kill("SIGTERM");
      await ended;
      await service.stop();
      await target.close();
      rmSync(folder, { recursive: true });
    }
  });
});

import { createSocket } from "node:dgram";
import { once } from "node:events";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { expect, it } from "vitest";
import { findProgram, skipWithout } from "../support/installed.ts";
import { request } from "../support/raw-http.ts";
import { startService } from "../support/service-process.ts";
import { startTarget } from "../support/target-server.ts";

/** Where resolvers are sent to: it takes every question and answers none. Port 53 and mounts are root's. */
const SINK = "127.0.0.9";
const UNSHARE = process.getuid?.() === 0 ? findProgram("unshare") : null;

/** More than the four threads that Node has for getaddrinfo, files and compression together. */
const DEAD = Array.from({ length: 8 }, (_, n) => [`http://dead-${n}.test/`, `http://dead${n}/`]).flat();

it.skipIf(skipWithout(UNSHARE))(
  "A name server that is dead hurts only those whose names it knows (needs root and unshare)",
  async () => {
    const folder = mkdtempSync(join(tmpdir(), "monitoring-"));
    const resolvConf = join(folder, "resolv.conf");
    writeFileSync(resolvConf, `nameserver ${SINK}\n`);
    const sink = createSocket("udp4").bind(53, SINK);
    await once(sink, "listening");
    const zipped = gzipSync(JSON.stringify({ status: "healthy" }));
    const target = await startTarget((_request, response) => {
      response.writeHead(200, { "content-type": "application/json", "content-encoding": "gzip" }).end(zipped);
    });
    const quick = { critical: true, timeout: 60, interval: 0.3 };
    const config = {
      services: {
        by_address: { ...quick, url: target.url },
        by_hosts_file: { ...quick, url: `http://localhost:${target.port}/` },
        ...Object.fromEntries(DEAD.map((url, n) => [`dead_${n}`, { url, timeout: 1, interval: 1 }])),
      },
    };
    const within = [String(UNSHARE), "-m", "sh", "-c", 'mount --bind "$1" /etc/resolv.conf; shift; exec "$@"', "sh"];
    const service = await startService({ config: JSON.stringify(config), within: [...within, resolvConf] });
    try {
      const deadStatuses = async () => {
        const { services } = (await request(service.port, "/cluster_health")).json;
        return DEAD.map((_url, n) => services[`dead_${n}`].health);
      };
      const timeout = expect.objectContaining({ status: "timeout", error: "Request timed out" });
      await expect.poll(deadStatuses).toEqual(DEAD.map(() => timeout));
      const seen = target.seen;
      while (target.seen < seen + 10) expect((await request(service.port, "/health")).status).toBe(200);
      for (const id of ["by_address", "by_hosts_file"]) {
        const { samples } = (await request(service.port, `/history/${id}`)).json;
        expect(samples.length).toBeGreaterThan(5);
        expect([id, ...new Set(samples.map(({ status }: { status: string }) => status))]).toEqual([id, "healthy"]);
      }
    } finally {
      // Also when it is held up, by threads that wait for the name server, and ends itself by force: then the code is another one.
      expect(await service.stop()).toBe(0);
      await target.close();
      sink.close();
      rmSync(folder, { recursive: true });
    }
  },
);

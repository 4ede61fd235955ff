/**
 * Every hostile server at once against the built service: its memory and files stay bounded, and a healthy neighbour is well.
 */
import { readdirSync, readFileSync } from "node:fs";
import { expect, it } from "vitest";
import { MISCHIEFS, startHostile, type MischiefName } from "../support/hostile-server.ts";
import { request } from "../support/raw-http.ts";
import { startService } from "../support/service-process.ts";
import { startTarget } from "../support/target-server.ts";

/** Of the standing invariants: the whole service, whatever is done to it. */
const MOST_RSS_BYTES = 200_000_000;
const MOST_FILES = 100;

/** Each hostile server is asked at least this often. */
const ROUNDS = 5;

/** What is wrong with these is their manners: nothing that the service asks for is missing from their answers. */
const MAY_BE_WELL: ReadonlySet<string> = new Set([
  "well",
  "http_early_hints",
  "http_endless_body",
  "http_ten_gigabytes",
  "http_gzip_bomb",
]);

const FLOODS = /^(endless|ten_gigabytes|gzip_bomb|empty_blocks)/;

/** The largest resident set that the kernel has ever seen of it. */
function peakRssBytes(pid: number): number {
  const [, kilobytes] = /VmHWM:\s+(\d+) kB/.exec(readFileSync(`/proc/${pid}/status`, "utf8")) ?? [];
  return Number(kilobytes) * 1024;
}

function openFiles(pid: number): number {
  return readdirSync(`/proc/${pid}/fd`).length;
}

it("A service that watches every hostile server at once stays small, and right about all of them", async () => {
  const names = Object.keys(MISCHIEFS) as MischiefName[];
  const hostile = await Promise.all(names.map(startHostile));
  const target = await startTarget();
  const services = Object.fromEntries(
    names.flatMap((name, index) => {
      // Long enough for a flood to fill the memory if nothing but the deadline ended it.
      const timing = { timeout: FLOODS.test(name) ? 3 : 0.5, interval: 0.3 };
      const address = `127.0.0.1:${hostile[index]?.port}`;
      return [
        [`http_${name}`, { ...timing, url: `http://${address}/` }],
        [`redis_${name}`, { ...timing, check_type: "redis", host: address }],
      ];
    }),
  );
  const well = { well: { url: target.url, critical: true, interval: 0.3, timeout: 60 } };
  const service = await startService({ config: JSON.stringify({ services: { ...services, ...well } }) });
  try {
    let mostFiles = 0;
    const rounds = () => Math.min(...hostile.map(({ accepted }) => accepted / 2));
    while (rounds() < ROUNDS) {
      // A busy machine may make the scheduler late, and that is said.
      expect((await request(service.port, "/health")).json.checks).toMatchObject({ storage: { status: "ok" } });
      mostFiles = Math.max(mostFiles, openFiles(service.pid));
    }
    expect(peakRssBytes(service.pid)).toBeLessThan(MOST_RSS_BYTES);
    expect(mostFiles).toBeLessThan(MOST_FILES);
    const shown = (await request(service.port, "/cluster_health")).json;
    const wronglyWell = Object.entries<{ health: { status: string } }>(shown.services)
      .filter(([id, { health }]) => health.status === "healthy" && !MAY_BE_WELL.has(id))
      .map(([id]) => id);
    expect(wronglyWell).toEqual([]);
    const { samples } = (await request(service.port, "/history/well")).json;
    expect(new Set(samples.map((sample: { status: string }) => sample.status))).toEqual(new Set(["healthy"]));
    expect(service.output()).not.toContain('"level":"error"');
  } finally {
    expect(await service.stop()).toBe(0);
    await target.close();
    for (const server of hostile) await server.close();
  }
});

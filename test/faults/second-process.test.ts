import Database from "better-sqlite3";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, it } from "vitest";
import { request } from "../support/raw-http.ts";
import { startService, type ServiceProcess } from "../support/service-process.ts";
import { startTarget } from "../support/target-server.ts";

/** Enough for the slower process to meet commits of the other one. */
const SWEEPS = 5;

it("Two processes on one new database both keep answering, history has no doubles, and either goes on alone", async () => {
  const folder = mkdtempSync(join(tmpdir(), "monitoring-"));
  const target = await startTarget();
  const config = JSON.stringify({ services: { a: { url: target.url, critical: true, interval: 1 } } });
  const services = await Promise.all([startService({ config, folder }), startService({ config, folder })]);
  const sqlite = new Database(join(folder, "test.db"), { readonly: true });
  const generation = sqlite.prepare<[], number>("select generation from snapshot").pluck();
  const sweeps = sqlite.prepare<[], number>("select count(*) from sweeps").pluck();
  const generations: number[] = [];

  /** Asks every process until that many sweeps are stored. */
  async function watch(asked: readonly ServiceProcess[], untilSweeps: number): Promise<void> {
    while ((sweeps.get() ?? 0) < untilSweeps) {
      generations.push(generation.get() ?? 0);
      for (const { port } of asked) {
        expect((await request(port, "/cluster_health")).status).toBe(200);
        expect((await request(port, "/health")).status).toBe(200);
      }
    }
  }

  try {
    await watch(services, SWEEPS);
    await Promise.any(services.map(({ saw }) => saw("another process committed first")));
    const [first, second] = services;
    expect(await first.stop()).toBe(0);
    await watch([second], (sweeps.get() ?? 0) + SWEEPS);
    expect(generations).toEqual(generations.toSorted((left, right) => left - right));
    expect(sqlite.prepare("select sweep_count from snapshot").pluck().get()).toBe(sweeps.get());
    const doubles = sqlite.prepare("select count(*) - count(distinct service_id || checked_at_ms) from checks").pluck();
    expect(doubles.get()).toBe(0);
    for (const { output } of services) {
      expect(output()).not.toContain('"level":"error"');
      expect(output().split("another process committed first").length - 1).toBeLessThanOrEqual(1);
    }
  } finally {
    sqlite.close();
    for (const service of services) expect(await service.stop()).toBe(0);
    await target.close();
    rmSync(folder, { recursive: true });
  }
});

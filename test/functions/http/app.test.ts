import { afterEach, describe, expect, it } from "vitest";
import type { MonitorContext } from "../../../functions/context.ts";
import { createApp } from "../../../functions/http/app.ts";
import { respondWithReadable } from "../../../functions/http/event-stream.ts";
import { createRates } from "../../../functions/http/rates.ts";
import { SharedOutlooks } from "../../../functions/live/shared-outlooks.ts";
import { openStorage } from "../../../functions/storage.ts";
import { createCommitPoll } from "../../../shared/common/commit-poll.ts";
import { StatusBoards } from "../../../shared/domain/monitoring/status-board.ts";
import type { Log } from "../../../shared/ports/log.ts";
import type { SweeperStatus } from "../../../shared/ports/sweeper.ts";
import { configOf } from "../../support/fake-config.ts";
import { fakeService } from "../../support/fake-service.ts";
import { NO_HTTP, sweepBench, testCluster, type SweepBench } from "../../support/probe-loop-bench.ts";

const benches: SweepBench[] = [];

/** The API over a real store, with a probe loop that the test can make ill. */
async function service(ill: Partial<SweeperStatus> = {}) {
  const services = [fakeService("a"), fakeService("b", { critical: false })];
  const bench = sweepBench(services);
  benches.push(bench);
  await bench.loop.start();
  const cluster = testCluster(services);
  const log: Log = { write: (level, message) => bench.logged.push(`${level} ${message}`) };
  const live = {
    ...openStorage(bench.database.db, { log, turns: null, faults: () => [] }),
    clock: bench.clock,
    snapshots: { read: () => bench.store.readSnapshot() },
    boards: new StatusBoards(),
    commits: createCommitPoll(bench.clock),
  };
  const context: MonitorContext = {
    ...live,
    log,
    hostStats: { current: () => ({ cpuPercent: null, memory: null, disk: null }) },
    sweeper: {
      apply: async () => "done",
      round: () => bench.loop.round(),
      refresh: (maxAgeMs) => bench.loop.refresh(maxAgeMs),
      status: () => ({ ...bench.loop.status(), ...ill }),
    },
    http: NO_HTTP,
    resolveName: null,
    turns: null,
    respondWithEvents: respondWithReadable,
    compress: null,
    assets: new Map(),
    startedAtMs: bench.clock.nowMs(),
    cluster: () => cluster,
    config: () => configOf("services: { a: { url: fake://a } }"),
    hostNames: () => new Set(),
    rates: createRates(),
    outlooks: new SharedOutlooks({ ...live, cluster: () => cluster }),
    pasts: { of: async () => new Map() },
    events: {
      begin: () => ({ place: null, isOurs: false, alertsUpTo: 0, board: null }),
      next: async (told) => ({ told, bytes: null }),
    },
    pages: { of: (_key, make) => make() },
    nowView: {
      begin: () => ({ rendering: null, place: null, board: null }),
      next: async (told) => ({ told, bytes: null }),
    },
    listeners: { admit: () => () => {} },
    publicStatus: { read: async () => null },
    provenance: () => ({ source: "test", loadedAtMs: 0, refused: null, written: () => null }),
  };
  const app = createApp();
  const get = async (path: string) => {
    const request = new Request(`http://localhost${path}`, { headers: { host: "localhost" } });
    const response = await app.fetch(request, { ...context, address: null, goOn() {} });
    const text = await response.text();
    return { status: response.status, headers: response.headers, text, json: JSON.parse(text) };
  };
  return { ...bench, get };
}

afterEach(async () => {
  for (const bench of benches.splice(0)) await bench.close();
});

describe("GET /health", () => {
  it("answers 503 and names the scheduler when a service is overdue", async () => {
    const { get } = await service({ schedulerWorks: false });
    const { status, json } = await get("/health");
    expect(status).toBe(503);
    expect(json).toMatchObject({
      status: "unhealthy",
      checks: { scheduler: { status: "failing" }, storage: { status: "ok" } },
    });
  });

  it("answers 503 and names the storage when the last commit failed", async () => {
    const { get } = await service({ storageWorks: false });
    const { status, json } = await get("/health");
    expect([status, json.checks.storage.status]).toEqual([503, "failing"]);
  });

  it("answers 503 within the same shape when the database cannot be read", async () => {
    const { get, database, logged } = await service();
    database.sqlite.exec("drop table tiers");
    const { status, json } = await get("/health");
    expect(status).toBe(503);
    expect(json).toMatchObject({ status: "unhealthy", last_check: null, services_monitored: 2 });
    expect(logged).toContain("error health check cannot read storage");
  });
});

describe("GET /cluster_health", () => {
  it("shows what has gone stale as unknown although nothing was committed since", async () => {
    const { get, clock, loop } = await service();
    await clock.advance(2_000);
    const fresh = await get("/cluster_health");
    expect(fresh.json.overall_status).toBe("healthy");
    await loop.stop();
    await clock.advance(600_000);
    const stale = await get("/cluster_health");
    expect(stale.json).toMatchObject({ overall_status: "unknown", timestamp: fresh.json.timestamp });
    expect(stale.json.services.a.health).toMatchObject({ status: "unknown", reason: "stale", response_time: null });
    expect(stale.json.alerts).toEqual([
      "WARNING: Service a is unknown - No fresh check",
      "WARNING: Service b is unknown - No fresh check",
    ]);
    expect(stale.headers.get("etag")).not.toBe(fresh.headers.get("etag"));
    expect(Number(stale.headers.get("age"))).toBeGreaterThan(500);
  });
});

describe("errors", () => {
  it("become a fixed text on the wire and their details go to the log, once", async () => {
    const { get, database, logged } = await service();
    database.sqlite.exec("drop table sweeps");
    const { status, json, text } = await get("/history");
    expect([status, json.type]).toEqual([500, "urn:problem:internal"]);
    expect(text).not.toContain("sweeps");
    expect(logged.filter((line) => line === "error request failed")).toHaveLength(1);
  });
});

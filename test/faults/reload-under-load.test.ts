import Database from "better-sqlite3";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, it } from "vitest";
import { request } from "../support/raw-http.ts";
import { startService } from "../support/service-process.ts";
import { sendJson, startTarget } from "../support/target-server.ts";

const RELOADS = 24;
const READERS = 4;
const PATHS = ["/cluster_health", "/alerts", "/history?limit=5", "/health", "/history/stays"];

/** A reload every few milliseconds, every third one with a file that is not even YAML. */
it("Reloads under load fail no request, lose no check of a service that stays, and end those that go as unknown", async () => {
  const folder = mkdtempSync(join(tmpdir(), "monitoring-"));
  const target = await startTarget((request_, response) => setTimeout(() => sendJson(200, {})(request_, response), 20));
  const other = await startTarget();
  const stays = { url: target.url, critical: true, interval: 0.2 };
  const guest = { url: other.url, interval: 0.2 };
  const files = [
    JSON.stringify({ services: { stays, comes: guest } }),
    "services: {stays: [",
    JSON.stringify({ services: { stays, goes: guest } }),
  ];
  const service = await startService({ config: String(files[2]), folder });
  await request(service.port, "/cluster_health?fresh=true");
  let isLoaded = true;
  const readers = Array.from({ length: READERS }, async (_, reader) => {
    for (let asked = reader; isLoaded; asked += 1) {
      const { status, json } = await request(service.port, PATHS[asked % PATHS.length] ?? "/");
      expect([status, typeof json]).toEqual([200, "object"]);
    }
  });
  try {
    for (let reload = 0; reload <= RELOADS; reload += 1) {
      const from = service.output().length;
      const isBroken = reload % 3 === 1;
      service.writeConfig(String(files[reload % 3]));
      service.signal("SIGHUP");
      await service.saw(isBroken ? "the old one stays in force" : "configuration reloaded", from);
    }
    isLoaded = false;
    await Promise.all(readers);
    // The last one was good: `goes` is gone.
    const shown = (await request(service.port, "/cluster_health?fresh=true")).json;
    expect(Object.keys(shown.services)).toEqual(["stays", "comes"]);
    const errors = service.output().match(/"level":"error".*/g) ?? [];
    expect(errors.filter((line) => !line.includes("the old one stays in force"))).toEqual([]);
    expect(errors).toHaveLength(RELOADS / 3);
  } finally {
    isLoaded = false;
    expect(await service.stop()).toBe(0);
    await target.close();
    await other.close();
  }
  const sqlite = new Database(join(folder, "test.db"), { readonly: true });
  const statuses = sqlite.prepare("select distinct status from checks where service_id = 'stays'").pluck().all();
  expect(statuses).toEqual(["healthy"]);
  const stored =
    sqlite.prepare<[], number>("select count(*) from checks where service_id = 'stays'").pluck().get() ?? 0;
  // The one that was under way when the service ended.
  expect(target.seen - stored).toBeLessThanOrEqual(1);
  const last = sqlite.prepare(
    "select to_status, reason from transitions where service_id = 'goes' order by at_ms desc",
  );
  expect(last.get()).toEqual({ to_status: "unknown", reason: "not_checked" });
  sqlite.close();
  rmSync(folder, { recursive: true });
});

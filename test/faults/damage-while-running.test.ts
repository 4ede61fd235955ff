import Database from "better-sqlite3";
import { mkdtempSync, readFileSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, it } from "vitest";
import { overwrite, PAGE_BYTES, writeHistory } from "../support/database-states.ts";
import { request } from "../support/raw-http.ts";
import { startService } from "../support/service-process.ts";
import { sendJson, startTarget } from "../support/target-server.ts";

const DAMAGED_ALERT =
  "WARNING: Monitoring is degraded - The database is damaged; restart the service to move it aside and start anew";

/** https://sqlite.org/fileformat.html#the_database_header */
const FIRST_FREE_PAGE_OFFSET = 32;

/** Only writing meets this damage, and not before the free pages are needed. */
function destroyFreePages(path: string): void {
  const sqlite = new Database(path, { readonly: true });
  const free = sqlite.pragma("freelist_count", { simple: true });
  sqlite.close();
  expect(free).toBeGreaterThan(0);
  const trunk = readFileSync(path).readUInt32BE(FIRST_FREE_PAGE_OFFSET);
  overwrite(path, (trunk - 1) * PAGE_BYTES, new Uint8Array(PAGE_BYTES).fill(0xff));
}

it("Damage that only a commit meets is told once, costs history and not sight, and is healed by a restart", async () => {
  const folder = mkdtempSync(join(tmpdir(), "monitoring-"));
  const path = join(folder, "test.db");
  await writeHistory(path, 600, Date.now());
  destroyFreePages(path);
  const target = await startTarget(sendJson(200, { status: "healthy", text: "x".repeat(3_000) }));
  const watched = { url: target.url, critical: true, interval: 1 };
  // Several large answers a second need new pages soon.
  const config = JSON.stringify({ services: { a: watched, b: watched, c: watched, d: watched } });
  const first = await startService({ config, folder });
  try {
    await first.saw("database is damaged");
    await first.saw("checks are held");
    expect((await request(first.port, "/health")).status).toBe(503);
    const shown = (await request(first.port, "/cluster_health?fresh=true")).json;
    expect(shown.alerts).toContain(DAMAGED_ALERT);
    expect(shown.services.a.health.status).toBe("healthy");
    expect(first.output().split("database is damaged").length - 1).toBe(1);
  } finally {
    expect(await first.stop()).toBe(0);
  }
  const second = await startService({ config, folder });
  try {
    expect(second.output()).toContain("moved aside");
    expect(readdirSync(folder).filter((name) => name.endsWith(".damaged"))).toEqual([]);
    expect((await request(second.port, "/health")).status).toBe(200);
  } finally {
    await second.stop();
    await target.close();
    rmSync(folder, { recursive: true });
  }
});

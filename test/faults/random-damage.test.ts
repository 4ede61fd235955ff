import { copyFileSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, truncateSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { watchDamage } from "../../shared/node/damaged-database.ts";
import { openDatabaseFile } from "../../shared/node/database-file.ts";
import { DatabaseFault } from "../../shared/node/database-fault.ts";
import { sqliteAsD1 } from "../../shared/node/sqlite-d1.ts";
import { proveReadable } from "../../shared/storage/prove-readable.ts";
import { EVERYTHING, HOUR, T0 } from "../support/checks.ts";
import { overwrite, PAGE_BYTES, writeHistory } from "../support/database-states.ts";
import { FakeClock } from "../support/fake-clock.ts";
import { fakeService } from "../support/fake-service.ts";
import { request } from "../support/raw-http.ts";
import { startService } from "../support/service-process.ts";
import { MIGRATIONS } from "../support/sqlite-database.ts";
import { sweepBench } from "../support/probe-loop-bench.ts";

const DAMAGES = 60;
const PROCESSES = 5;
const CONFIG = JSON.stringify({ services: { a: { url: "http://127.0.0.1:1/" } } });

let folder: string;
let intact: string;

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), "monitoring-"));
  intact = join(folder, "intact.db");
  await writeHistory(intact, 3_000, T0);
});

afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** mulberry32: the same damages in every run, so that one that hurts can be looked at. */
function randomOf(seed: number): (below: number) => number {
  let state = seed;
  return (below) => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) % below;
  };
}

/** 64 random bytes somewhere, one page lost, one page of another place, or the end cut off. */
function damage(path: string, seed: number): string {
  const random = randomOf(seed);
  const size = statSync(path).size;
  // Half of them near the beginning, where schema and the small tables are.
  const offset = random(random(2) === 0 ? 10 * PAGE_BYTES : size);
  const page = offset - (offset % PAGE_BYTES);
  const kinds: Record<string, () => void> = {
    bytes: () =>
      overwrite(
        path,
        offset,
        Uint8Array.from({ length: 64 }, () => random(256)),
      ),
    "lost page": () => overwrite(path, page, new Uint8Array(PAGE_BYTES)),
    "misplaced page": () => {
      const from = random(size / PAGE_BYTES) * PAGE_BYTES;
      overwrite(path, page, readFileSync(path).subarray(from, from + PAGE_BYTES));
    },
    cut: () => truncateSync(path, offset),
  };
  const kind = Object.keys(kinds)[random(4)] ?? "bytes";
  kinds[kind]?.();
  return `${kind} at ${offset}`;
}

interface Life {
  readonly end: "works" | "damage found" | "refused";
  readonly wasMoved: boolean;
}

/** One life of the service: opens the file, sweeps, reads its history and ends. */
async function liveWith(path: string): Promise<Life> {
  const clock = new FakeClock(T0 + HOUR);
  let wasMoved = false;
  const log = { write: (_level: string, message: string) => void (wasMoved ||= message.includes("moved aside;")) };
  const nowMs = (): number => clock.nowMs();
  try {
    const prove = (opened: Parameters<typeof sqliteAsD1>[0]) => proveReadable(sqliteAsD1(opened));
    const sqlite = await openDatabaseFile({ path, migrationsFolder: MIGRATIONS, log, nowMs, prove });
    const watch = watchDamage(path, log);
    const database = { db: sqliteAsD1(sqlite, watch.onError), sqlite, path, close: () => sqlite.close() };
    const bench = sweepBench([fakeService("a", { intervalMs: 1_000 }), fakeService("b")], { database, clock });
    await bench.loop.start();
    await clock.advance(5_000);
    await bench.store.listSweeps(EVERYTHING).catch(() => []);
    const { storageWorks } = bench.loop.status();
    expect(bench.commits.at(-1)?.moment.checks.get("a")?.status).toBe("healthy");
    await bench.close();
    sqlite.close();
    expect(storageWorks || watch.faults(nowMs())[0]?.includes("restart")).toBe(true);
    return { end: storageWorks ? "works" : "damage found", wasMoved };
  } catch (error) {
    if (error instanceof DatabaseFault) return { end: "refused", wasMoved };
    throw error;
  }
}

describe("random damage to a database with thousands of checks", () => {
  it("never keeps the service from starting and showing what it sees; at the latest the next start can store again", async () => {
    const ends: Record<string, number> = {};
    for (let seed = 1; seed <= DAMAGES; seed += 1) {
      const path = join(folder, `${seed}.db`);
      copyFileSync(intact, path);
      const what = damage(path, seed);
      const first = await liveWith(path);
      const second = await liveWith(path);
      expect([what, second.end]).toEqual([what, first.end === "refused" ? "refused" : "works"]);
      if (first.end === "damage found") expect([what, second.wasMoved]).toEqual([what, true]);
      const key = first.end === "works" && first.wasMoved ? "moved aside" : first.end;
      ends[key] = (ends[key] ?? 0) + 1;
      for (const name of readdirSync(folder)) if (name.startsWith(`${seed}.db`)) rmSync(join(folder, name));
    }
    expect(ends["refused"] ?? 0).toBeLessThanOrEqual(2);
    expect(ends["moved aside"]).toBeGreaterThan(5);
  });

  it("is survived by the whole process as well", async () => {
    for (let seed = 101; seed <= 100 + PROCESSES; seed += 1) {
      const own = mkdtempSync(join(folder, "process-"));
      copyFileSync(intact, join(own, "test.db"));
      damage(join(own, "test.db"), seed);
      const service = await startService({ config: CONFIG, folder: own });
      expect((await request(service.port, "/health")).status).toBe(200);
      expect(await service.stop()).toBe(0);
    }
  });
});

import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { healthDocument } from "../../shared/domain/monitoring/health-document.ts";
import type { ArchiveStore, Store, UnreadableValue } from "../../shared/ports/store.ts";
import { createD1Store } from "../../shared/storage/d1-store.ts";
import { cleanUp } from "../../shared/usecases/housekeeping/clean-up.ts";
import { EVERYTHING, HOUR, T0 } from "../support/checks.ts";
import { sqliteTestDatabase, type TestDatabase } from "../support/sqlite-database.ts";
import { commitSweeps, steadySweeps } from "../support/stored-sweeps.ts";

const YEAR = 365 * 24 * HOUR;
const END_OF_TIME = Number.MAX_SAFE_INTEGER;
/** Three hours and a bit, a sweep every half minute: two hours in blocks, the rest in the head. */
const SWEEPS = 400;
const PER_HOUR = 120;
const NOW = T0 + SWEEPS * 30_000;

let database: TestDatabase;
let store: Store & ArchiveStore;
let notifiedChannels: UnreadableValue[];

beforeEach(async () => {
  database = sqliteTestDatabase();
  database.sqlite.pragma("synchronous = OFF");
  notifiedChannels = [];
  store = createD1Store(database.db, { onUnreadable: (value) => notifiedChannels.push(value) });
  await commitSweeps(store, steadySweeps(SWEEPS, T0), (index) => T0 + index * 30_000);
  await cleanUp(store, NOW, YEAR);
});
afterEach(() => database.close());

/** Replaces one stored value. */
function damage(table: string, column: string, { where, value }: { where: string; value: string | Buffer }): void {
  const { changes } = database.sqlite.prepare(`update ${table} set ${column} = ? where ${where}`).run(value);
  expect(changes).toBe(1);
}

const places = (): string[] => notifiedChannels.map(({ table, key }) => `${table} ${key}`);
const times = async (): Promise<number[]> => (await store.listSweeps(EVERYTHING)).map(({ atMs }) => atMs);
const samples = (id: string) => store.listSamples(id, 0, END_OF_TIME);

describe("a stored value that cannot be read", () => {
  it.each([
    ["of a form that is not ours", Buffer.from([9, 0, 0])],
    ["with a sample less", Buffer.from([1, ...Array.from({ length: PER_HOUR - 2 }, () => 0)])],
    ["that is a text", "[0,0,0]"],
  ])("costs the checks of its block only, and is told once however often it is met: %s", async (_what, value) => {
    const before = await times();
    const own = await samples("a");
    const other = await samples("b");
    damage("hour_blocks", "gaps", { where: `service_id = 'a' and hour_ms = ${T0}`, value });
    for (let read = 0; read < 2; read += 1) {
      expect(await times()).toEqual(before);
      expect(await samples("a")).toEqual(own.slice(PER_HOUR));
      expect(await samples("b")).toEqual(other);
    }
    expect(places()).toEqual([
      `hour_blocks service_id a, hour_ms ${T0}`,
      // The same row, met by the reader of samples.
      `hour_blocks service_id a, from ${T0}`,
    ]);
  });

  it("costs the sweeps of its hour only when it is their list", async () => {
    const before = await times();
    const own = await samples("a");
    damage("hour_sweeps", "payload", { where: `hour_ms = ${T0 + HOUR}`, value: Buffer.from("not deflated") });
    expect(await times()).toEqual(before.filter((atMs) => atMs < T0 + HOUR || atMs >= T0 + 2 * HOUR));
    expect(await samples("a")).toEqual(own);
    expect(places()).toEqual([`hour_sweeps hour_ms ${T0 + HOUR}`]);
  });

  it("costs its own sweep only when it is one of the head", async () => {
    const before = await times();
    const [newest = 0] = before;
    damage("sweeps", "checks", { where: `at_ms = ${newest}`, value: '[["a",-3,200,"hexlthy"]]' });
    expect(await times()).toEqual(before.slice(1));
    expect((await store.listSweeps({ ...EVERYTHING, serviceId: "a", limit: 1 }))[0]?.atMs).toBe(before[1]);
    expect(await samples("a")).not.toContainEqual(expect.objectContaining({ status: "hexlthy" }));
    expect(places()).toEqual([`sweeps at_ms ${newest}`]);
  });

  it("is no reason to show a state that is not known: after a damaged keyframe the next one counts", async () => {
    const before = await store.listSweeps({ ...EVERYTHING, limit: 40 });
    const page = before.slice(0, 3);
    const keyframes = database.sqlite
      .prepare<[number], number>(
        "select at_ms from sweeps where keyframe is not null and at_ms <= ? order by at_ms desc",
      )
      .pluck();
    const oldest = page.at(-1)?.atMs ?? 0;
    const keyframe = keyframes.get(oldest) ?? 0;
    damage("sweeps", "keyframe", { where: `at_ms = ${keyframe}`, value: "[" });
    const shown = await store.listSweeps({ ...EVERYTHING, limit: 3 });
    for (const moment of shown) expect(before).toContainEqual(moment);
    expect(places()).toContain(`sweeps at_ms ${keyframe}`);
  });

  it("never keeps the rest from being read, whichever byte has flipped", async () => {
    const values: [table: string, column: string, where: string][] = [
      ["hour_blocks", "gaps", `service_id = 'a' and hour_ms = ${T0}`],
      ["hour_blocks", "response_times", `service_id = 'a' and hour_ms = ${T0}`],
      ["hour_blocks", "verdicts", `service_id = 'b' and hour_ms = ${T0}`],
      ["hour_blocks", "details", `service_id = 'a' and hour_ms = ${T0}`],
      ["hour_sweeps", "payload", `hour_ms = ${T0}`],
      ["sweeps", "checks", "at_ms = (select max(at_ms) from sweeps)"],
      ["sweeps", "local_node", "at_ms = (select max(at_ms) from sweeps)"],
      ["sweeps", "keyframe", "at_ms = (select max(at_ms) from sweeps where keyframe is not null)"],
      ["recent_samples", "gaps", "service_id = 'a' and from_ms = (select min(from_ms) from recent_samples)"],
    ];
    for (const [table, column, where] of values) {
      const original = database.sqlite.prepare(`select ${column} from ${table} where ${where}`).pluck().get();
      const bytes = Buffer.from(original as string | Buffer);
      for (let flip = 0; flip < 12; flip += 1) {
        const flipped = Buffer.from(bytes);
        const position = Math.floor((flip * bytes.length) / 12);
        flipped.writeUInt8(flipped.readUInt8(position) ^ (1 << (flip % 7)), position);
        damage(table, column, { where, value: typeof original === "string" ? flipped.toString() : flipped });
        const page = await store.listSweeps({ ...EVERYTHING, beforeMs: T0 + HOUR + 60_000, limit: 20 });
        for (const moment of [...page, ...(await store.listSweeps({ ...EVERYTHING, limit: 5 }))]) {
          expect(JSON.stringify(healthDocument(moment))).toContain("overall_status");
        }
        const all = [...(await samples("a")), ...(await samples("b"))];
        expect(all.length).toBeGreaterThan(SWEEPS - PER_HOUR);
        for (const { checkedAtMs } of all) expect(new Date(checkedAtMs).toISOString()).toMatch(/Z$/);
      }
      damage(table, column, { where, value: original as string | Buffer });
    }
  });
});

describe("cleanup that meets a sweep it cannot read", () => {
  it.each([
    ["which is no JSON", "[["],
    ["with a negative response time", '[["a",-3,-200,"healthy"]]'],
    ["with half a millisecond", '[["a",0.5,200,"healthy"]]'],
  ])(
    "archives the rest of its hour, takes the sweep off the count, tells of it, and goes on: %s",
    async (_what, value) => {
      const before = await times();
      const [lost = 0] = before.filter((atMs) => atMs < T0 + 3 * HOUR);
      damage("sweeps", "checks", { where: `at_ms = ${lost}`, value });
      const { archivedHours } = await cleanUp(store, NOW + 3 * HOUR, YEAR);
      expect(archivedHours).toBe(2);
      expect(places()).toEqual([`sweeps at_ms ${lost}`]);
      expect(await times()).toEqual(before.filter((atMs) => atMs !== lost));
      expect(await store.countSweeps()).toBe(SWEEPS - 1);
    },
  );

  it("does not stop at an hour of which nothing can be read", async () => {
    const before = await times();
    database.sqlite.exec(`update sweeps set local_node = '{' where at_ms < ${T0 + 3 * HOUR}`);
    const { archivedHours } = await cleanUp(store, NOW + 3 * HOUR, YEAR);
    expect(archivedHours).toBe(2);
    const kept = before.filter((atMs) => atMs < T0 + 2 * HOUR || atMs >= T0 + 3 * HOUR);
    expect(await times()).toEqual(kept);
    expect(await store.countSweeps()).toBe(kept.length);
    await cleanUp(store, NOW + 3 * HOUR, YEAR);
    expect(await store.countSweeps()).toBe(kept.length);
  });
});

import { chmodSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import * as states from "../support/database-states.ts";
import { request } from "../support/raw-http.ts";
import { runService, startService, type ServiceProcess } from "../support/service-process.ts";

const CONFIG = JSON.stringify({ services: { a: { url: "http://127.0.0.1:1/", critical: true } } });
const MOVED_ALERT = "WARNING: Monitoring is degraded - The database was damaged and moved aside; history starts anew";
const ASIDE = /^test\.db\.corrupt-\d{8}T\d{9}Z$/;
const NOBODY = 65_534;
const SWEEPS = 300;

let folder: string;
let path: string;
let service: ServiceProcess | null = null;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "monitoring-"));
  path = join(folder, "test.db");
});

afterEach(async () => {
  await service?.stop();
  service = null;
  rmSync(folder, { recursive: true, force: true });
});

async function started(): Promise<ServiceProcess> {
  service = await startService({ config: CONFIG, folder });
  return service;
}

async function alertsOf({ port }: ServiceProcess): Promise<string[]> {
  const shown = (await request(port, "/cluster_health")).json.alerts;
  expect((await request(port, "/alerts")).json.alerts).toEqual(shown);
  return shown;
}

function asideNames(): string[] {
  return readdirSync(folder).filter((name) => name.includes(".corrupt-"));
}

/** Each makes `path` such a file; a history of some hours is there already. */
const DAMAGED: Record<string, () => void> = {
  "a file of zeros": () => writeFileSync(path, new Uint8Array(8_192)),
  "a file that has been erased": () => writeFileSync(path, new Uint8Array(8_192).fill(0xff)),
  "a file of a few bytes": () => writeFileSync(path, "SQLite"),
  "a file cut in the middle": () => states.truncateTo(path, 0.5),
  "a file cut within its first page": () => states.truncateTo(path, 0.01),
  "a file with a damaged header": () => states.overwrite(path, 0, new Uint8Array(16).fill(0xff)),
  "a file with a damaged schema": () => states.overwrite(path, 100, new Uint8Array(3_000).fill(0xff)),
  "a file without the page of the snapshot": () => states.destroyTable(path, "snapshot"),
  "a file without the page of the sweeps": () => states.destroyTable(path, "sweeps"),
  "a file without the page of the transitions": () => states.destroyTable(path, "transitions"),
};

describe("a damaged database", () => {
  for (const [name, damage] of Object.entries(DAMAGED)) {
    it(`is moved aside, and the service starts anew and says so: ${name}`, async () => {
      await states.writeHistory(path, SWEEPS, Date.now());
      damage();
      const damaged = readFileSync(path);
      const { port, output } = await started();
      expect((await request(port, "/health")).status).toBe(200);
      const [aside = "", ...others] = asideNames().filter((each) => ASIDE.test(each));
      expect(others).toEqual([]);
      expect(readFileSync(join(folder, aside))).toEqual(damaged);
      const errors = output()
        .split("\n")
        .filter((line) => line.includes('"level":"error"'));
      expect(errors).toHaveLength(1);
      expect(errors[0]).toContain(path);
      expect(errors[0]).toContain(aside);
      if (service) expect(await alertsOf(service)).toContain(MOVED_ALERT);
    });
  }

  it("takes its WAL along, is moved once, and stays in the alerts over a restart", async () => {
    await states.writeHistory(path, SWEEPS, Date.now());
    states.overwrite(path, 0, new Uint8Array(16));
    writeFileSync(`${path}-wal`, "what was committed last");
    const first = await started();
    const wal = asideNames().find((name) => name.endsWith("Z-wal")) ?? "none";
    expect(readFileSync(join(folder, wal), "utf8")).toBe("what was committed last");
    const moved = asideNames();
    await first.stop();
    const second = await started();
    expect(asideNames()).toEqual(moved);
    expect(second.output()).not.toContain("moved aside");
    expect(await alertsOf(second)).toContain(MOVED_ALERT);
  });
});

describe("a database that is used as it is", () => {
  for (const [name, prepare] of Object.entries({
    "no file": () => rmSync(path),
    "an empty file": () => writeFileSync(path, ""),
    "no file, in a folder that does not exist": () => {
      path = join(folder, "deep", "er", "test.db");
    },
  })) {
    it(`is begun anew without a word: ${name}`, async () => {
      await states.writeHistory(path, 3, Date.now());
      prepare();
      service = await startService({ config: CONFIG, folder, env: { MONITORING_DB: path } });
      expect((await request(service.port, "/health")).status).toBe(200);
      expect(await alertsOf(service)).not.toContain(MOVED_ALERT);
      expect(asideNames()).toEqual([]);
    });
  }

  for (const [name, prepare] of Object.entries({
    "as the service left it": () => {},
    "from before files were marked": () => states.removeMark(path),
  })) {
    it(`keeps its history: ${name}`, async () => {
      await states.writeHistory(path, SWEEPS, Date.now());
      prepare();
      const { port } = await started();
      expect((await request(port, "/history?limit=1")).json.count).toBeGreaterThanOrEqual(SWEEPS);
      expect(asideNames()).toEqual([]);
    });
  }
});

describe("a database in which a value is damaged", () => {
  for (const [name, sql] of Object.entries({
    "the checks of the snapshot": "update snapshot set checks = '{bro'",
    "what alerting remembers": "update snapshot set alerting = '{bro'",
    "the generation": "update snapshot set generation = 'x'",
    "the newest sweep": "update sweeps set checks = '{bro' where at_ms = (select max(at_ms) from sweeps)",
    "the boundary of the tiers": "update tiers set archived_until_ms = 'x'",
    "the services": "update rosters set content = '{bro'",
  })) {
    it(`is used, and says so once; everything else is kept: ${name}`, async () => {
      await states.writeHistory(path, SWEEPS, Date.now());
      states.run(path, "insert into baselines values ('a', '1in5drl:[\"1a\",41]')", sql);
      const { port, output } = await started();
      expect((await request(port, "/health")).status).toBe(200);
      expect((await request(port, "/alerts")).status).toBe(200);
      // A sweep of its own.
      expect((await request(port, "/cluster_health?fresh=true")).status).toBe(200);
      const { history, count } = (await request(port, "/history?limit=300")).json;
      expect(history.length).toBeGreaterThanOrEqual(SWEEPS - 1);
      expect(count).toBeGreaterThanOrEqual(SWEEPS);
      expect(Object.keys(history[0].services)).toEqual(["a"]);
      expect(output().split("stored value cannot be read").length - 1).toBe(1);
      expect([asideNames(), states.countRows(path, "baselines")]).toEqual([[], 1]);
    });
  }
});

describe("a database that must not be touched", () => {
  for (const [name, prepare, words] of [
    ["of another program", () => states.writeForeign(path, 0), "another program"],
    ["of another program that marks its files", () => states.writeForeign(path, 0x47504b47), "another program"],
    ["that is a cluster.yaml", () => writeFileSync(path, CONFIG), "text file"],
    ["that is a short note", () => writeFileSync(path, "\n"), "text file"],
    ["that is a long text", () => writeFileSync(path, `x${"ä€\n".repeat(9_999)}`), "text file"],
    ["that is a dump of SQLite", () => writeFileSync(path, "SQLite format 3 is what I use\n"), "text file"],
    ["of a newer version", () => states.makeNewer(path), "newer version"],
  ] as const) {
    it(`is refused with 78 and advice, and stays the same byte for byte: ${name}`, async () => {
      if (words === "newer version") await states.writeHistory(path, 10, Date.now());
      prepare();
      const before = readFileSync(path);
      const files = readdirSync(folder);
      const { code, output } = await runService({ config: CONFIG, folder });
      expect([code, output.trim().split("\n").length]).toEqual([78, 1]);
      for (const word of [path, words, "MONITORING_DB"]) expect(output).toContain(word);
      expect(readFileSync(path)).toEqual(before);
      expect(readdirSync(folder)).toEqual([...files, "cluster.yaml"].sort());
    });
  }
});

describe("a path that cannot be used", () => {
  it("is refused with 78 when it is a folder: no restart would heal that", async () => {
    mkdirSync(path);
    const { code, output } = await runService({ config: CONFIG, folder });
    expect([code, output.trim().split("\n").length]).toEqual([78, 1]);
    expect(output).toContain(`${path}: the database must be a file`);
  });

  const isRoot = process.getuid?.() === 0;
  /** Nothing is read-only for root. */
  const asAnyone = isRoot ? { uid: NOBODY } : {};
  const inTheWay = (): string => join(folder, "file", "test.db");
  for (const [name, prepare, words] of [
    ["a file stands where its folder should be", () => writeFileSync(join(folder, "file"), ""), "cannot be created"],
    ["its folder is missing and cannot be created", () => chmodSync(folder, 0o555), "cannot be created"],
    ["its folder is read-only", () => mkdirSync(join(folder, "file"), { mode: 0o555 }), "cannot be written to"],
  ] as const) {
    it(`costs history, not sight, and is used as soon as it can be: ${name}`, async () => {
      writeFileSync(join(folder, "cluster.yaml"), CONFIG);
      chmodSync(folder, 0o777);
      prepare();
      const env = { MONITORING_DB: inTheWay() };
      const running = await startService({ config: null, folder, env, ...asAnyone });
      service = running;
      await running.saw("checks are held");
      expect(running.output()).toContain(`${words} (`);
      const { services } = (await request(running.port, "/cluster_health?fresh=true")).json;
      expect(services.a.health.status).toBe("error");
      expect(await alertsOf(running)).toContain("WARNING: Monitoring is degraded - History is not being saved");
      expect((await request(running.port, "/health")).status).toBe(503);
      chmodSync(folder, 0o777);
      rmSync(join(folder, "file"), { recursive: true, force: true });
      await running.saw("storage works again");
      expect((await request(running.port, "/health")).status).toBe(200);
      expect(running.output().split("checks are held").length - 1).toBe(1);
      expect((await request(running.port, "/history/a")).json.samples.length).toBeGreaterThan(0);
    });
  }

  it("that is read-only costs history, not sight, and goes on when it may be written to", async () => {
    await states.writeHistory(path, SWEEPS, Date.now());
    writeFileSync(join(folder, "cluster.yaml"), CONFIG);
    chmodSync(folder, 0o777);
    chmodSync(path, 0o444);
    const running = await startService({ config: null, folder, ...asAnyone });
    service = running;
    await running.saw("checks are held");
    expect(running.output()).toContain(`${path}: the database cannot be written to`);
    chmodSync(path, 0o666);
    await running.saw("storage works again");
    expect((await request(running.port, "/history?limit=1")).json.count).toBeGreaterThan(SWEEPS);
    expect(asideNames()).toEqual([]);
  });
});

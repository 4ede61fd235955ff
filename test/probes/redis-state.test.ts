/**
 * What INFO means: on real servers that are full, that lose their master, that cannot save, and on texts of others.
 */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Redis } from "ioredis";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import type { Json } from "../../shared/domain/monitoring/check.ts";
import { CHECK_TYPES } from "../../shared/probes/registry.ts";
import { describeInfo, judgeInfo, packCounters, parseInfo } from "../../shared/probes/redis-state.ts";
import { closedPort } from "../support/loopback-server.ts";
import { findProgram, skipWithout } from "../support/installed.ts";
import { makeContext, type TestContext } from "../support/probe-context.ts";
import { startRedis } from "../support/redis-server.ts";
import { repeatedProbe } from "../support/repeated-probe.ts";

const open: (() => unknown)[] = [];
afterEach(async () => {
  for (const close of open.splice(0).reverse()) await close();
});

describe.skipIf(skipWithout(findProgram("redis-server")))("a real Redis (needs redis-server)", () => {
  let context: TestContext;
  beforeAll(async () => {
    context = await makeContext();
  });
  afterAll(() => context.close());

  async function start(...args: string[]) {
    const server = (await startRedis({ args })) ?? expect.unreachable("it was there a moment ago");
    open.push(() => server.close());
    const admin = new Redis({ port: server.port, host: "127.0.0.1", lazyConnect: true });
    await admin.connect();
    open.push(() => admin.disconnect());
    return { admin, server, look: repeatedProbe(CHECK_TYPES.redis, { host: server.host }, { context }) };
  }
  /** As a checkpointer does, until it is refused. */
  async function fillUp(admin: Redis, bytes = 10_000): Promise<string> {
    try {
      for (let index = 0; ; index += 1) await admin.set(`checkpoint:${index}`, "x".repeat(bytes));
    } catch (error) {
      return String(error);
    }
  }

  it("is full when nothing more can be written, and well when there is room again", async () => {
    const { admin, look } = await start("--maxmemory", "4mb", "--maxmemory-policy", "noeviction");
    expect(await look()).toMatchObject({ status: "healthy", details: { data: { max_memory_bytes: 4_194_304 } } });
    expect(await fillUp(admin)).toContain("OOM");
    const seen = await look();
    expect(seen).toMatchObject({
      status: "degraded",
      reason: "full",
      message: "Redis: full (maxmemory reached, noeviction): no checkpoint can be written",
      details: { fields: { connected_clients: expect.any(Number) }, data: { memory_policy: "noeviction" } },
    });
    expect((seen.details.data as { memory_percent: number }).memory_percent).toBeGreaterThanOrEqual(100);
    await admin.flushall();
    expect(await look()).toMatchObject({ status: "healthy", reason: null });
  });

  it("is full when it refuses what is larger than the room that is left, until there is room", async () => {
    const { admin, server, look } = await start("--maxmemory", "5mb", "--maxmemory-policy", "noeviction");
    const refuse = async (): Promise<void> => {
      // What a connection has sent counts as long as it is open.
      const writer = new Redis({ port: server.port, host: "127.0.0.1", lazyConnect: true });
      await writer.connect();
      expect(await fillUp(writer, 1_200_000)).toContain("OOM");
      await writer.quit();
    };
    expect(await look()).toMatchObject({ status: "healthy" });
    await refuse();
    const message =
      /^Redis: full \(it answers OOM to what is written at [6-9]\d(\.\d)? % of maxmemory\): no checkpoint can be written$/;
    const full = { status: "degraded", reason: "full", message: expect.stringMatching(message) };
    expect(await look()).toMatchObject(full);
    // Nobody has written since.
    expect(await look()).toMatchObject(full);
    await admin.flushall();
    expect(await look()).toMatchObject({ status: "healthy", reason: null });
    await refuse();
    expect(await look()).toMatchObject(full);
    await admin.config("SET", "maxmemory", "0");
    expect(await look()).toMatchObject({ status: "healthy", reason: null });
  });

  it("is full as well when only what expires may go, and nothing does", async () => {
    const { admin, look } = await start("--maxmemory", "4mb", "--maxmemory-policy", "volatile-lru");
    expect(await fillUp(admin)).toContain("OOM");
    const message = "Redis: full (maxmemory reached, volatile-lru, and no key expires): no checkpoint can be written";
    expect(await look()).toMatchObject({ status: "degraded", reason: "full", message });
  });

  it("is well while it evicts, and says how much, and how often it had what was asked for", async () => {
    const { admin, look } = await start("--maxmemory", "4mb", "--maxmemory-policy", "allkeys-lru");
    expect((await look()).details.data).toMatchObject({ hit_rate_percent: null, evicted_keys: null });
    for (let index = 0; index < 800; index += 1) await admin.set(`key:${index}`, "x".repeat(10_000));
    await admin.set("there", "1");
    for (const key of ["there", "there", "there", "gone"]) await admin.get(key);
    const seen = await look();
    expect(seen).toMatchObject({ status: "healthy", details: { data: { hit_rate_percent: 75 } } });
    expect((seen.details.data as { evicted_keys: number }).evicted_keys).toBeGreaterThan(100);
    expect((await look()).details.data).toMatchObject({ hit_rate_percent: null, evicted_keys: 0 });
    await admin.config("RESETSTAT");
    expect((await look()).details.data).toMatchObject({ evicted_keys: null });
  });

  it("counts nothing across its restart", async () => {
    const { admin, server, look } = await start();
    await look();
    await admin.get("gone");
    admin.disconnect();
    await server.close();
    const again = (await startRedis({ port: server.port })) ?? expect.unreachable("it was there a moment ago");
    open.push(() => again.close());
    const other = new Redis({ port: server.port, host: "127.0.0.1", lazyConnect: true });
    await other.connect();
    open.push(() => other.disconnect());
    await other.get("gone");
    await other.get("gone");
    expect((await look()).details.data).toMatchObject({ hit_rate_percent: null, evicted_keys: null });
    await other.get("gone");
    expect((await look()).details.data).toMatchObject({ hit_rate_percent: 0, evicted_keys: 0 });
  });

  it("is partly down as a replica without its master", async () => {
    const { look } = await start("--replicaof", "127.0.0.1", `${await closedPort()}`);
    expect(await look()).toMatchObject({
      status: "degraded",
      reason: "partly_down",
      message: "Redis: a replica that has lost its master; what it holds may be old",
      details: { data: { role: "replica", master_link: "down" } },
    });
  });

  it("is well as a replica of a master that is, and its master says how many it has", async () => {
    const master = await start("--repl-diskless-sync-delay", "0");
    const replica = await start("--replicaof", "127.0.0.1", `${master.server.port}`);
    await expect.poll(async () => (await replica.look()).status).toBe("healthy");
    expect((await replica.look()).details.data).toMatchObject({ role: "replica", master_link: "up" });
    expect((await master.look()).details.data).toMatchObject({ role: "master", replicas: 1 });
  });

  it("is partly down when it cannot save, whether it then refuses what is written or not", async () => {
    const folder = mkdtempSync(join(tmpdir(), "redis-"));
    const { admin, look } = await start("--dir", folder, "--save", "3600 1");
    await admin.set("key", "value");
    rmSync(folder, { recursive: true });
    await admin.bgsave();
    await expect.poll(async () => (await look()).reason).toBe("partly_down");
    await expect(admin.set("key", "value")).rejects.toThrow("MISCONF");
    await expect(admin.ping()).rejects.toThrow("MISCONF");
    const message = "Redis: it cannot save to disk, and refuses what is written (MISCONF)";
    expect(await look()).toMatchObject({ status: "degraded", message, details: { data: { last_save: "err" } } });
    await admin.config("SET", "stop-writes-on-bgsave-error", "no");
    await admin.set("key", "value");
    const otherwise = "Redis: it could not save to disk, and takes what is written all the same";
    expect(await look()).toMatchObject({ status: "degraded", reason: "partly_down", message: otherwise });
  });

  it("is partly down when it refuses what is written, also for who may not see INFO", async () => {
    const folder = mkdtempSync(join(tmpdir(), "redis-"));
    const { admin, server } = await start("--dir", folder, "--save", "3600 1");
    await admin.call("ACL", "SETUSER", "pinger", "on", ">s3cret-word", "+ping");
    rmSync(folder, { recursive: true });
    await admin.bgsave();
    const settings = { host: server.host, username: "pinger", password: "s3cret-word" };
    const look = repeatedProbe(CHECK_TYPES.redis, settings, { context });
    await expect.poll(async () => (await look()).reason).toBe("partly_down");
  });
});

describe("INFO", () => {
  const judged = (text: string, before: Json = null): string | null =>
    judgeInfo(parseInfo(text), { refusesWrites: false, before })?.reason ?? null;

  it.each([
    ["aof_enabled:1\r\naof_last_write_status:err\r\n", "partly_down"],
    ["aof_enabled:0\r\naof_last_write_status:err\r\n", null],
    ["used_memory:100\r\nmaxmemory:0\r\nmaxmemory_policy:noeviction\r\n", null],
    ["used_memory:100\r\nmaxmemory:100\r\nmaxmemory_policy:noeviction\r\n", "full"],
    ["used_memory:110\r\nmem_not_counted_for_evict:20\r\nmaxmemory:100\r\nmaxmemory_policy:noeviction\r\n", null],
    ["used_memory:100\r\nmaxmemory:100\r\nmaxmemory_policy:volatile-ttl\r\ndb3:keys=9,expires=1,avg_ttl=0\r\n", null],
    ["role:slave\r\nmaster_link_status:down\r\nmaster_sync_in_progress:1\r\n", "partly_down"],
    ["role:master\r\nmaster_link_status:down\r\n", null],
    ["used_memory:1e9\r\nmaxmemory:-5\r\n", null],
    ["", null],
  ])("%j is %s", (text, reason) => expect(judged(text)).toBe(reason));

  it("that tells of a refused write counts for five minutes, in one run of the server", () => {
    const info = (uptime: number, refused: number, used = 95): string =>
      `run_id:a\nuptime_in_seconds:${uptime}\nerrorstat_OOM:count=${refused}\nused_memory:${used}\nmaxmemory:100\n`;
    let left: Json = null;
    const next = (text: string): string | null => {
      const reason = judged(text, left);
      left = packCounters(parseInfo(text), left);
      return reason;
    };
    // What was counted before anybody looked may be long ago.
    expect([next(info(100, 5)), next(info(110, 6)), next(info(409, 6)), next(info(410, 6))]).toEqual([
      null,
      "full",
      "full",
      null,
    ]);
    expect([next(info(420, 7)), next(info(425, 7, 90)), next(info(430, 7, 89)), next(info(440, 7))]).toEqual([
      "full",
      "full",
      null,
      null,
    ]);
    expect([next(info(450, 8)), next(info(10, 9))]).toEqual(["full", null]);
  });

  it.each([
    ["used_memory:999999999999999\nmaxmemory:1\n", { memory_percent: null, used_memory_bytes: null }],
    ["used_memory:900000000000\nmaxmemory:1\n", { memory_percent: null, used_memory_bytes: 900_000_000_000 }],
    ["used_memory:1\nmem_not_counted_for_evict:5\nmaxmemory:9\n", { memory_percent: null }],
  ])("with figures that cannot be (%j) tells none", (text, data) =>
    expect(describeInfo(parseInfo(text), null)).toMatchObject(data),
  );

  it("that is of any length or kind is told within bounds", () => {
    const info = parseInfo(`maxmemory_policy:${"x".repeat(5_000)}\nrole:${"y".repeat(5_000)}\nkeyspace_hits:x\n:\n`);
    expect(JSON.stringify(describeInfo(info, "anything")).length).toBeLessThan(1_000);
    expect(JSON.stringify(packCounters(info, "anything")).length).toBeLessThan(200);
  });

  it("keeps no text of the server for the next check", () => {
    const kept: Json = packCounters(parseInfo("run_id:canary-s3cret\n"), null);
    expect(JSON.stringify(kept)).not.toContain("canary");
  });
});

import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { openDatabase } from "../../shared/node/database.ts";
import { SnapshotCache } from "../../shared/common/snapshot-cache.ts";
import { sqliteAsD1 } from "../../shared/node/sqlite-d1.ts";
import { createD1Store } from "../../shared/storage/d1-store.ts";
import { check, T0 } from "../support/checks.ts";
import { sqliteTestDatabase, type TestDatabase } from "../support/sqlite-database.ts";
import { commitSweeps } from "../support/stored-sweeps.ts";

describe("snapshot cache", () => {
  let database: TestDatabase;
  let cache: SnapshotCache;

  beforeEach(() => {
    database = sqliteTestDatabase();
    const version = database.sqlite.prepare<[], number>("pragma data_version").pluck();
    cache = new SnapshotCache(createD1Store(database.db), () => version.get() ?? 0);
  });
  afterEach(() => database.close());

  it("has nothing before the first commit", async () => {
    expect(await cache.read()).toBeNull();
    expect(cache.peek(T0)).toBeNull();
  });

  it("gives what was put, with its bytes, without asking the database again", async () => {
    await commitSweeps(createD1Store(database.db), [[check("a", T0)]], () => T0);
    const snapshot = await cache.read();
    expect(cache.peek(T0)?.snapshot).toBe(snapshot);
    expect(cache.peek(T0)?.bytes).toEqual(new TextEncoder().encode(snapshot?.body));
  });

  it("sees the commit of another connection at most 50 ms later, whichever way the clock steps", async () => {
    await commitSweeps(createD1Store(database.db), [[check("a", T0)]], () => T0);
    await cache.read();
    expect(cache.peek(T0)?.snapshot.generation).toBe(1);
    const other = openDatabase(database.path);
    await commitSweeps(createD1Store(sqliteAsD1(other)), [[check("a", T0 + 1)]], () => T0 + 1);
    other.close();
    expect(cache.peek(T0 + 49)?.snapshot.generation).toBe(1);
    expect(cache.peek(T0 + 50)).toBeNull();
    expect(cache.peek(T0 - 1_000)).toBeNull();
    expect((await cache.read())?.generation).toBe(2);
    expect(cache.peek(T0 + 60)?.snapshot.generation).toBe(2);
  });

  it("gives the last known snapshot when the database fails", async () => {
    await commitSweeps(createD1Store(database.db), [[check("a", T0)]], () => T0);
    const snapshot = await cache.read();
    database.sqlite.exec("drop table snapshot");
    const broken = new SnapshotCache(createD1Store(database.db), () => 0);
    await expect(broken.read()).rejects.toThrow(/no such table/);
    broken.put(snapshot ?? expect.fail("there is a snapshot"));
    expect(await broken.read()).toBe(snapshot);
  });
});

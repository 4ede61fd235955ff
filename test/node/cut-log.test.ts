/** What is a cut log and what is not, on real files of SQLite. */
import type Database from "better-sqlite3";
import { existsSync, mkdtempSync, rmSync, statSync, truncateSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { saveReadable, watchLog } from "../../shared/node/cut-log.ts";
import { openDatabase } from "../../shared/node/database.ts";

describe("the log of a database", () => {
  let folder: string;
  let path: string;
  let wal: string;
  let sqlite: Database.Database;

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), "monitoring-"));
    path = join(folder, "test.db");
    wal = `${path}-wal`;
    sqlite = openDatabase(path);
    sqlite.exec("create table rows (text)");
  });
  afterEach(() => {
    sqlite.close();
    rmSync(folder, { recursive: true });
  });

  const write = (database = sqlite): void => void database.exec("insert into rows values (hex(randomblob(5000)))");
  const rows = (database: Database.Database): unknown => database.prepare("select count(*) from rows").pluck().get();

  it("is whole through writes, checkpoints and restarts of this and other connections", () => {
    const other = openDatabase(path);
    const log = watchLog(path);
    for (let step = 0; step < 200; step += 1) {
      write(step % 3 === 0 ? other : sqlite);
      expect(log.isCut()).toBe(false);
      if (step % 7 === 0) other.pragma("wal_checkpoint(PASSIVE)");
      if (step % 11 === 0) sqlite.pragma("wal_checkpoint(RESTART)");
      if (step % 13 === 0) other.pragma("wal_checkpoint(TRUNCATE)");
      expect(log.isCut()).toBe(false);
    }
    other.close();
  });

  it("is whole where it has become shorter by its own limit, was never written, or is none at all", () => {
    const log = watchLog(path);
    sqlite.pragma("journal_size_limit = 40000");
    for (let count = 0; count < 100; count += 1) write();
    const longest = statSync(wal).size;
    sqlite.pragma("wal_checkpoint(RESTART)");
    write();
    expect(statSync(wal).size).toBeLessThan(longest);
    expect(log.isCut()).toBe(false);
    sqlite.close();
    expect(log.isCut()).toBe(false);
    sqlite = openDatabase(path, { isAlone: true });
    write();
    expect(watchLog(path).isCut()).toBe(false);
  });

  it.each([0, 20, 100, 5_000, 20_000])("is cut at %i bytes, also after it has been written on", (bytes) => {
    for (let count = 0; count < 10; count += 1) write();
    const log = watchLog(path);
    expect(log.isCut()).toBe(false);
    truncateSync(wal, bytes);
    expect(log.isCut()).toBe(true);
    write();
    expect(log.isCut()).toBe(true);
    truncateSync(wal, 0); // or closing would move zeros into the file
  });

  it("leaves what is in memory to be saved, unless there is too much or another connection has written", () => {
    for (let count = 0; count < 10; count += 1) write();
    truncateSync(wal, 0);
    write();
    const put = saveReadable(sqlite, path);
    truncateSync(wal, 0);
    sqlite.close();
    for (const suffix of ["-wal", "-shm"]) rmSync(path + suffix, { force: true });
    put?.();
    sqlite = openDatabase(path);
    expect(rows(sqlite)).toBe(11);
    expect(sqlite.pragma("integrity_check", { simple: true })).toBe("ok");

    const other = openDatabase(path);
    for (let count = 0; count < 10; count += 1) write(other);
    truncateSync(wal, 0);
    expect(saveReadable(sqlite, path)).toBeNull();
    expect(existsSync(`${path}.saved`)).toBe(false);
    other.close();
  });
});

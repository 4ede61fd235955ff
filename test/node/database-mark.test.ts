/** Whether a log belongs to the file beside it, told by a number in both, on real files of SQLite. */
import Database from "better-sqlite3";
import { copyFileSync, mkdtempSync, rmSync, truncateSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { belongsTogether, countUp, watchContents } from "../../shared/node/database-mark.ts";
import { openDatabase } from "../../shared/node/database.ts";

describe("a database file and its log", () => {
  let folder: string;
  let path: string;
  let sqlite: Database.Database;

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), "monitoring-"));
    path = join(folder, "test.db");
    sqlite = openDatabase(path);
    sqlite.exec("create table rows (text)");
  });
  afterEach(() => {
    sqlite.close();
    rmSync(folder, { recursive: true });
  });

  const write = (database = sqlite): void => void database.exec("insert into rows values (hex(randomblob(5000)))");
  const checkpoint = (database = sqlite): void => {
    database.pragma("wal_checkpoint(TRUNCATE)");
    countUp(database, path);
  };
  const copyOf = (name: string): string => {
    const copy = join(folder, name);
    sqlite.exec(`vacuum into '${copy}'`);
    return copy;
  };

  it("belong together through writes, checkpoints and other connections", () => {
    const other = openDatabase(path);
    const contents = watchContents(sqlite, path);
    for (let count = 0; count < 50; count += 1) {
      const database = count % 3 === 0 ? other : sqlite;
      write(database);
      if (count % 4 === 0) database.pragma("wal_checkpoint(PASSIVE)");
      if (count % 5 === 0) checkpoint(database);
      if (count % 7 === 0) countUp(other, path);
      expect([belongsTogether(sqlite, path), belongsTogether(other, path)]).toEqual([true, true]);
      expect(contents.isForeign()).toBe(false);
    }
    other.close();
  });

  it("belong together while a reader keeps the log from being moved", () => {
    const reader = openDatabase(path);
    const contents = watchContents(sqlite, path);
    reader.exec("begin; select * from rows");
    for (let count = 0; count < 10; count += 1) {
      write();
      sqlite.pragma("wal_checkpoint(PASSIVE)");
      countUp(sqlite, path);
      expect(belongsTogether(sqlite, path)).toBe(true);
    }
    reader.close();
    checkpoint();
    expect(contents.isForeign()).toBe(false);
  });

  it("belong together in a file that was never marked, which then is", () => {
    sqlite.pragma("user_version = 0");
    sqlite.pragma("wal_checkpoint(TRUNCATE)");
    const contents = watchContents(sqlite, path);
    expect(belongsTogether(sqlite, path)).toBe(true);
    countUp(sqlite, path);
    expect(sqlite.pragma("user_version", { simple: true })).toBeGreaterThan(0);
    write();
    expect([belongsTogether(sqlite, path), contents.isForeign()]).toEqual([true, false]);
    checkpoint();
    expect([belongsTogether(sqlite, path), contents.isForeign()]).toEqual([true, false]);
  });

  it("belong together after another database has been restored by SQLite, and after VACUUM", async () => {
    const backup = copyOf("backup.db");
    for (let count = 0; count < 3; count += 1) {
      write();
      checkpoint();
    }
    const contents = watchContents(sqlite, path);
    const source = new Database(backup);
    await source.backup(path);
    source.close();
    expect(contents.isForeign()).toBe(false);
    expect(belongsTogether(sqlite, path)).toBe(false);
    expect(contents.isOverwritten()).toBe(false); // and takes it in
    expect(belongsTogether(sqlite, path)).toBe(true);
    checkpoint();
    sqlite.exec("vacuum");
    checkpoint();
    expect([belongsTogether(sqlite, path), contents.isForeign()]).toEqual([true, false]);
  });

  const FOREIGN: Readonly<Record<string, (own: string) => void>> = {
    "its own copy of some checkpoints ago": (own) => copyFileSync(own, path),
    "another database": () => {
      const other = join(folder, "other.db");
      openDatabase(other).close();
      copyFileSync(other, path);
    },
    "nothing, as when copying begins": () => truncateSync(path, 0),
    "what is no database": () => writeFileSync(path, "services:\n".repeat(100)),
  };
  for (const [name, overwrite] of Object.entries(FOREIGN)) {
    it(`do not belong together when the file was written over by ${name}`, () => {
      const own = copyOf("own.db");
      for (let count = 0; count < 3; count += 1) {
        checkpoint();
        write();
      }
      const contents = watchContents(sqlite, path);
      overwrite(own);
      expect(contents.isForeign()).toBe(true);
      // Somebody may still be writing.
      expect([contents.isOverwritten(), contents.isOverwritten()]).toEqual([false, true]);
      truncateSync(`${path}-wal`, 0); // so that closing moves nothing
    });
  }
});

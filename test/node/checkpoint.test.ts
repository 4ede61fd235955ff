import Database from "better-sqlite3";
import { mkdtempSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, it, onTestFinished } from "vitest";
import { moveLog, pagesLeft } from "../../shared/node/checkpoint.ts";

/** Whoever waits for somebody else on the same thread waits until the test is ended. */
const FOR_EVER_MS = 2 ** 31 - 1;

function writtenDatabase() {
  const folder = mkdtempSync(join(tmpdir(), "monitoring-"));
  const path = join(folder, "checkpoint.db");
  const connect = (): Database.Database => {
    const sqlite = new Database(path, { timeout: FOR_EVER_MS });
    onTestFinished(() => void sqlite.close());
    return sqlite;
  };
  onTestFinished(() => rmSync(folder, { recursive: true }));
  const sqlite = connect();
  sqlite.exec("pragma journal_mode = WAL; pragma wal_autocheckpoint = 0; create table numbers (number)");
  return { sqlite, connect, logBytes: () => statSync(`${path}-wal`).size };
}

describe("moving the log into the database", () => {
  it("empties it when nobody is in the way", () => {
    const { sqlite, logBytes } = writtenDatabase();
    moveLog(sqlite, "truncate");
    expect(logBytes()).toBe(0);
    expect(sqlite.pragma("busy_timeout", { simple: true })).toBe(FOR_EVER_MS);
  });

  it("keeps its length when that is not asked", () => {
    const { sqlite, logBytes } = writtenDatabase();
    moveLog(sqlite, "passive");
    expect([pagesLeft(sqlite), logBytes() > 0]).toEqual([0, true]);
  });

  it("moves it beside somebody who writes, and waits for nobody", () => {
    const { sqlite, connect, logBytes } = writtenDatabase();
    const writer = connect();
    writer.exec("begin immediate");
    moveLog(sqlite, "truncate");
    expect([pagesLeft(sqlite), logBytes() > 0]).toEqual([0, true]);
    writer.exec("insert into numbers values (1); commit");
  });

  it.for(["all of it", "what it was before"])("waits for nobody who reads %s", (seen) => {
    const { sqlite, connect, logBytes } = writtenDatabase();
    const reader = connect();
    reader.exec("begin; select * from numbers");
    if (seen === "what it was before") sqlite.exec("insert into numbers values (1)");
    moveLog(sqlite, "truncate");
    expect(logBytes()).toBeGreaterThan(0);
    expect(reader.prepare("select count(*) from numbers").pluck().get()).toBe(0);
  });
});

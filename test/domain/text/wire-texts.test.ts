import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { readCursor, readListCursor, writeCursor, writeListCursor } from "../../../shared/domain/text/cursor.ts";
import { allowedHosts, isAllowedHost } from "../../../shared/domain/net/host-name.ts";
import { formatTimestamp, parseTimestamp } from "../../../shared/domain/text/timestamp.ts";

describe("timestamp", () => {
  it("comes back from its own form", () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 253_402_300_799_999 }), (ms) => parseTimestamp(formatTimestamp(ms)) === ms),
    );
  });

  it("accepts offsets, lower case and any number of second fractions", () => {
    expect(parseTimestamp("2026-03-10t11:00:00.5+01:00")).toBe(Date.UTC(2026, 2, 10, 10, 0, 0, 500));
    expect(parseTimestamp("2024-02-29T00:00:00Z")).toBe(Date.UTC(2024, 1, 29));
  });

  const refused = [
    "2026-02-30T00:00:00Z",
    "2023-02-29T00:00:00Z",
    "2026-03-10T10:00:00",
    "2026-03-10",
    "2026-03-10T24:30:00Z",
    "2026-13-01T00:00:00Z",
    "1773136800",
    "1773136800000",
    "0000-01-01T00:00:00Z",
    "+275760-09-13T00:00:00Z",
    " 2026-03-10T10:00:00Z",
    "2026-03-10 10:00:00Z",
    "yesterday",
    "",
  ];
  for (const text of refused) {
    it(`refuses ${JSON.stringify(text)}`, () => expect(parseTimestamp(text)).toBeNull());
  }

  it("never throws", () => {
    fc.assert(fc.property(fc.string(), (text) => parseTimestamp(text) === null || parseTimestamp(text) !== undefined));
  });
});

describe("cursor", () => {
  const position = fc.integer({ min: 0, max: 4_000_000_000_000 });

  it("leads back to its position for its own query", () => {
    fc.assert(
      fc.property(position, fc.string(), (atMs, query) => readCursor(writeCursor(atMs, query), query) === atMs),
    );
  });

  it("is refused for another query, and when it was cut or changed", () => {
    const cursor = writeCursor(1_773_136_800_000, "redis");
    expect(readCursor(cursor, "")).toBeNull();
    expect(readCursor(cursor.slice(0, -1), "redis")).toBeNull();
    expect(readCursor(`1${cursor}`, "redis")).toBeNull();
    expect(readCursor("", "redis")).toBeNull();
    expect(readCursor("mmkz0k00", "redis")).toBeNull();
  });
});

describe("host name rule", () => {
  const allowed = allowedHosts(["worker-node4", "Monitor.Example.org."]);
  const accepted = [
    "192.168.1.137:8083",
    "127.0.0.1",
    "[::1]:8083",
    "localhost:8083",
    "LOCALHOST",
    "worker-node4:8083",
    "worker-node4.local",
    "monitor.example.org",
    "monitor.example.org.:80",
  ];
  for (const host of accepted) it(`accepts ${host}`, () => expect(isAllowedHost(host, allowed)).toBe(true));

  const refused = [
    "evil.example",
    "localhost.evil.example",
    "worker-node4.evil",
    "127.0.0.1.evil.example",
    "",
    "worker-node4:port",
  ];
  for (const host of refused)
    it(`refuses ${JSON.stringify(host)}`, () => expect(isAllowedHost(host, allowed)).toBe(false));
});

describe("list cursor", () => {
  const id = fc.stringMatching(/^[A-Za-z0-9_-]{1,90}$/);
  const position = fc.integer({ min: 0, max: 253_402_300_799_999 });

  it("comes back for its own query, and for no other", () => {
    fc.assert(
      fc.property(position, id, fc.tuple(fc.string(), fc.string()), (at, entry, [query, other]) => {
        const cursor = writeListCursor(at, entry, query);
        expect(readListCursor(cursor, query)).toEqual({ position: at, id: entry });
        if (other !== query) expect(readListCursor(cursor, other)).toBeNull();
      }),
    );
  });

  it("is refused when it was cut or forged", () => {
    const cursor = writeListCursor(5, "tools-1", "q");
    for (const text of [cursor.slice(0, -1), cursor.slice(1), `${cursor}x`, "", "5-1-tools-1"]) {
      expect(readListCursor(text, "q")).toBeNull();
    }
  });
});

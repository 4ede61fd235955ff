import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { CURSOR, readCursor, writeCursor } from "../../../shared/domain/text/cursor.ts";
import { allowedHosts, isAllowedHost } from "../../../shared/domain/net/host-name.ts";
import { formatTimestamp, LATEST_MS, parseTimestamp, RFC3339 } from "../../../shared/domain/text/timestamp.ts";

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
    "1969-12-31T23:59:59Z",
    "1970-01-01T00:30:00+01:00",
    "9999-12-31T23:30:00-01:00",
    "yesterday",
    "",
  ];
  for (const text of refused) {
    it(`refuses ${JSON.stringify(text)}`, () => expect(parseTimestamp(text)).toBeNull());
  }

  it.each([
    ["1970-01-01T00:00:00+00:00", 0],
    ["9999-12-31T23:59:59.9999-00:00", LATEST_MS],
    ["1971-01-01T00:00:00+23:59", 31_449_660_000],
  ])("accepts %s, at the edge of what can be written", (text, ms) => expect(parseTimestamp(text)).toBe(ms));

  it("accepts whatever its documented pattern does on days that there are", () => {
    fc.assert(
      fc.property(fc.stringMatching(RFC3339), (text) => {
        const ms = parseTimestamp(text);
        if (ms === null) expect(Number(text.slice(8, 10))).toBeGreaterThan(28);
        else expect(formatTimestamp(ms)).toMatch(RFC3339);
      }),
    );
  });

  it("never throws", () => {
    fc.assert(fc.property(fc.string(), (text) => parseTimestamp(text) === null || parseTimestamp(text) !== undefined));
  });
});

describe("cursor", () => {
  const position = fc.record({
    place: fc.integer({ min: 0, max: 253_402_300_799_999 }),
    id: fc.option(fc.stringMatching(/^[A-Za-z0-9_-]{1,150}$/), { nil: undefined }),
  });

  it("leads back to its position for its own query and no other, and has the form that is documented", () => {
    fc.assert(
      fc.property(position, fc.tuple(fc.string(), fc.string()), (wanted, [query, other]) => {
        const cursor = writeCursor(wanted, query);
        expect(readCursor(cursor, query)).toEqual(wanted);
        expect(cursor).toMatch(CURSOR);
        if (other !== query) expect(readCursor(cursor, other)).toBeNull();
      }),
    );
  });

  it.each([{ place: 1_773_136_800_000 }, { place: 1_773_136_800_000, id: "redis-mmkz0k00-abc" }])(
    "is refused for another query, and when it was cut or changed: %j",
    (wanted) => {
      const cursor = writeCursor(wanted, "redis");
      expect(readCursor(cursor, "redis")).toEqual(wanted);
      expect(readCursor(cursor, "")).toBeNull();
      expect(readCursor(cursor.slice(0, -1), "redis")).toBeNull();
      expect(readCursor(cursor.slice(1), "redis")).toBeNull();
      expect(readCursor(`1${cursor}`, "redis")).toBeNull();
      expect(readCursor(`0${cursor}`, "redis")).toBeNull();
      expect(readCursor(`${cursor}-x`, "redis")).toBeNull();
    },
  );

  it.each(["", "mmkz0k00", "mmkz0k00-", "5-1-tools-1"])("is refused when it is %j", (text) =>
    expect(readCursor(text, "")).toBeNull(),
  );
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

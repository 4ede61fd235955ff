import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { toEpochMs, isTimeZone, toLocalDay } from "../../../shared/domain/text/zoned-time.ts";
import { shownAt, wallTimeOf } from "../../support/wall-clock.ts";

const ZONES = [
  "Europe/Berlin",
  "America/New_York",
  "Australia/Lord_Howe",
  "Asia/Kathmandu",
  "Africa/Casablanca",
  "UTC",
];

const checkInstant = (local: string, zone: string) => new Date(toEpochMs(wallTimeOf(local), zone)).toISOString();

describe("the instant of a local time", () => {
  it.each([
    ["Europe/Berlin", "2026-01-15 12:00", "2026-01-15T11:00:00.000Z"],
    ["Europe/Berlin", "2026-07-15 12:00", "2026-07-15T10:00:00.000Z"],
    ["America/New_York", "2026-07-15 22:00", "2026-07-16T02:00:00.000Z"],
    ["Australia/Lord_Howe", "2026-01-15 06:00", "2026-01-14T19:00:00.000Z"],
    ["Australia/Lord_Howe", "2026-07-15 06:00", "2026-07-14T19:30:00.000Z"],
    ["Asia/Kathmandu", "2026-07-15 00:00", "2026-07-14T18:15:00.000Z"],
    ["UTC", "1970-01-01 00:00", "1970-01-01T00:00:00.000Z"],
  ])("in %s, %s is %s", (zone, local, instant) => {
    expect(checkInstant(local, zone)).toBe(instant);
  });

  it.each([
    ["Europe/Berlin", "2026-03-29 02:00", "2026-03-29T01:00:00.000Z"],
    ["Europe/Berlin", "2026-03-29 02:59", "2026-03-29T01:00:00.000Z"],
    ["America/New_York", "2026-03-08 02:30", "2026-03-08T07:00:00.000Z"],
    ["Australia/Lord_Howe", "2026-10-04 02:15", "2026-10-03T15:30:00.000Z"],
  ])("in %s, %s, which the spring change skips, is the first instant after the gap: %s", (zone, local, instant) => {
    expect(checkInstant(local, zone)).toBe(instant);
  });

  it.each([
    ["Europe/Berlin", "2026-03-29 01:59", "2026-03-29T00:59:00.000Z"],
    ["Europe/Berlin", "2026-03-29 03:00", "2026-03-29T01:00:00.000Z"],
    ["America/New_York", "2026-03-08 03:00", "2026-03-08T07:00:00.000Z"],
    ["Australia/Lord_Howe", "2026-10-04 02:30", "2026-10-03T15:30:00.000Z"],
  ])("in %s, %s, beside the gap, is %s", (zone, local, instant) => {
    expect(checkInstant(local, zone)).toBe(instant);
  });

  it.each([
    ["Europe/Berlin", "2026-10-25 02:30", "2026-10-25T00:30:00.000Z"],
    ["America/New_York", "2026-11-01 01:00", "2026-11-01T05:00:00.000Z"],
    ["America/New_York", "2026-11-01 01:59", "2026-11-01T05:59:00.000Z"],
    ["Australia/Lord_Howe", "2026-04-05 01:45", "2026-04-04T14:45:00.000Z"],
  ])("in %s, %s, which the autumn change repeats, is its first occurrence: %s", (zone, local, instant) => {
    expect(checkInstant(local, zone)).toBe(instant);
  });

  it.each([
    ["Europe/Berlin", "2026-10-25 03:00", "2026-10-25T02:00:00.000Z"],
    ["America/New_York", "2026-11-01 02:00", "2026-11-01T07:00:00.000Z"],
    ["Australia/Lord_Howe", "2026-04-05 02:00", "2026-04-04T15:30:00.000Z"],
  ])("in %s, %s, after the repeated times, is %s", (zone, local, instant) => {
    expect(checkInstant(local, zone)).toBe(instant);
  });

  it("follows the calendar over leap days, ends of months and years", () => {
    expect(checkInstant("2028-02-29 00:00", "Europe/Berlin")).toBe("2028-02-28T23:00:00.000Z");
    expect(checkInstant("2028-02-30 00:00", "Europe/Berlin")).toBe("2028-02-29T23:00:00.000Z");
    expect(checkInstant("2026-02-29 12:00", "America/New_York")).toBe("2026-03-01T17:00:00.000Z");
    expect(checkInstant("2026-12-32 00:00", "Australia/Lord_Howe")).toBe("2026-12-31T13:00:00.000Z");
    expect(checkInstant("2027-01-00 00:00", "UTC")).toBe("2026-12-31T00:00:00.000Z");
  });

  it("is the first of the next day where a whole day was skipped", () => {
    expect(checkInstant("2011-12-30 12:00", "Pacific/Apia")).toBe("2011-12-30T10:00:00.000Z");
  });

  it("leads back from what the wall shows, unless the wall showed it before", () => {
    const minute = fc.integer({ min: 0, max: 70 * 365 * 1_440 });
    // Half of them within a day of the changes of 2026, where the mistakes are.
    const change = fc.constantFrom("2026-03-29", "2026-10-25", "2026-03-08", "2026-11-01", "2026-04-05", "2026-10-04");
    const near = fc.tuple(change, fc.integer({ min: -1_440, max: 2_880 }));
    const instant = fc.oneof(
      minute.map((count) => count * 60_000),
      near.map(([day, count]) => Date.parse(`${day}T00:00:00Z`) + count * 60_000),
    );
    fc.assert(
      fc.property(instant, fc.constantFrom(...ZONES), (epochMs, zone) => {
        const shown = shownAt(epochMs, zone);
        const earlierMs = [60, 30].map((back) => epochMs - back * 60_000).find((ms) => shownAt(ms, zone) === shown);
        expect(toEpochMs(wallTimeOf(shown), zone)).toBe(earlierMs ?? epochMs);
      }),
      { numRuns: 3_000 },
    );
  });
});

describe("the local day of an instant", () => {
  it.each([
    ["Europe/Berlin", "2026-12-31T22:59:59.999Z", { year: 2026, month: 12, day: 31, weekday: "thu" }],
    ["Europe/Berlin", "2026-12-31T23:00:00.000Z", { year: 2027, month: 1, day: 1, weekday: "fri" }],
    ["America/New_York", "2028-03-01T04:59:59.999Z", { year: 2028, month: 2, day: 29, weekday: "tue" }],
    ["Australia/Lord_Howe", "2026-10-03T13:30:00.000Z", { year: 2026, month: 10, day: 4, weekday: "sun" }],
    ["UTC", "1969-12-31T23:59:59.999Z", { year: 1969, month: 12, day: 31, weekday: "wed" }],
  ])("in %s at %s is the one on the wall", (zone, instant, day) => {
    expect(toLocalDay(Date.parse(instant), zone)).toEqual(day);
  });
});

describe("isTimeZone", () => {
  it.each(["Europe/Berlin", "America/Argentina/Buenos_Aires", "UTC", "Etc/GMT+5", "Asia/Kathmandu"])(
    "knows %s",
    (zone) => {
      expect(isTimeZone(zone)).toBe(true);
    },
  );

  it.each(["", "Berlin", "Europe/Atlantis", "+01:00", "-05", "Europe/Berlin ", "local", "../etc", "x".repeat(10_000)])(
    "does not know %j",
    (zone) => {
      expect(isTimeZone(zone)).toBe(false);
    },
  );

  it("stays right after more zones and spellings than it keeps", () => {
    const name = "europe/berlin";
    for (let index = 0; index < 200; index += 1) {
      const spelling = [...name].map((letter, at) => ((index >> at) & 1 ? letter.toUpperCase() : letter)).join("");
      expect(checkInstant("2026-07-15 12:00", spelling)).toBe("2026-07-15T10:00:00.000Z");
    }
  });
});

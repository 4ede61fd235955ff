import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  isInMaintenance,
  nextMaintenanceChangeMs,
  type WeeklySchedule,
} from "../../../shared/domain/alerting/maintenance-window.ts";
import { type Weekday, WEEKDAYS } from "../../../shared/domain/text/zoned-time.ts";
import { changesAfter, planned, weekly, weeklySchedule } from "../../support/fake-maintenance.ts";
import { shownAt } from "../../support/wall-clock.ts";

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;
const DAY_MS = 24 * HOUR_MS;

describe("the nights in which the clocks change", () => {
  it.each([
    ["Europe/Berlin", "02:30", "2026-03-28T12:00:00Z", "2026-03-29T01:00:00.000Z"],
    ["America/New_York", "02:30", "2026-03-07T12:00:00Z", "2026-03-08T07:00:00.000Z"],
    ["Australia/Lord_Howe", "02:15", "2026-10-03T12:00:00Z", "2026-10-03T15:30:00.000Z"],
  ])("in %s, a start at %s that does not exist is the first instant after the gap", (...row) => {
    const [zone, start, from, startsAt] = row;
    const endsAt = new Date(Date.parse(startsAt) + HOUR_MS).toISOString();
    expect(changesAfter(weekly({ zone, start }), from, 2)).toEqual([startsAt, endsAt]);
  });

  it.each([
    ["Europe/Berlin", "02:30", "2026-10-24T12:00:00Z", "2026-10-25T00:30:00.000Z"],
    ["America/New_York", "01:15", "2026-10-31T12:00:00Z", "2026-11-01T05:15:00.000Z"],
    ["Australia/Lord_Howe", "01:45", "2026-04-04T12:00:00Z", "2026-04-04T14:45:00.000Z"],
  ])("in %s, a start at %s that comes twice happens the first time only", (...row) => {
    const [zone, start, from, startsAt] = row;
    const minutes = 20 * MINUTE_MS;
    const endsAt = new Date(Date.parse(startsAt) + minutes).toISOString();
    const [first, second, third = ""] = changesAfter(weekly({ zone, start, durationMs: minutes }), from, 3);
    expect([first, second]).toEqual([startsAt, endsAt]);
    expect(Date.parse(third) - Date.parse(endsAt)).toBeGreaterThan(6 * DAY_MS);
  });

  it("leave an elapsed duration as it is: over the change, it ends at another time on the wall", () => {
    const window = weekly({ days: ["sat"], start: "23:00", durationMs: 6 * HOUR_MS });
    const [, spring = ""] = changesAfter(window, "2026-03-28T12:00:00Z", 2);
    const [, autumn = ""] = changesAfter(window, "2026-10-24T12:00:00Z", 2);
    expect(shownAt(Date.parse(spring), "Europe/Berlin")).toBe("2026-03-29 06:00");
    expect(shownAt(Date.parse(autumn), "Europe/Berlin")).toBe("2026-10-25 04:00");
  });

  it("carry what started late on Saturday into Monday when Sunday has 23 hours", () => {
    const window = weekly({ days: ["sat"], start: "23:30", durationMs: DAY_MS });
    const mondayMs = Date.parse("2026-03-29T22:15:00Z");
    expect(shownAt(mondayMs, "Europe/Berlin")).toBe("2026-03-30 00:15");
    expect(isInMaintenance([window], "llm", mondayMs)).toBe(window);
  });

  it("leave an hour uncovered by a window of 24 hours that starts every day when the day has 25", () => {
    const window = weekly({ days: WEEKDAYS, start: "12:00", durationMs: DAY_MS });
    expect(changesAfter(window, "2026-10-24T12:00:00Z", 2)).toEqual([
      "2026-10-25T10:00:00.000Z",
      "2026-10-25T11:00:00.000Z",
    ]);
  });
});

describe("the next change", () => {
  const SCAN_DAYS = 4;
  /** A minute within the two days before each change of the clocks, and of an ordinary week. */
  const scene = fc
    .tuple(
      fc.constantFrom(
        ["Europe/Berlin", "2026-03-28"],
        ["Europe/Berlin", "2026-10-24"],
        ["America/New_York", "2026-03-07"],
        ["America/New_York", "2026-10-31"],
        ["Australia/Lord_Howe", "2026-10-03"],
        ["Australia/Lord_Howe", "2026-04-04"],
        ["Asia/Kathmandu", "2026-12-30"],
        ["Europe/Berlin", "2028-02-28"],
      ),
      fc.integer({ min: -1_440, max: 1_440 }),
    )
    .map(([[zone = "", day = ""], minutes]) => {
      const firstMs = Date.parse(`${day}T00:00:00Z`) - 12 * DAY_MS;
      return { zone, firstMs, nowMinute: 12 * 1_440 + minutes };
    });

  const durationMinutes = fc.oneof(fc.integer({ min: 1, max: 300 }), fc.constantFrom(1_440, 1_500, 2_880, 10_080));
  const anySchedule = fc.record({
    days: fc.subarray([...WEEKDAYS], { minLength: 1 }),
    start: fc
      .tuple(fc.oneof(fc.integer({ min: 0, max: 3 }), fc.integer({ min: 0, max: 23 })), fc.integer({ min: 0, max: 59 }))
      .map((parts) => parts.map((part) => String(part).padStart(2, "0")).join(":")),
    durationMs: durationMinutes.map((minutes) => minutes * MINUTE_MS),
    untilMinutes: fc.option(fc.integer({ min: -60, max: SCAN_DAYS * 1_440 })),
  });

  const walls = new Map<string, readonly string[]>();

  /** What the wall shows in each minute from eleven days or more before the scan until after it. */
  function wallFrom(firstMs: number, zone: string): readonly string[] {
    const key = `${zone} ${firstMs}`;
    const minutes = Array.from({ length: (12 + 1 + SCAN_DAYS + 1) * 1_440 }, (_, minute) => minute);
    const wall = walls.get(key) ?? minutes.map((minute) => shownAt(firstMs + minute * MINUTE_MS, zone));
    walls.set(key, wall);
    return wall;
  }

  /** Whether `schedule` holds in each minute of the wall: from the first that shows its start or later, for its duration. */
  function coveredMinutes(schedule: WeeklySchedule, firstMs: number, wall: readonly string[]): boolean[] {
    const covered = wall.map(() => false);
    let date = wall[0]?.slice(0, 10) ?? "";
    wall.forEach((shown, minute) => {
      if (shown.startsWith(date)) return;
      date = shown.slice(0, 10);
      const weekday = WEEKDAYS[(new Date(`${date}T00:00:00Z`).getUTCDay() + 6) % 7] as Weekday;
      if (!schedule.days.includes(weekday)) return;
      const startShown = `${date} ${schedule.start}`;
      let start = minute;
      while ((wall[start] ?? startShown) < startShown) start += 1;
      covered.fill(true, start, start + schedule.durationMs / MINUTE_MS);
    });
    return schedule.untilMs === null ? covered : covered.fill(false, (schedule.untilMs - firstMs) / MINUTE_MS);
  }

  it("and every answer up to it are those that a look at the wall in every minute finds", () => {
    fc.assert(
      fc.property(scene, fc.array(anySchedule, { minLength: 1, maxLength: 3 }), (at, given) => {
        const nowMs = at.firstMs + at.nowMinute * MINUTE_MS;
        const schedules = given.map(({ untilMinutes, ...rest }) =>
          weeklySchedule({
            ...rest,
            zone: at.zone,
            untilMs: untilMinutes === null ? null : nowMs + untilMinutes * MINUTE_MS,
          }),
        );
        const windows = schedules.map((schedule) => planned(schedule));
        const wall = wallFrom(at.firstMs, at.zone);
        const covered = schedules.map((schedule) => coveredMinutes(schedule, at.firstMs, wall).slice(at.nowMinute));
        const minutes = Array.from({ length: SCAN_DAYS * 1_440 }, (_, minute) => minute);
        const holdingAt = (minute: number) => covered.map((of) => of[minute]).join();
        const change = minutes.find((minute) => minute > 0 && holdingAt(minute) !== holdingAt(minute - 1));

        const nextMs = nextMaintenanceChangeMs(windows, nowMs);
        if (change === undefined) expect(nextMs).toBeGreaterThanOrEqual(nowMs + SCAN_DAYS * DAY_MS);
        else expect(nextMs).toBe(nowMs + change * MINUTE_MS);
        const wrong = minutes.filter(
          (minute) =>
            (isInMaintenance(windows, "llm", nowMs + minute * MINUTE_MS) !== null) !==
            covered.some((of) => of[minute] === true),
        );
        expect(wrong).toEqual([]);
      }),
      { numRuns: 100 },
    );
  });

  it("is found without looking at the calendar again while a stretch lasts or is waited for", () => {
    const window = weekly({ start: "12:00", durationMs: 2 * HOUR_MS });
    const fromMs = Date.parse("2026-07-20T00:00:00Z");
    isInMaintenance([window], "llm", fromMs);
    const original = Intl.DateTimeFormat.prototype.formatToParts;
    let looks = 0;
    Intl.DateTimeFormat.prototype.formatToParts = function counted(...args) {
      looks += 1;
      return original.apply(this, args);
    };
    try {
      for (let hour = 0; hour < 6 * 24; hour += 1) isInMaintenance([window], "llm", fromMs + hour * HOUR_MS);
    } finally {
      Intl.DateTimeFormat.prototype.formatToParts = original;
    }
    expect(looks).toBe(0);
  });
});

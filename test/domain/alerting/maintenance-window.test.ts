import { describe, expect, it } from "vitest";
import {
  isInMaintenance,
  scheduleFaults,
  type MaintenanceWindow,
  nextMaintenanceChangeMs,
  type OnceSchedule,
  type WeeklySchedule,
} from "../../../shared/domain/alerting/maintenance-window.ts";
import { WEEKDAYS } from "../../../shared/domain/text/zoned-time.ts";
import { changesAfter, planned, weekly, weeklySchedule } from "../../support/fake-maintenance.ts";

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;
const DAY_MS = 24 * HOUR_MS;
const NOW_MS = Date.UTC(2026, 9, 1);

const once = (given: Partial<OnceSchedule> = {}) =>
  planned({ kind: "once", startsAtMs: NOW_MS, endsAtMs: NOW_MS + HOUR_MS, ...given });

const holds = (window: MaintenanceWindow, instant: string) =>
  isInMaintenance([window], "llm", Date.parse(instant)) !== null;

describe("a window that happens once", () => {
  it("covers its start and not its end", () => {
    const window = once();
    expect(isInMaintenance([window], "llm", NOW_MS - 1)).toBeNull();
    expect(isInMaintenance([window], "llm", NOW_MS)).toBe(window);
    expect(isInMaintenance([window], "llm", NOW_MS + HOUR_MS - 1)).toBe(window);
    expect(isInMaintenance([window], "llm", NOW_MS + HOUR_MS)).toBeNull();
  });

  it("changes at its start and its end, then never", () => {
    expect(nextMaintenanceChangeMs([once()], NOW_MS - DAY_MS)).toBe(NOW_MS);
    expect(nextMaintenanceChangeMs([once()], NOW_MS)).toBe(NOW_MS + HOUR_MS);
    expect(nextMaintenanceChangeMs([once()], NOW_MS + HOUR_MS)).toBe(Number.POSITIVE_INFINITY);
  });

  it("never holds when it was ended before its start", () => {
    const ended = once({ endsAtMs: NOW_MS - HOUR_MS });
    expect(nextMaintenanceChangeMs([ended], NOW_MS - DAY_MS)).toBe(Number.POSITIVE_INFINITY);
    expect(isInMaintenance([ended], "llm", NOW_MS)).toBeNull();
  });
});

describe("several windows", () => {
  it("are none when there are none", () => {
    expect(isInMaintenance([], "llm", NOW_MS)).toBeNull();
    expect(nextMaintenanceChangeMs([], NOW_MS)).toBe(Number.POSITIVE_INFINITY);
  });

  it("answer with the one that covers the service and holds longest", () => {
    const short = once();
    const long = once({ endsAtMs: NOW_MS + 2 * HOUR_MS });
    const other = planned({ kind: "once", startsAtMs: NOW_MS, endsAtMs: NOW_MS + DAY_MS }, ["db-*"]);
    expect(isInMaintenance([short, other, long], "llm", NOW_MS)).toBe(long);
    expect(isInMaintenance([long, other, short], "llm", NOW_MS)).toBe(long);
    expect(isInMaintenance([long, other, short], "db-main", NOW_MS)).toBe(other);
  });

  it("change when the first of them does", () => {
    const later = once({ startsAtMs: NOW_MS + 2, endsAtMs: NOW_MS + 9 });
    expect(nextMaintenanceChangeMs([later, once({ endsAtMs: NOW_MS + 5 })], NOW_MS)).toBe(NOW_MS + 2);
    expect(nextMaintenanceChangeMs([later, once({ endsAtMs: NOW_MS + 5 })], NOW_MS + 2)).toBe(NOW_MS + 5);
  });
});

describe("a weekly window", () => {
  it("stays at its time on the wall all year, and lasts as long", () => {
    const window = weekly({ days: ["mon"], start: "22:00", durationMs: 3 * HOUR_MS });
    expect(changesAfter(window, "2026-01-14T00:00:00Z", 2)).toEqual([
      "2026-01-19T21:00:00.000Z",
      "2026-01-20T00:00:00.000Z",
    ]);
    expect(changesAfter(window, "2026-07-15T00:00:00Z", 2)).toEqual([
      "2026-07-20T20:00:00.000Z",
      "2026-07-20T23:00:00.000Z",
    ]);
  });

  it("covers its start and not its end, also of a stretch that it has answered for before", () => {
    const window = weekly({ days: ["mon"], start: "22:00" });
    for (let round = 0; round < 2; round += 1) {
      expect(holds(window, "2026-07-20T19:59:59.999Z")).toBe(false);
      expect(holds(window, "2026-07-20T20:00:00.000Z")).toBe(true);
      expect(holds(window, "2026-07-20T20:59:59.999Z")).toBe(true);
      expect(holds(window, "2026-07-20T21:00:00.000Z")).toBe(false);
      expect(holds(window, "2026-07-27T20:00:00.000Z")).toBe(true);
    }
  });

  it("takes the day from the calendar of its zone, not of UTC", () => {
    const window = weekly({ zone: "Australia/Lord_Howe", days: ["mon"], start: "01:00" });
    expect(changesAfter(window, "2026-07-15T00:00:00Z", 1)).toEqual(["2026-07-19T14:30:00.000Z"]);
  });

  it("starts on a leap day and lasts over the end of a year", () => {
    expect(changesAfter(weekly({ days: ["tue"], start: "00:00" }), "2028-02-24T00:00:00Z", 1)).toEqual([
      "2028-02-28T23:00:00.000Z",
    ]);
    const night = weekly({ days: ["thu"], start: "23:30", zone: "America/New_York" });
    expect(changesAfter(night, "2026-12-30T00:00:00Z", 2)).toEqual([
      "2027-01-01T04:30:00.000Z",
      "2027-01-01T05:30:00.000Z",
    ]);
  });

  it("covers what started up to seven days ago", () => {
    const window = weekly({ days: ["wed"], start: "23:30", durationMs: 7 * DAY_MS, untilMs: Date.UTC(2026, 6, 9) });
    expect(holds(window, "2026-07-08T21:29:00Z")).toBe(true);
  });

  it("is one stretch where it lasts until it starts again", () => {
    const weekend = weekly({ days: ["sat", "sun"], start: "00:00", durationMs: DAY_MS });
    expect(changesAfter(weekend, "2026-07-15T00:00:00Z", 3)).toEqual([
      "2026-07-17T22:00:00.000Z",
      "2026-07-19T22:00:00.000Z",
      "2026-07-24T22:00:00.000Z",
    ]);
  });

  it("is over for good from `untilMs` on, also in the middle of a stretch", () => {
    const untilMs = Date.parse("2026-07-26T01:00:00Z");
    const window = weekly({ untilMs });
    expect(changesAfter(window, "2026-07-25T00:00:00Z", 2)).toEqual([
      "2026-07-26T00:30:00.000Z",
      "2026-07-26T01:00:00.000Z",
    ]);
    expect(nextMaintenanceChangeMs([window], untilMs)).toBe(Number.POSITIVE_INFINITY);
    expect(holds(window, "2026-07-26T01:00:00Z")).toBe(false);
  });

  it("does not happen when `untilMs` is its very start", () => {
    const window = weekly({ untilMs: Date.parse("2026-07-26T00:30:00Z") });
    expect(nextMaintenanceChangeMs([window], Date.parse("2026-07-25T00:00:00Z"))).toBe(Number.POSITIVE_INFINITY);
  });

  it("tells its next change from the very moment of the last one", () => {
    const window = weekly();
    const asked = ["2026-07-26T00:30:00Z", "2026-07-26T01:30:00Z", "2026-08-02T00:30:00Z"].map((at) => Date.parse(at));
    const notifiedChannels = asked.map((nowMs) => new Date(nextMaintenanceChangeMs([window], nowMs)).toISOString());
    expect(notifiedChannels).toEqual([
      "2026-07-26T01:30:00.000Z",
      "2026-08-02T00:30:00.000Z",
      "2026-08-02T01:30:00.000Z",
    ]);
  });

  it("is right when time is asked for backwards", () => {
    const window = weekly();
    expect(holds(window, "2026-07-26T00:30:00Z")).toBe(true);
    expect(holds(window, "2026-07-19T00:30:00Z")).toBe(true);
    expect(holds(window, "2026-07-19T00:29:00Z")).toBe(false);
    expect(holds(window, "2026-07-26T00:30:00Z")).toBe(true);
  });

  it("never holds in a zone or at a time that this host cannot read, rather than stop the checks", () => {
    for (const window of [weekly({ zone: "Europe/Atlantis" }), weekly({ start: "25:00" }), weekly({ days: [] })]) {
      expect(isInMaintenance([window], "llm", NOW_MS)).toBeNull();
      expect(nextMaintenanceChangeMs([window], NOW_MS)).toBe(Number.POSITIVE_INFINITY);
    }
  });
});

describe("scheduleFaults", () => {
  const fieldsOf = (schedule: MaintenanceWindow["schedule"]) =>
    scheduleFaults(schedule, NOW_MS).map(({ field }) => field);

  it("finds nothing in what may be asked, up to every limit", () => {
    expect(fieldsOf(once().schedule)).toEqual([]);
    expect(fieldsOf(weeklySchedule({ untilMs: NOW_MS + 1, days: WEEKDAYS }))).toEqual([]);
  });

  it.each<[field: string, given: Partial<WeeklySchedule>]>([
    ["zone", { zone: "Europe/Atlantis" }],
    ["zone", { zone: "+02:00" }],
    ["days", { days: ["mon", "mon"] }],
    ["untilMs", { untilMs: NOW_MS }],
  ])("names %s of a weekly schedule for %j", (field, given) => {
    expect(fieldsOf(weeklySchedule(given))).toEqual([field]);
  });

  it("names the start and the end of one that happens once", () => {
    const tooLate = NOW_MS + 365 * DAY_MS + 1;
    expect(fieldsOf(once({ startsAtMs: tooLate, endsAtMs: tooLate + 1 }).schedule)).toEqual(["startsAtMs"]);
    for (const endsAtMs of [NOW_MS, NOW_MS - 1, NOW_MS + 30 * DAY_MS + 1, Number.NaN]) {
      expect(fieldsOf(once({ endsAtMs }).schedule)).toEqual(["endsAtMs"]);
    }
  });
});

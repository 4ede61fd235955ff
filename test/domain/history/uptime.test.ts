import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { statusSpans } from "../../../shared/domain/history/status-spans.ts";
import { findUptime, type KindTimes } from "../../../shared/domain/history/uptime.ts";
import { CHECK_STATUSES, type CheckStatus } from "../../../shared/domain/monitoring/check.ts";
import type { Transition } from "../../../shared/domain/monitoring/transition.ts";
import { listLocalDays } from "../../../shared/domain/text/local-days.ts";
import { DAY_MS } from "../../../shared/domain/text/timestamp.ts";
import { HOUR, MINUTE, T0 } from "../../support/checks.ts";

const ALWAYS = Infinity;
const DAY_START = Date.UTC(2026, 2, 10);
const TODAY = [{ sinceMs: DAY_START, untilMs: DAY_START + DAY_MS }];

function transition(atMs: number, to: CheckStatus): Transition {
  return { serviceId: "a", atMs, from: "unknown", to, reason: null, message: null };
}

function uptimeOf(
  changes: readonly (readonly [atMs: number, to: CheckStatus])[],
  days = TODAY,
  evidenceEndsAtMs = ALWAYS,
) {
  const range = { sinceMs: 0, untilMs: days.at(-1)?.untilMs ?? 0, evidenceEndsAtMs };
  const transitions = changes.map(([atMs, to]) => transition(atMs, to));
  return findUptime(statusSpans(transitions, range), days);
}

const times = (more: Partial<KindTimes>): KindTimes => ({
  healthy: 0,
  degraded: 0,
  maintenance: 0,
  unknown: 0,
  down: 0,
  ...more,
});

describe("uptime", () => {
  it("counts from the status that the range begins with", () => {
    const uptime = uptimeOf([
      [DAY_START - HOUR, "healthy"],
      [DAY_START + 6 * HOUR, "timeout"],
      [DAY_START + 6 * HOUR + 90_000, "healthy"],
    ]);
    expect(uptime).toEqual({
      days: [times({ healthy: 86_310, down: 90 })],
      uptimePercent: 99.89,
      coveragePercent: 100,
      outages: 1,
      mttrMs: 90_000,
      mtbfMs: 86_310_000,
    });
  });

  it("is rounded down, so that an outage of seconds never reads 100", () => {
    const uptime = uptimeOf([
      [DAY_START, "healthy"],
      [DAY_START + HOUR, "error"],
      [DAY_START + HOUR + 1_000, "healthy"],
    ]);
    expect(uptime.uptimePercent).toBe(99.99);
  });

  it("has maintenance and unknown time on neither side, and tells how much is known", () => {
    const uptime = uptimeOf([
      [DAY_START, "healthy"],
      [DAY_START + 6 * HOUR, "maintenance"],
      [DAY_START + 12 * HOUR, "unknown"],
      [DAY_START + 18 * HOUR, "unhealthy"],
    ]);
    expect(uptime).toMatchObject({
      days: [times({ healthy: 21_600, maintenance: 21_600, unknown: 21_600, down: 21_600 })],
      uptimePercent: 50,
      coveragePercent: 75,
    });
  });

  it("is null where nobody watched: neither a day nor a percentage is made up", () => {
    const yesterday = { sinceMs: DAY_START - DAY_MS, untilMs: DAY_START };
    const before = uptimeOf([[DAY_START + HOUR, "healthy"]], [yesterday, ...TODAY]);
    expect(before.days).toEqual([null, times({ healthy: 23 * 3_600 })]);
    expect(before.coveragePercent).toBe(100);
    expect(uptimeOf([])).toMatchObject({ days: [null], uptimePercent: null, coveragePercent: null, outages: 0 });
  });

  it("knows nothing more once the evidence has ended", () => {
    const uptime = uptimeOf([[DAY_START, "healthy"]], TODAY, DAY_START + 2 * HOUR);
    expect(uptime).toMatchObject({
      days: [times({ healthy: 7_200, unknown: 22 * 3_600 })],
      uptimePercent: 100,
      coveragePercent: 8.33,
    });
  });

  it("takes an outage that changes its kind for one, and one that goes on for one that has no end", () => {
    const uptime = uptimeOf([
      [DAY_START, "healthy"],
      [DAY_START + HOUR, "timeout"],
      [DAY_START + HOUR + MINUTE, "error"],
      [DAY_START + HOUR + 3 * MINUTE, "degraded"],
      [DAY_START + 4 * HOUR, "unhealthy"],
    ]);
    expect(uptime).toMatchObject({ outages: 2, mttrMs: 3 * MINUTE });
    expect(uptime.mtbfMs).toBe((4 * HOUR - 3 * MINUTE) / 2);
  });

  it("takes an outage that nobody watched for a while for one, and one whose end nobody saw for no recovery", () => {
    const away = (hour: number): [number, CheckStatus][] => [
      [DAY_START + hour * HOUR, "error"],
      [DAY_START + hour * HOUR + MINUTE, "unknown"],
    ];
    // Never once healthy, and the monitor was off four times.
    const never = uptimeOf([...away(1), ...away(3), ...away(5), ...away(7)]);
    expect(never).toMatchObject({ outages: 1, mttrMs: null, mtbfMs: 0, uptimePercent: 0 });
    const found = [...away(1), [DAY_START + 2 * HOUR, "healthy"]] as const;
    expect(uptimeOf(found)).toMatchObject({ outages: 1, mttrMs: null, days: [{ down: 60, unknown: 3_540 }] });
    const seen = [...away(1), [DAY_START + 3 * HOUR, "error"], [DAY_START + 3 * HOUR + 30_000, "healthy"]] as const;
    expect(uptimeOf(seen)).toMatchObject({ outages: 1, mttrMs: 90_000 });
  });

  it("has the whole of an outage that began before the range in the time to recovery, and its part in the day", () => {
    const uptime = uptimeOf([
      [DAY_START - 2 * HOUR, "error"],
      [DAY_START - HOUR, "timeout"],
      [DAY_START + HOUR, "healthy"],
    ]);
    expect(uptime).toMatchObject({ outages: 1, mttrMs: 3 * HOUR, uptimePercent: 95.83, days: [{ down: 3_600 }] });
  });

  it("is off by less than a second in each kind, also the one that there is most of", () => {
    const milliseconds = fc.array(fc.tuple(fc.integer({ min: 1, max: 9_999 }), fc.constantFrom(...CHECK_STATUSES)), {
      minLength: 1,
      maxLength: 30,
    });
    fc.assert(
      fc.property(milliseconds, (steps) => {
        let endMs = DAY_START;
        const exact = { ...times({}) } as Record<string, number>;
        const own = steps.map(([lastsMs, to]): [number, CheckStatus] => {
          const kind = to === "unhealthy" || to === "timeout" || to === "error" ? "down" : to;
          exact[kind] = (exact[kind] ?? 0) + lastsMs / 1_000;
          endMs += lastsMs;
          return [endMs - lastsMs, to];
        });
        const [day] = uptimeOf(own, [{ sinceMs: DAY_START, untilMs: endMs }]).days;
        const seconds = Object.entries(day ?? {});
        for (const [kind, told] of seconds) expect(Math.abs(told - (exact[kind] ?? 0))).toBeLessThan(1);
        const sum = seconds.reduce((all, [, told]) => all + told, 0);
        expect(sum).toBe(Math.round((endMs - DAY_START) / 1_000));
      }),
    );
  });

  const ZONES = ["UTC", "Europe/Berlin", "Australia/Lord_Howe", "America/New_York"];
  const changes = fc.array(
    fc.tuple(fc.integer({ min: -5 * DAY_MS, max: 40 * DAY_MS }), fc.constantFrom(...CHECK_STATUSES)),
    {
      maxLength: 30,
    },
  );
  it("of any history has in each day what an instant of it says, and as many seconds as the day has", () => {
    fc.assert(
      fc.property(
        changes,
        fc.constantFrom(...ZONES),
        // Around both changes of the clocks.
        fc.constantFrom(Date.UTC(2026, 2, 1), Date.UTC(2026, 9, 5), Date.UTC(2027, 11, 20)),
        (drawn, zone, startMs) => {
          const untilMs = startMs + 40 * DAY_MS;
          const days = listLocalDays(35, untilMs, zone);
          const own = drawn
            .map(([offsetMs, to]) => [startMs + Math.floor(offsetMs / 1_000) * 1_000, to] as const)
            .toSorted(([left], [right]) => left - right)
            .filter(([atMs], index, all) => atMs !== all[index + 1]?.[0]);
          const uptime = uptimeOf(own, days);
          uptime.days.forEach((day, index) => {
            const { sinceMs = 0, untilMs: endMs = 0 } = days[index] ?? {};
            const firstMs = own[0]?.[0] ?? Infinity;
            if (firstMs >= endMs) return expect(day).toBeNull();
            const sum = Object.values(day ?? {}).reduce((all, seconds) => all + seconds, 0);
            expect(sum).toBe((endMs - Math.max(firstMs, sinceMs)) / 1_000);
            for (const kind of ["healthy", "degraded", "maintenance", "unknown"] as const) {
              const expected = own.reduce((all, [atMs, to], place) => {
                const untilNextMs = Math.min(own[place + 1]?.[0] ?? Infinity, endMs);
                return to === kind ? all + Math.max(0, untilNextMs - Math.max(atMs, sinceMs)) / 1_000 : all;
              }, 0);
              expect(day?.[kind]).toBe(expected);
            }
          });
        },
      ),
    );
  });
});

describe("local days", () => {
  it("have 23 and 25 hours when the clocks change", () => {
    const lengths = (untilMs: number, zone: string) =>
      listLocalDays(3, untilMs, zone).map(({ name, sinceMs, untilMs: endMs }) => [name, (endMs - sinceMs) / HOUR]);
    expect(lengths(Date.UTC(2026, 2, 30, 10), "Europe/Berlin")).toEqual([
      ["2026-03-28", 24],
      ["2026-03-29", 23],
      ["2026-03-30", 12],
    ]);
    expect(lengths(Date.UTC(2026, 9, 26, 11), "Europe/Berlin")).toEqual([
      ["2026-10-24", 24],
      ["2026-10-25", 25],
      ["2026-10-26", 12],
    ]);
  });

  it("cross months and years, and leave out a day that a zone has skipped", () => {
    expect(listLocalDays(2, Date.UTC(2027, 0, 1, 5), "UTC").map(({ name }) => name)).toEqual([
      "2026-12-31",
      "2027-01-01",
    ]);
    const names = listLocalDays(4, Date.UTC(2011, 11, 31, 10), "Pacific/Apia").map(({ name }) => name);
    expect(names).toEqual(["2011-12-28", "2011-12-29", "2011-12-31"]);
  });

  it("are those of the zone, the number and the day that are asked for, whatever was asked for before", () => {
    const asked = [
      { count: 3, untilMs: T0, zone: "Europe/Berlin" },
      { count: 3, untilMs: T0, zone: "Asia/Tokyo" },
      { count: 2, untilMs: T0, zone: "Europe/Berlin" },
      { count: 3, untilMs: T0 + DAY_MS, zone: "Europe/Berlin" },
    ];
    const answers = () => asked.map(({ count, untilMs, zone }) => listLocalDays(count, untilMs, zone));
    const first = answers();
    const starts = (index: number) => first[index]?.map(({ sinceMs }) => sinceMs) ?? [];
    expect(answers()).toEqual(first);
    expect(starts(1)).toEqual(starts(0).map((sinceMs) => sinceMs - 8 * HOUR));
    expect(starts(2)).toEqual(starts(0).slice(1));
    expect(starts(3)).toEqual(starts(0).map((sinceMs) => sinceMs + DAY_MS));
  });

  it("end with the instant that was given, which belongs to the last one", () => {
    const [day] = listLocalDays(1, T0, "UTC");
    expect(day).toEqual({ name: "2026-03-10", sinceMs: DAY_START, untilMs: T0 });
    expect(listLocalDays(1, DAY_START, "UTC")[0].name).toBe("2026-03-09");
  });
});

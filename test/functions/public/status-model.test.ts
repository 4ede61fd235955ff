/** What strangers may see, as values: the days of the past, since when all is what it is, and what is planned. */
import { describe, expect, it } from "vitest";
import { uptimePercent } from "../../../functions/public/figures.ts";
import { overallSinceMs } from "../../../functions/public/overall-since.ts";
import { MOST_PAGES, pastPage } from "../../../functions/public/past-page.ts";
import { listPlanned } from "../../../functions/public/planned.ts";
import type { StatusSpan } from "../../../shared/domain/history/status-spans.ts";
import { DAY_MS } from "../../../shared/domain/text/timestamp.ts";
import { HOUR, MINUTE, T0 } from "../../support/checks.ts";
import { planned, weekly } from "../../support/fake-maintenance.ts";
import { incident, publicService, publicStatus } from "../../support/public-status.ts";

describe("the past", () => {
  it("is told in pages of fourteen days, newest first, for ninety days", () => {
    const pages = Array.from({ length: MOST_PAGES }, (_, index) => pastPage(publicStatus(), index + 1));
    const names = pages.flatMap(({ days }) => days.map(({ name }) => name));
    expect([names.length, names[0], names.at(-1)]).toEqual([90, "2026-03-10", "2025-12-11"]);
    expect(pages[0]).toMatchObject({ newer: null, older: 2 });
    expect(pages.at(-1)).toMatchObject({ newer: MOST_PAGES - 1, older: null });
  });

  it("counts what is too much for a day", () => {
    const incidents = Array.from({ length: 9 }, (_, index) => incident({ sinceMs: T0 - index * MINUTE }));
    const [today] = pastPage(publicStatus({ incidents }), 1).days;
    expect([today?.incidents.length, today?.leftOut]).toEqual([6, 3]);
  });

  it("counts an incident that goes on, and tells only those that are over", () => {
    const incidents = [incident({ untilMs: null }), incident({ sinceMs: T0 - 30 * MINUTE })];
    const [today, yesterday] = pastPage(publicStatus({ incidents }), 1).days;
    expect([today?.incidents, today?.open, yesterday?.open]).toEqual([[incidents[1]], 1, 0]);
  });

  it("knows nothing of a day on which nobody watched", () => {
    const unwatched = publicStatus({}, [publicService({ past: null })]);
    expect(pastPage(unwatched, 1).days.every(({ isUnknown }) => isUnknown)).toBe(true);
    expect(pastPage(publicStatus(), 1).days.some(({ isUnknown }) => isUnknown)).toBe(false);
  });

  it("tells a notice among its day when it does not stand at the top any more", () => {
    const notices = [2, 30].map((hours) => ({ atMs: T0 - hours * HOUR, text: "moved", serviceName: null }));
    expect(pastPage(publicStatus({ notices }), 1).days.flatMap((day) => day.notices)).toEqual([notices[1]]);
  });
});

describe("a share of the last days", () => {
  it("is rounded down, and none where nobody watched", () => {
    const service = publicService();
    if (!service.past) expect.unreachable();
    const down = { healthy: 86_399, degraded: 0, maintenance: 0, unknown: 0, down: 1 };
    const idle = { healthy: 0, degraded: 0, maintenance: 40_000, unknown: 46_400, down: 0 };
    const withDays = (days: readonly (typeof down | null)[]) => ({
      past: service.past && { ...service.past, uptime: { ...service.past.uptime, days } },
    });
    expect(uptimePercent(withDays([null, null, down]), 2)).toBe(99.99);
    expect(uptimePercent(withDays([down, idle]), 1)).toBeNull();
    expect(uptimePercent(withDays([null, null, null]), 2)).toBeNull();
  });
});

describe("since when all are what they are", () => {
  const spans = (...statuses: readonly (readonly [number, StatusSpan["status"]])[]): StatusSpan[] =>
    statuses.map(([sinceMs, status], index) => ({ sinceMs, status, untilMs: statuses[index + 1]?.[0] ?? T0 }));
  const since = (overall: "healthy" | "degraded" | "unhealthy", ...voters: readonly StatusSpan[][]) =>
    overallSinceMs(
      voters.map((own) => ({ critical: true, spans: own })),
      { overall, degradedThresholdPercent: 50 },
    );

  it("is the change that made them so, not one that came after it", () => {
    const a = spans([1, "healthy"], [10, "timeout"], [30, "error"]);
    const b = spans([1, "healthy"]);
    expect(since("degraded", a, b)).toBe(10);
    expect(since("healthy", b, spans([1, "timeout"], [20, "healthy"]))).toBe(20);
    expect(since("unhealthy", a, spans([1, "healthy"], [40, "timeout"]))).toBe(40);
  });

  it("is not known where what is known of the past says something else of now", () => {
    expect(since("healthy", spans([1, "timeout"]))).toBeNull();
  });
});

describe("planned maintenance", () => {
  const once = (startsAtMs: number, services: readonly string[] = ["a*"]) =>
    planned({ kind: "once", startsAtMs, endsAtMs: startsAtMs + HOUR }, services);

  it("is told of the services that are shown, the next one first, for a month", () => {
    const windows = [
      once(T0 + 2 * DAY_MS),
      once(T0 - MINUTE),
      once(T0 + 31 * DAY_MS),
      once(T0 + HOUR, ["b"]),
      once(T0 - DAY_MS),
    ];
    expect(listPlanned(windows, ["a1", "a2", "c"], T0)).toEqual([
      { serviceIds: ["a1", "a2"], startsAtMs: T0 - MINUTE, endsAtMs: T0 + 59 * MINUTE, isActive: true },
      { serviceIds: ["a1", "a2"], startsAtMs: T0 + 2 * DAY_MS, endsAtMs: T0 + 2 * DAY_MS + HOUR, isActive: false },
    ]);
  });

  it("says neither who planned it nor why, and comes every week", () => {
    const [next] = listPlanned([weekly()], ["a"], T0);
    expect(Object.keys(next ?? {})).toEqual(["serviceIds", "startsAtMs", "endsAtMs", "isActive"]);
    expect(new Date(next?.startsAtMs ?? 0).toISOString()).toBe("2026-03-15T01:30:00.000Z");
  });
});

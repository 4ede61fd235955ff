/** How large a series can become: of any past, and whatever people have noted beside it. */
import fc from "fast-check";
import { afterAll, beforeAll, expect, it } from "vitest";
import * as z from "zod/mini";
import { seriesEndpoint } from "../../../functions/endpoints/series.ts";
import { CHECK_STATUSES } from "../../../shared/domain/monitoring/check.ts";
import { HOUR } from "../../support/checks.ts";
import { markTexts, NOW_MS, startBusyMonitor, type StatusChange } from "../../support/busy-history.ts";

const MOST_BYTES = 12_000;
const ID = "a".repeat(64);
const DAYS = [1, 12, 24, 365];

let monitor: Awaited<ReturnType<typeof startBusyMonitor>>;

beforeAll(async () => {
  monitor = await startBusyMonitor([ID], { hours: 12 * 24 });
});
afterAll(() => monitor.close());

const iso = (atMs: number): string => new Date(atMs).toISOString();

/** Each a share (0..1) of the range, counted from now. */
const ago = fc.double({ min: 0, max: 1, noNaN: true });
const pasts = fc.record({
  days: fc.constantFrom(...DAYS),
  points: fc.constantFrom(288, 288, 287, 144),
  changes: fc.array(fc.tuple(ago, fc.constantFrom(...CHECK_STATUSES)), { maxLength: 400, size: "max" }),
  marks: fc.array(fc.tuple(ago, markTexts), { maxLength: 40, size: "max" }),
});

interface Past {
  readonly days: number;
  readonly points: number;
  readonly changes: readonly StatusChange[];
  readonly marks: readonly (readonly [ago: number, text: string])[];
}

async function askAbout({ days, points, changes, marks }: Past) {
  const atMs = (share: number): number => Math.floor(NOW_MS - share * days * 24 * HOUR);
  monitor.live(
    new Map([[ID, changes.map(([share, to]) => [atMs(share), to] as const)]]),
    marks.map(([share, text]) => ({ atMs: atMs(share), text })),
  );
  const range = `since=${iso(NOW_MS - days * 24 * HOUR)}&until=${iso(NOW_MS)}`;
  return monitor.ask(`/series/${ID}?${range}&points=${points}`);
}

it("A series of up to 288 columns is 12,000 bytes at most, of any past, and tells how much it left out", async () => {
  await fc.assert(
    fc.asyncProperty(pasts, async (past) => {
      const { bytes, json } = await askAbout(past);
      expect(bytes).toBeLessThanOrEqual(MOST_BYTES);
      expect(z.parse(seriesEndpoint.response, json)).toEqual(json);
      for (const column of ["p50", "p95", "max", "count", "timeouts"]) expect(json[column]).toHaveLength(json.t.length);
      const lists = [
        [json.outages, json.outage_spans_total, 30],
        [json.maintenance, json.maintenance_total, 30],
        [json.marks, json.marks_total, 20],
      ] as const;
      for (const [list, total, most] of lists) {
        const times = list.map(({ since, at }: { since?: string; at?: string }) => since ?? at);
        expect(times).toEqual(times.toSorted());
        expect(total).toBeGreaterThanOrEqual(list.length);
        // The longest entry takes 600 bytes.
        if (bytes < MOST_BYTES - 600) expect(list).toHaveLength(Math.min(total, most));
      }
    }),
    { numRuns: 200, endOnFailure: true, plugins: [fc.unbiased()] },
  );
});

it("What does not fit beside a series: the shorter outages, the older marks; not the outage that goes on", async () => {
  const hoursAgo = (hours: number): number => hours / 24;
  const outage = (index: number): StatusChange[] => [
    [hoursAgo(23 - index), "timeout"],
    [hoursAgo(23 - index) - (index + 1) / 10_000, "healthy"],
  ];
  const { json } = await askAbout({
    days: 1,
    points: 288,
    changes: [...Array.from({ length: 20 }, (_, index) => outage(index)).flat(), [hoursAgo(0.001), "timeout"]],
    marks: Array.from({ length: 20 }, (_, index) => [hoursAgo(23 - index), `deploy ${index}`]),
  });
  expect([json.outage_spans_total, json.maintenance_total, json.marks_total]).toEqual([21, 0, 20]);
  const told = json.outages.length;
  expect(told).toBeGreaterThan(1);
  expect(told).toBeLessThan(21);
  const since = (hours: number): string => iso(Math.floor(NOW_MS - hoursAgo(hours) * 24 * HOUR));
  const longest = Array.from({ length: told - 1 }, (_, index) => since(23 - (20 - told + 1 + index)));
  expect(json.outages.map((each: { since: string }) => each.since)).toEqual([...longest, since(0.001)]);
  expect(json.marks.at(-1).text).toBe("deploy 19");
  expect(json.marks[0].text).toBe(`deploy ${20 - json.marks.length}`);
});

it("Columns that are too large for 12,000 bytes become wider, and fewer", async () => {
  const past = { days: 12, points: 288, changes: [], marks: [] };
  const { bytes, json } = await askAbout(past);
  expect([json.step_s, json.t.length]).toEqual([7_200, 144]);
  expect(bytes).toBeLessThan(MOST_BYTES);
  // Who asks for more columns is given more bytes.
  expect((await askAbout({ ...past, points: 400 })).json).toMatchObject({ step_s: 3_600 });
  expect((await askAbout({ ...past, days: 1 })).json.t).toHaveLength(288);
});

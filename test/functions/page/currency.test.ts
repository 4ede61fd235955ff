import { describe, expect, it } from "vitest";
import { currencyOf } from "../../../functions/page/currency.ts";
import { readCurrency } from "../../../functions/page/read-currency.ts";
import { runningText } from "../../../shared/domain/text/running-text.ts";
import { T0 } from "../../support/checks.ts";

const SECOND = 1_000;

describe("a page", () => {
  it.each([
    { intervals: [], seconds: 15 },
    { intervals: [1, 30], seconds: 15 },
    { intervals: [30, 60], seconds: 90 },
  ])("is of now for three of the shortest intervals, 15 s at least: $intervals", ({ intervals, seconds }) => {
    const services = intervals.map((each) => ({ intervalMs: each * SECOND }));
    expect(currencyOf(T0, services, T0).staleAfterMs).toBe(seconds * SECOND);
    const isStaleAfter = (ms: number): boolean => currencyOf(T0, services, T0 + ms).isStale;
    expect([isStaleAfter(seconds * SECOND), isStaleAfter(seconds * SECOND + 1)]).toEqual([false, true]);
  });

  it("is not stale before anything was known, nor when nobody can say of when it is", async () => {
    expect(currencyOf(null, [], T0)).toMatchObject({ atMs: null, isStale: false });
    const snapshots = { read: () => Promise.reject(new Error("disk I/O error")) };
    const cluster = () => ({ services: [] }) as never;
    expect(await readCurrency({ snapshots, cluster }, T0)).toMatchObject({ atMs: null, isStale: false });
  });
});

it.each([
  ["for", -65_000, "for 1 min 5 s"],
  ["ago", -2_900, "2 s ago"],
  ["in", 3_000, "in 3 s"],
  ["in", 999, "now"],
  ["in", -20_000, "now"],
  ["left", 61_000, "1 min 1 s left"],
  ["left", -1, "0 s left"],
] as const)("What is said by '%s' of an instant %i ms from now is: %s", (kind, fromNowMs, text) => {
  expect(runningText(kind, T0 + fromNowMs, T0)).toBe(text);
});

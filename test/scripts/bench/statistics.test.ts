/**
 * What the rounds of the benchmark come to.
 */
import { describe, expect, it } from "vitest";
import { compareToBar, median, quantile, summarise } from "../../../scripts/bench/statistics.ts";

const ratioOf = (value: number) => ({ median: value, min: 0.1, max: 9 });

describe("median", () => {
  it("is the middle value of an odd number of values in any order", () => {
    expect(median([9, 1, 5])).toBe(5);
  });

  it("is the mean of the two middle values of an even number of values", () => {
    expect(median([10, 1, 2, 4])).toBe(3);
  });

  it("orders by number, not by text", () => {
    expect(median([10, 9, 100])).toBe(10);
  });

  it("is not a number when there are no values", () => {
    expect(median([])).toBeNaN();
  });

  it("leaves its argument as it is", () => {
    const values = [3, 1, 2];
    median(values);
    expect(values).toEqual([3, 1, 2]);
  });
});

describe("quantile", () => {
  const hundred = Array.from({ length: 100 }, (_, index) => 100 - index);

  it("is the smallest value that the share does not exceed", () => {
    expect(quantile(hundred, 0.99)).toBe(99);
    expect(quantile(hundred, 0.5)).toBe(50);
  });

  it("is the largest value for the whole and the smallest for nothing", () => {
    expect(quantile(hundred, 1)).toBe(100);
    expect(quantile(hundred, 0)).toBe(1);
  });

  it("is not a number when there are no values", () => {
    expect(quantile([], 0.99)).toBeNaN();
  });
});

describe("summarise", () => {
  const rounds = [
    { ours: 10, reference: 20 },
    { ours: 90, reference: 100 },
    { ours: 30, reference: 40 },
  ];

  it("takes the ratio within each pair, so that a slow pair counts no more than others", () => {
    expect(summarise(rounds).ratio).toEqual({ median: 0.75, min: 0.5, max: 0.9 });
  });

  it("gives the median of each side alone", () => {
    expect(summarise(rounds)).toMatchObject({ ours: 30, reference: 40 });
  });
});

describe("compareToBar", () => {
  it("passes a lower bar at the bar itself and fails just below", () => {
    expect(compareToBar(ratioOf(0.85), { atLeast: 0.85 })).toBe("pass");
    expect(compareToBar(ratioOf(0.849), { atLeast: 0.85 })).toBe("fail");
  });

  it("passes an upper bar at the bar itself and fails just above", () => {
    expect(compareToBar(ratioOf(1.25), { atMost: 1.25 })).toBe("pass");
    expect(compareToBar(ratioOf(1.251), { atMost: 1.25 })).toBe("fail");
  });

  it("fails a ratio that is not a number", () => {
    expect(compareToBar(ratioOf(Number.NaN), { atMost: 1.25 })).toBe("fail");
    expect(compareToBar(ratioOf(Number.NaN), { atLeast: 0.85 })).toBe("fail");
  });

  it("judges the largest value when the bar says so", () => {
    const spread = { median: 1, min: 0.5, max: 2 };
    expect(compareToBar(spread, { on: "median", atMost: 1 })).toBe("pass");
    expect(compareToBar(spread, { on: "max", atMost: 1.9 })).toBe("fail");
    expect(compareToBar(spread, { on: "max", atMost: 2 })).toBe("pass");
  });

  it("gives no verdict on what has no bar", () => {
    expect(compareToBar(ratioOf(99), null)).toBe("no_bar");
  });
});

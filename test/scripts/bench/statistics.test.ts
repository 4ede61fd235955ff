/**
 * Where most values of a measurement lie.
 */
import { describe, expect, it } from "vitest";
import { median, quantile } from "../../../scripts/bench/statistics.ts";

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

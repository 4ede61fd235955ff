import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { findBucket, HistogramBuilder, quantile, type Histogram } from "../../../shared/domain/history/histogram.ts";
import { newLists, packHistogram, unpackHistogram } from "../../../shared/storage/packed-histogram.ts";

/** From a fraction of a millisecond to an hour, as often small as large. */
const time = fc.double({ min: -1, max: 6.6, noNaN: true }).map((exponent) => 10 ** exponent);
const times = fc.array(time, { minLength: 1, maxLength: 200 });

function buildHistogram(values: readonly number[]): Histogram {
  const builder = new HistogramBuilder();
  for (const ms of values) builder.add(findBucket(ms), 1);
  return builder.take();
}

/** The smallest value that at least that share of all do not exceed. */
function exactQuantile(values: readonly number[], q: number): number {
  const sorted = values.toSorted((left, right) => left - right);
  return sorted.find((value) => sorted.filter((other) => other <= value).length >= q * sorted.length) ?? Number.NaN;
}

describe("histogram", () => {
  it("gives every quantile within 2 % of the exact one", () => {
    fc.assert(
      fc.property(times, fc.double({ min: 0, max: 1, noNaN: true }), (values, q) => {
        const exact = exactQuantile(values, q);
        expect(Math.abs(quantile(buildHistogram(values), q) - exact) / exact).toBeLessThan(0.0195);
      }),
    );
  });

  it("orders buckets as it orders times, and keeps everything up to 0.1 ms in the first", () => {
    fc.assert(
      fc.property(time, time, (a, b) => {
        expect(findBucket(Math.min(a, b))).toBeLessThanOrEqual(findBucket(Math.max(a, b)));
      }),
    );
    expect([0, 0.05, 0.1, 0.11].map(findBucket)).toEqual([0, 0, 0, 3]);
  });

  it("has no quantile of nothing", () => {
    expect(quantile(buildHistogram([]), 0.5)).toBeNaN();
  });

  it("comes back from its stored form, with the longest time-out and its kind", () => {
    const count = fc.oneof(fc.integer({ min: 1, max: 40 }), fc.integer({ min: 1, max: 10_000_000 }));
    const bucket = fc.integer({ min: 0, max: 1_000 });
    fc.assert(
      fc.property(
        fc.uniqueArray(fc.tuple(bucket, count), { selector: ([each]) => each }),
        fc.option(fc.integer({ min: 0, max: 3_000_000 })),
        fc.constantFrom("answers", "answersOfSeveralHours"),
        (entries, timeoutTenths, kind) => {
          const sorted = entries.toSorted(([left], [right]) => left - right);
          const histogram = { buckets: sorted.map(([each]) => each), counts: sorted.map(([, each]) => each) };
          const packed = { kind, histogram, timeoutTenths } as const;
          expect(unpackHistogram(packHistogram(packed))).toEqual(packed);
        },
      ),
    );
  });

  it("comes back whole in lists that held another one, longer or shorter", () => {
    const lists = newLists();
    fc.assert(
      fc.property(times, (values) => {
        const histogram = buildHistogram(values);
        const packed = { kind: "answers", histogram, timeoutTenths: null } as const;
        expect(unpackHistogram(packHistogram(packed), lists)).toEqual(packed);
      }),
    );
  });

  it.each([
    [[]],
    [[1, 0]],
    [[2]],
    [[2, 0, 0x10]],
    [[2, 0, 0xf1]],
    [[2, 0, 0xf1, 0x80]],
    [[2, 255, 255, 255, 255, 255, 255, 255, 255, 1]],
  ])("is not one of ours as %j", (bytes) => {
    expect(() => unpackHistogram(bytes)).toThrow(/histogram|bucket|number/);
  });
});

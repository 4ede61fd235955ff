import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { CHECK_STATUSES, type Check } from "../../../shared/domain/monitoring/check.ts";
import { buildHistogram } from "../../../shared/domain/history/histogram.ts";
import { hourBlocks } from "../../../shared/domain/history/hour-block.ts";
import { toBytes } from "../../../shared/storage/blob-column.ts";
import { decodeSamples, encodeBlock, withDetails } from "../../../shared/storage/sample-block.ts";
import { check, HOUR, T0 } from "../../support/checks.ts";

const anyCheck: fc.Arbitrary<Check> = fc
  .record({
    offsetMs: fc.integer({ min: -5_000, max: HOUR - 1 }),
    tenths: fc.integer({ min: 0, max: 3_000_000 }),
    status: fc.constantFrom(...CHECK_STATUSES),
    message: fc.option(fc.string()),
    statusCode: fc.option(fc.integer({ min: 100, max: 599 })),
    data: fc.option(fc.jsonValue({ maxDepth: 2 })),
  })
  .map(({ offsetMs, tenths, status, message, statusCode, data }) =>
    check("a", T0 + offsetMs, {
      status,
      reason: status === "healthy" ? null : "http_status",
      message,
      statusCode,
      responseTimeMs: tenths / 10,
      details: data === null ? {} : { data: JSON.parse(JSON.stringify(data)) },
    }),
  );

describe("hour block", () => {
  it("comes back from its stored form bit for bit, with the figures of its samples", async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(anyCheck, { minLength: 1, maxLength: 40 }), async (checks) => {
        const [block] = hourBlocks(T0, checks);
        if (!block) throw new Error("checks give a block");
        const row = await encodeBlock(block);
        expect(await withDetails(decodeSamples("a", row), row.details)).toEqual(block.samples);
        const answered = checks.filter(({ status }) => status === "healthy" || status === "degraded");
        const counts = [...(block.responseTimes?.histogram.values() ?? [])];
        expect(counts.reduce((sum, count) => sum + count, 0)).toBe(answered.length);
        const tenths = answered.map(({ responseTimeMs }) => Math.round(responseTimeMs * 10));
        expect(row.sum_tenth_ms ?? 0).toBe(tenths.reduce((sum, each) => sum + each, 0));
        expect(row.min_tenth_ms).toBe(tenths.length === 0 ? null : Math.min(...tenths));
        expect(row.max_tenth_ms).toBe(tenths.length === 0 ? null : Math.max(...tenths));
        expect([...block.statusCounts.values()].reduce((sum, count) => sum + count, 0)).toBe(checks.length);
      }),
      { numRuns: 60 },
    );
  });

  it("exists once for each service, whatever the order of the checks", () => {
    const checks = [check("b", T0 + 3), check("a", T0 + 2), check("b", T0 + 1)];
    const blocks = hourBlocks(T0, checks);
    expect(
      blocks.map(({ serviceId, samples }) => [serviceId, samples.map(({ checkedAtMs }) => checkedAtMs - T0)]),
    ).toEqual([
      ["a", [2]],
      ["b", [1, 3]],
    ]);
  });

  it("costs less than 6 bytes a sample for a steady service", async () => {
    const checks = Array.from({ length: 120 }, (_, n) =>
      check("a", T0 + n * 30_000 + (n % 3), { responseTimeMs: 20 + (n % 40) / 10 }),
    );
    const [block] = hourBlocks(T0, checks);
    if (!block) throw new Error("checks give a block");
    const row = await encodeBlock(block);
    const bytes = Object.values(row).map((column) => {
      if (typeof column === "number") return 6;
      return typeof column === "string" ? column.length : toBytes(column ?? []).length;
    });
    expect(bytes.reduce((sum, count) => sum + count) / checks.length).toBeLessThan(6);
  });
});

describe("histogram", () => {
  const times = fc.array(fc.double({ min: 0, max: 300_000, noNaN: true }), { minLength: 1, maxLength: 200 });

  it("of everything is that of the parts, counts added bucket by bucket", () => {
    fc.assert(
      fc.property(times, times, (left, right) => {
        const added = new Map(buildHistogram(left));
        for (const [bucket, count] of buildHistogram(right)) added.set(bucket, (added.get(bucket) ?? 0) + count);
        expect(added).toEqual(new Map(buildHistogram([...left, ...right])));
      }),
    );
  });

  it("puts two times into one bucket only when they are within 11 %, so that its middle is within 5.3 % of both", () => {
    const time = fc.double({ min: 0.1, max: 300_000, noNaN: true });
    fc.assert(
      fc.property(time, fc.double({ min: 1, max: 2, noNaN: true }), (ms, factor) => {
        const buckets = buildHistogram([ms, ms * factor]).size;
        if (factor > 1.1053) expect(buckets).toBe(2);
      }),
    );
  });

  it("orders buckets as it orders times, and keeps everything up to 0.1 ms in the first", () => {
    fc.assert(
      fc.property(
        fc.double({ min: 0, max: 300_000, noNaN: true }),
        fc.double({ min: 0, max: 300_000, noNaN: true }),
        (a, b) => {
          const [low, high] = [Math.min(a, b), Math.max(a, b)].map((ms) => [...buildHistogram([ms]).keys()][0] ?? -1);
          expect(low).toBeLessThanOrEqual(high ?? -1);
        },
      ),
    );
    expect([...buildHistogram([0, 0.05, 0.1])]).toEqual([[0, 3]]);
  });
});

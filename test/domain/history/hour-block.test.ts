import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { CHECK_STATUSES, type Check } from "../../../shared/domain/monitoring/check.ts";
import { hourBlocks } from "../../../shared/domain/history/hour-block.ts";
import { toBytes } from "../../../shared/storage/blob-column.ts";
import { decodeSamples, encodeBlock, withDetails } from "../../../shared/storage/sample-block.ts";
import { decodeHour } from "../../../shared/storage/stored-rollup.ts";
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
        const { statusCounts, responseTimes, longestTimeoutMs } = block;
        const isOneHour = checks.every(({ checkedAtMs }) => checkedAtMs >= T0);
        expect(decodeHour(row)).toEqual(isOneHour ? { statusCounts, responseTimes, longestTimeoutMs } : null);
        const answered = checks.filter(({ status }) => ["healthy", "degraded", "unhealthy"].includes(status));
        const counts = block.responseTimes?.histogram.counts ?? [];
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

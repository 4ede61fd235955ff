/** How large 90 days of uptime can become, of six services that live through anything. */
import fc from "fast-check";
import { afterAll, beforeAll, expect, it } from "vitest";
import * as z from "zod/mini";
import { uptimeEndpoint } from "../../../functions/endpoints/uptime.ts";
import { CHECK_STATUSES } from "../../../shared/domain/monitoring/check.ts";
import { HOUR } from "../../support/checks.ts";
import { NOW_MS, startBusyMonitor } from "../../support/busy-history.ts";

const MOST_BYTES = 12_000;
const IDS = Array.from({ length: 6 }, (_, index) => `${"a".repeat(63)}${index}`);
const RANGE_MS = 91 * 24 * HOUR;
const KINDS = ["healthy", "degraded", "maintenance", "unknown", "down"] as const;

let monitor: Awaited<ReturnType<typeof startBusyMonitor>>;

beforeAll(async () => {
  monitor = await startBusyMonitor(IDS, {});
});
afterAll(() => monitor.close());

const changes = fc.array(
  fc.tuple(
    fc.integer({ min: 0, max: RANGE_MS }).map((agoMs) => NOW_MS - agoMs),
    fc.constantFrom(...CHECK_STATUSES),
  ),
  { maxLength: 800, size: "max" },
);

it("90 days of uptime of six services are 12,000 bytes at most, and no second of them is lost", async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(changes, { maxLength: 6, size: "max" }), async (lives) => {
      monitor.live(new Map(lives.map((own, index) => [IDS[index] ?? "", own])), []);
      const { bytes, json } = await monitor.ask("/uptime?days=90");
      expect(bytes).toBeLessThanOrEqual(MOST_BYTES);
      expect(z.parse(uptimeEndpoint.response, json)).toEqual(json);
      expect(json.days.length + json.days_left_out).toBe(90);
      // A day of all of them takes 193 bytes, and the first one that is left out 800.
      if (bytes < MOST_BYTES - 1_000) expect(json.days_left_out).toBe(0);
      const { json: whole } = await monitor.ask("/uptime?days=91");
      for (const [id, service] of Object.entries<Record<string, number[]>>(json.services)) {
        const told = whole.services[id];
        for (const kind of KINDS) {
          expect(service[kind]).toEqual(told[kind].slice(1 + json.days_left_out));
          const sum = told[kind].slice(1, 1 + json.days_left_out).reduce((all: number, each: number) => all + each, 0);
          expect((service["left_out"] as unknown as Record<string, number> | undefined)?.[kind] ?? 0).toBe(sum);
        }
      }
    }),
    { numRuns: 40, endOnFailure: true, plugins: [fc.unbiased()] },
  );
});

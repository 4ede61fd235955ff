import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { CheckStatus } from "../../../shared/domain/monitoring/check.ts";
import {
  effectiveIntervalMs,
  nextDueMs,
  phaseOffsetMs,
  urgentServices,
} from "../../../shared/domain/monitoring/schedule.ts";

const interval = fc.integer({ min: 200, max: 86_400_000 });

describe("due times", () => {
  it("follow the worked example", () => {
    expect(nextDueMs(64_500, 30_000, 4_000)).toBe(94_000);
  });

  it("lie strictly in the future, on the service's own grid, at most one interval away", () => {
    const after = fc.double({ min: 0, max: 1e12, noNaN: true });
    fc.assert(
      fc.property(fc.string(), interval, after, (id, intervalMs, afterMs) => {
        const offsetMs = phaseOffsetMs(id, intervalMs);
        const dueMs = nextDueMs(afterMs, intervalMs, offsetMs);
        expect(dueMs).toBeGreaterThan(afterMs);
        expect(dueMs - afterMs).toBeLessThanOrEqual(intervalMs);
        expect((dueMs - offsetMs) % intervalMs).toBe(0);
      }),
    );
  });

  it("do not gather: a hundred services of one interval are spread over all of it", () => {
    const tenths = new Set(
      Array.from({ length: 100 }, (_, n) => Math.floor(phaseOffsetMs(`service_${n}`, 30_000) / 3_000)),
    );
    expect(tenths.size).toBe(10);
  });
});

describe("adaptive cadence", () => {
  const adaptive = { degradedMs: 15_000, unhealthyMs: 5_000 };

  it("looks at an urgent service every 15 s while the cluster is degraded and every 5 s while it is unhealthy", () => {
    expect(effectiveIntervalMs(60_000, { urgent: true, recheckEveryMs: Infinity, overall: "degraded" }, adaptive)).toBe(
      15_000,
    );
    expect(
      effectiveIntervalMs(60_000, { urgent: true, recheckEveryMs: Infinity, overall: "unhealthy" }, adaptive),
    ).toBe(5_000);
  });

  it("leaves everything else at its own cadence", () => {
    expect(
      effectiveIntervalMs(30_000, { urgent: false, recheckEveryMs: Infinity, overall: "unhealthy" }, adaptive),
    ).toBe(30_000);
    expect(effectiveIntervalMs(30_000, { urgent: true, recheckEveryMs: Infinity, overall: "healthy" }, adaptive)).toBe(
      30_000,
    );
  });

  it("never makes a quick service slower", () => {
    expect(effectiveIntervalMs(2_000, { urgent: true, recheckEveryMs: Infinity, overall: "unhealthy" }, adaptive)).toBe(
      2_000,
    );
  });

  it("counts what depends on a failing service as urgent, through any number of steps, and nothing else", () => {
    const services = [
      { id: "proxy", dependsOn: ["llm"] },
      { id: "agent", dependsOn: ["proxy"] },
      { id: "llm", dependsOn: [] },
      { id: "slow", dependsOn: [] },
    ];
    const status: Record<string, CheckStatus> = { llm: "timeout", slow: "degraded" };
    expect([...urgentServices(services, (id) => status[id] ?? "healthy")].sort()).toEqual(["agent", "llm", "proxy"]);
  });
});

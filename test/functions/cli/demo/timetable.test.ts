/**
 * The timetable of the demo cluster: what a newcomer gets to see, second by second, judged by the real status rule.
 */
import { describe, expect, it } from "vitest";
import { faultAt, latencyMsAt, type DemoServiceId, type Fault } from "../../../../functions/cli/demo/timetable.ts";
import type { CheckStatus } from "../../../../shared/domain/monitoring/check.ts";
import { STATUS_BY_REASON } from "../../../../shared/domain/monitoring/status-by-reason.ts";
import { overallStatus } from "../../../../shared/domain/monitoring/cluster-status.ts";

const SERVICES: readonly DemoServiceId[] = ["jetson_ollama", "cpu_llama", "embeddings", "tools", "haproxy", "redis"];
/** The table promises to begin again after five minutes. */
const CYCLE_S = 300;
const SECONDS = Array.from({ length: CYCLE_S }, (_, second) => second);
const STATUS_OF = {
  slow: "degraded",
  unavailable: "unhealthy",
  hang: "timeout",
  refuse: "error",
  on_cpu: "degraded",
} as const;

function statusAt(service: DemoServiceId, second: number): CheckStatus {
  const fault = faultAt(service, second);
  // That is what its 503 says: it loads its model.
  if (fault?.kind === "unavailable" && service === "cpu_llama") return STATUS_BY_REASON.starting;
  return fault ? STATUS_OF[fault.kind] : "healthy";
}

function overallAt(second: number): string {
  return overallStatus(
    SERVICES.map((service) => ({ status: statusAt(service, second), critical: service !== "cpu_llama" })),
  );
}

describe("timetable of the demo cluster", () => {
  it("keeps the cluster healthy in the first minute, with one warning", () => {
    const firstMinute = SECONDS.slice(0, 60);
    expect(new Set(firstMinute.map(overallAt))).toEqual(new Set(["healthy"]));
    const troubled = SERVICES.filter((service) => firstMinute.some((second) => faultAt(service, second)));
    expect(troubled).toEqual(["cpu_llama"]);
  });

  it("shows every kind of fault within five minutes", () => {
    const kinds = SERVICES.flatMap((service) => SECONDS.map((second) => faultAt(service, second)?.kind));
    expect(new Set(kinds.filter(Boolean))).toEqual(
      new Set<Fault["kind"]>(["slow", "unavailable", "hang", "refuse", "on_cpu"]),
    );
  });

  it("lets everything recover at least a minute before it starts again", () => {
    expect(SECONDS.slice(-60).map(overallAt)).toEqual(Array(60).fill("healthy"));
    expect(SERVICES.map((service) => faultAt(service, CYCLE_S - 1))).toEqual(Array(6).fill(null));
  });

  it("keeps each fault for 20 s or more, so that probes a few seconds apart see it", () => {
    for (const service of SERVICES) {
      const troubled = SECONDS.filter((second) => faultAt(service, second)).length;
      expect(troubled === 0 || troubled >= 20, service).toBe(true);
    }
  });

  it("is healthy most of the time, degraded for a while and unhealthy for a moment", () => {
    const toSeconds = (status: string): number => SECONDS.filter((second) => overallAt(second) === status).length;
    expect({
      healthy: toSeconds("healthy"),
      degraded: toSeconds("degraded"),
      unhealthy: toSeconds("unhealthy"),
    }).toEqual({ healthy: 180, degraded: 105, unhealthy: 15 });
  });

  it("repeats, also with fractions of a second", () => {
    expect(faultAt("tools", 170.4)).toMatchObject({ kind: "hang" });
    expect(faultAt("tools", 170.4 + 7 * CYCLE_S)).toMatchObject({ kind: "hang" });
    expect(faultAt("tools", 200)).toBeNull();
  });

  it("varies the latency of a well service by at most 40 %", () => {
    const latencies = SECONDS.map((second) => latencyMsAt(100, second));
    expect(Math.min(...latencies)).toBeGreaterThanOrEqual(60);
    expect(Math.max(...latencies)).toBeLessThanOrEqual(140);
    expect(new Set(latencies).size).toBe(CYCLE_S);
  });
});

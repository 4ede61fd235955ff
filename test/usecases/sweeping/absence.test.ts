/** Our own absence, as a sweep notices it: one info, over by the time it is told, and no outage of anybody. */
import { describe, expect, it } from "vitest";
import { draftSweep } from "../../../shared/usecases/sweeping/draft-sweep.ts";
import type { Snapshot } from "../../../shared/ports/store.ts";
import type { Check } from "../../../shared/domain/monitoring/check.ts";
import { check, HOUR, T0 } from "../../support/checks.ts";
import { FakeClock } from "../../support/fake-clock.ts";
import { fakeService } from "../../support/fake-service.ts";
import { testCluster } from "../../support/probe-loop-bench.ts";

const cluster = testCluster([fakeService("a"), fakeService("b")]);

/** The sweep after `afterMs` without one. */
function sweepAfter(afterMs: number, checksOf: (nowMs: number) => Check[]) {
  const clock = new FakeClock(T0);
  const parts = {
    clock,
    startedAtMs: T0,
    hostStats: { current: () => ({ cpuPercent: null, memory: null, disk: null }) },
  };
  const first = draftSweep(parts, { cluster, previous: null, checks: [check("a", T0), check("b", T0)], faults: [] });
  const previous: Snapshot = first.snapshot;
  clock.stepWall(afterMs);
  return draftSweep(parts, { cluster, previous, checks: checksOf(T0 + afterMs), faults: [] }).commit;
}

describe("a sweep after an absence", () => {
  it("tells it as one info that is over, whoever is checked first", () => {
    const { alertRecords, outgoing } = sweepAfter(HOUR, (nowMs) => [check("a", nowMs)]);
    expect(alertRecords).toMatchObject([
      {
        subject: "#absent",
        severity: "info",
        state: "resolved",
        endReason: "over",
        message: "Nothing was watched from 2026-03-10T10:00:00.000Z to 2026-03-10T11:00:00.000Z",
      },
    ]);
    expect(outgoing).toEqual([]);
  });

  it("tells it also when nothing has been checked yet", () => {
    expect(sweepAfter(HOUR, () => []).alertRecords).toHaveLength(1);
  });

  it("tells nothing when a service was checked meanwhile, or when it was short", () => {
    const held = (nowMs: number): Check[] => [check("a", T0 + 30_000), check("a", nowMs)];
    expect(sweepAfter(HOUR, held).alertRecords).toEqual([]);
    expect(sweepAfter(90_000, (nowMs) => [check("a", nowMs)]).alertRecords).toEqual([]);
  });
});

import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { estimateRecovery } from "../../../shared/domain/history/recovery-time.ts";
import type { CheckStatus, Reason } from "../../../shared/domain/monitoring/check.ts";
import type { Transition } from "../../../shared/domain/monitoring/transition.ts";
import { T0 } from "../../support/checks.ts";

type Step = readonly [afterS: number, to: CheckStatus, reason?: Reason];

/** Transitions of one service, each some seconds after the one before, and the instant of the last. */
function lived(...steps: readonly Step[]): { transitions: Transition[]; atMs: number } {
  const transitions: Transition[] = [];
  let [atMs, from]: [number, CheckStatus] = [T0, "unknown"];
  for (const [afterS, to, reason = null] of steps) {
    atMs += afterS * 1_000;
    transitions.push({ serviceId: "tools", atMs, from, to, reason, message: null });
    from = to;
  }
  return { transitions, atMs };
}

/** Outages of so many seconds, each for the same reason, and one that has just begun. */
const outages = (seconds: readonly number[], reason: Reason = "refused"): Step[] => [
  [0, "healthy"],
  ...seconds.flatMap((each): Step[] => [
    [60, "error", reason],
    [each, "healthy"],
  ]),
  [60, "error", reason],
];

describe("how long a recovery may take", () => {
  it("is what half and nine in ten of the earlier outages for the reason took", () => {
    const { transitions, atMs } = lived(...outages([10, 20, 30, 40, 50, 60, 70, 80, 90, 100]));
    expect(estimateRecovery(transitions, atMs)).toEqual({ p50Ms: 50_000, p90Ms: 90_000, n: 10 });
  });

  it("counts, as time goes by, only those that took longer, and from now on", () => {
    const { transitions, atMs } = lived(...outages([10, 20, 30, 40]));
    expect(estimateRecovery(transitions, atMs + 25_000)).toEqual({ p50Ms: 5_000, p90Ms: 15_000, n: 2 });
    expect(estimateRecovery(transitions, atMs + 40_000)).toBeNull();
  });

  it("is not told without an outage for the same reason, nor of a service that is healthy", () => {
    const other = lived(...outages([10, 20], "refused").slice(0, -1), [60, "timeout", "deadline_response"]);
    expect(estimateRecovery(other.transitions, other.atMs)).toBeNull();
    const healthy = lived(...outages([10, 20]).slice(0, -1));
    expect(estimateRecovery(healthy.transitions, healthy.atMs)).toBeNull();
    expect(estimateRecovery([], T0)).toBeNull();
  });

  it("takes an outage that nobody watched to its end for none", () => {
    const lost: Step[] = [
      [0, "healthy"],
      [60, "error", "refused"],
      [10, "unknown", "stale"],
      [600, "healthy"],
      [60, "error", "refused"],
      [10, "maintenance"],
      [600, "healthy"],
      [60, "error", "refused"],
    ];
    const { transitions, atMs } = lived(...lost);
    expect(estimateRecovery(transitions, atMs)).toBeNull();
  });

  it.each<CheckStatus>(["unknown", "maintenance"])(
    "counts what was seen of an outage before and after %s as one",
    (to) => {
      const interrupted = (endS: number): Step[] => [
        [60, "error", "refused"],
        [10, to],
        [600, "error", "refused"],
        [endS, "healthy"],
      ];
      const { transitions, atMs } = lived([0, "healthy"], ...interrupted(30), [60, "error", "refused"]);
      expect(estimateRecovery(transitions, atMs)).toEqual({ p50Ms: 40_000, p90Ms: 40_000, n: 1 });
      // Also of the present one.
      const present = lived([0, "healthy"], ...interrupted(30), ...interrupted(0).slice(0, -1));
      expect(estimateRecovery(present.transitions, present.atMs + 5_000)).toMatchObject({ p50Ms: 25_000, n: 1 });
    },
  );

  it("counts from the reason on, through other states to healthy, then as now", () => {
    const { transitions, atMs } = lived(
      [0, "healthy"],
      [60, "timeout", "deadline_response"],
      [100, "unhealthy", "starting"],
      [30, "degraded", "slow"],
      [10, "healthy"],
      [60, "unhealthy", "starting"],
    );
    expect(estimateRecovery(transitions, atMs)).toEqual({ p50Ms: 40_000, p90Ms: 40_000, n: 1 });
  });

  it("never promises what never happened, whatever was lived", () => {
    const step = fc.tuple(
      fc.integer({ min: 1, max: 1_000 }),
      fc.constantFrom<CheckStatus>("healthy", "degraded", "unhealthy", "error", "unknown", "maintenance"),
      fc.constantFrom<Reason>("refused", "slow", "starting"),
    );
    fc.assert(
      fc.property(fc.array(step, { maxLength: 40 }), fc.nat({ max: 2_000 }), (steps, laterS) => {
        const { transitions, atMs } = lived(...steps);
        const found = estimateRecovery(transitions, atMs + laterS * 1_000);
        if (!found) return;
        const longestMs = atMs - T0;
        expect(found.p50Ms).toBeGreaterThan(0);
        expect(found.p90Ms).toBeGreaterThanOrEqual(found.p50Ms);
        expect(found.p90Ms).toBeLessThanOrEqual(longestMs);
        expect(found.n).toBeGreaterThan(0);
      }),
    );
  });
});

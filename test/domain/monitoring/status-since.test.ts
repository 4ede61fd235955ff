import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { CHECK_STATUSES, type Check } from "../../../shared/domain/monitoring/check.ts";
import { applyChecks, findOverallStatus, type ClusterMoment } from "../../../shared/domain/monitoring/cluster-state.ts";
import {
  advanceSince,
  overallSinceAt,
  SINCE_NOTHING,
  type StatusSince,
} from "../../../shared/domain/monitoring/status-since.ts";
import { findTransitions, type Transition } from "../../../shared/domain/monitoring/transition.ts";
import { check, failing, HOUR, MINUTE, moment, ROSTER, T0 } from "../../support/checks.ts";

const STALE_MS = 100_000;

/** Sweep after sweep, as draft-sweep does it. */
function livedThrough(sweeps: readonly (readonly Check[])[]) {
  let since: StatusSince = SINCE_NOTHING;
  let last: ClusterMoment | null = null;
  const log: Transition[] = [];
  for (const checks of sweeps) {
    const known = last?.checks ?? new Map<string, Check>();
    const transitions = findTransitions(known, checks, ROSTER);
    const atMs = Math.max(...checks.map(({ checkedAtMs }) => checkedAtMs));
    const next = moment(atMs, [...applyChecks(known, checks).values()]);
    since = advanceSince(since, { previous: last, moment: next, transitions });
    log.push(...transitions);
    last = next;
  }
  return { since, log, last: last as ClusterMoment };
}

const both = (atMs: number) => [check("a", atMs), check("b", atMs)];

describe("since when", () => {
  it("a service is what it is does not change while it stays so", () => {
    const { since } = livedThrough([
      both(T0),
      both(T0 + MINUTE),
      [check("a", T0 + 2 * MINUTE), failing("b", T0 + 2 * MINUTE)],
    ]);
    expect([...since.services]).toEqual([
      ["a", T0],
      ["b", T0 + 2 * MINUTE],
    ]);
    expect(since.overall).toEqual({ status: "healthy", atMs: T0 });
  });

  it("the cluster is what it is changes with it, and starts anew after nobody looked", () => {
    const down = livedThrough([both(T0), [failing("a", T0 + MINUTE)]]);
    expect(down.since.overall).toEqual({ status: "unhealthy", atMs: T0 + MINUTE });
    const away = livedThrough([both(T0), both(T0 + HOUR)]);
    expect(away.since.overall).toEqual({ status: "healthy", atMs: T0 + HOUR });
    expect(away.since.services.get("a")).toBe(T0 + HOUR);
  });

  it("time alone has made it unknown is told to the moment", () => {
    const { since, last } = livedThrough([both(T0)]);
    expect(overallSinceAt(since, last, T0 + STALE_MS)).toBe(T0);
    expect(overallSinceAt(since, last, T0 + HOUR)).toBe(T0 + STALE_MS);
  });

  it("a release that did not store it is made good for from the transitions", () => {
    const before: StatusSince = { overall: null, services: new Map([["a", T0 - HOUR]]) };
    const previous = moment(T0, [check("a", T0)]);
    const next = moment(T0 + 1, [check("a", T0 + 1)]);
    expect(advanceSince(before, { previous, moment: next, transitions: [] })).toEqual({
      overall: { status: "healthy", atMs: T0 - HOUR },
      services: before.services,
    });
  });

  it("of any history agrees with the transitions, and the overall status with itself", () => {
    const status = fc.constantFrom(...CHECK_STATUSES.filter((each) => each !== "unknown"));
    const step = fc.record({
      afterMs: fc.integer({ min: 1, max: 3 * STALE_MS }),
      id: fc.constantFrom("a", "b"),
      status,
    });
    fc.assert(
      fc.property(fc.array(step, { minLength: 1, maxLength: 30 }), (steps) => {
        let atMs = T0;
        const sweeps = steps.map(({ afterMs, id, status: found }) => {
          atMs += afterMs;
          return [check(id, atMs, { status: found, reason: found === "healthy" ? null : "refused" })];
        });
        const { since, log, last } = livedThrough(sweeps);
        for (const [id, sinceMs] of since.services)
          expect(sinceMs).toBe(log.findLast(({ serviceId }) => serviceId === id)?.atMs);
        expect(since.overall?.status).toBe(findOverallStatus(last));
      }),
    );
  });
});

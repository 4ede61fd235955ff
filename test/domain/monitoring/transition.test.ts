import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { Check, CheckStatus } from "../../../shared/domain/monitoring/check.ts";
import { applyChecks } from "../../../shared/domain/monitoring/cluster-state.ts";
import { findTransitions } from "../../../shared/domain/monitoring/transition.ts";
import { check, failing, ROSTER, T0 } from "../../support/checks.ts";

const NONE = new Map<string, Check>();

describe("transitions", () => {
  it("begin with the first check, from unknown", () => {
    expect(findTransitions(NONE, [check("a", T0)], ROSTER)).toEqual([
      { serviceId: "a", atMs: T0, from: "unknown", to: "healthy", reason: null, message: null },
    ]);
  });

  it("are not caused by a check that says the same as before", () => {
    const last = applyChecks(NONE, [failing("a", T0)]);
    expect(findTransitions(last, [failing("a", T0 + 30_000, { message: "another text" })], ROSTER)).toEqual([]);
  });

  it("show a gap in our own evidence as unknown, from the moment it ran out", () => {
    const last = applyChecks(NONE, [check("a", T0)]);
    const found = findTransitions(last, [check("a", T0 + 500_000)], ROSTER);
    expect(found.map(({ atMs, from, to, reason }) => [atMs - T0, from, to, reason])).toEqual([
      [100_000, "healthy", "unknown", "stale"],
      [500_000, "unknown", "healthy", null],
    ]);
  });

  it("leave out services that are not configured any more", () => {
    expect(findTransitions(NONE, [check("gone", T0)], ROSTER)).toEqual([]);
  });

  it("give, replayed, the status after every check, however checks are cut into sweeps", () => {
    const status = fc.constantFrom<CheckStatus>("healthy", "degraded", "timeout", "error");
    const steps = fc.array(fc.tuple(status, fc.integer({ min: 1, max: 150_000 }), fc.boolean()), { maxLength: 30 });
    fc.assert(
      fc.property(steps, (all) => {
        let last = NONE;
        let replayed: CheckStatus = "unknown";
        let atMs = T0;
        let sweep: Check[] = [];
        for (const [next, gapMs, cut] of all) {
          atMs += gapMs;
          sweep.push(check("a", atMs, { status: next, reason: next === "healthy" ? null : "slow" }));
          if (!cut) continue;
          for (const { from, to } of findTransitions(last, sweep, ROSTER)) {
            expect(from).toBe(replayed);
            expect(to).not.toBe(from);
            replayed = to;
          }
          last = applyChecks(last, sweep);
          sweep = [];
          expect(replayed).toBe(last.get("a")?.status);
        }
      }),
    );
  });
});

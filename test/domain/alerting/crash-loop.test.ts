/**
 * Which services start again and again, and how long that is remembered.
 */
import { describe, expect, it } from "vitest";
import {
  isLooping,
  movedStarts,
  startsAfter,
  type StartsByService,
} from "../../../shared/domain/alerting/crash-loop.ts";
import type { Check } from "../../../shared/domain/monitoring/check.ts";
import { check, failing, T0 } from "../../support/checks.ts";

const SECOND = 1_000;
const GRACE_MS = 600 * SECOND;
const SERVICES = new Map([["llama", { startingGraceMs: GRACE_MS }]]);

const FINDINGS: Readonly<Record<string, Partial<Check>>> = {
  starting: { status: "degraded", reason: "starting" },
  overdue: { status: "unhealthy", reason: "starting" },
  isolated: { status: "unknown", reason: "isolated" },
  maintenance: { status: "maintenance", reason: null },
};

/** @param findings each at its second; "ok" or one of FINDINGS */
function after(...findings: readonly (readonly [number, string])[]): StartsByService {
  return findings.reduce<StartsByService>((starts, [second, found]) => {
    const atMs = T0 + second * SECOND;
    const one = found === "ok" ? check("llama", atMs) : failing("llama", atMs, FINDINGS[found]);
    return startsAfter(starts, [one], { services: SERVICES, nowMs: atMs });
  }, new Map());
}

function loopsAt(starts: StartsByService, second: number): boolean {
  return isLooping(starts.get("llama"), GRACE_MS, T0 + second * SECOND);
}

describe("a crash loop", () => {
  it("is more than one start, once the first began a grace ago", () => {
    const twice = after([0, "starting"], [200, "ok"], [300, "starting"]);
    expect(loopsAt(twice, 599)).toBe(false);
    expect(loopsAt(twice, 600)).toBe(true);
  });

  it("is no single start, however long, nor one that could not be seen for a while", () => {
    expect(loopsAt(after([0, "starting"], [500, "starting"], [650, "overdue"]), 700)).toBe(false);
    for (const unseen of ["isolated", "maintenance"])
      expect(loopsAt(after([0, "starting"], [200, unseen], [500, "starting"]), 700)).toBe(false);
  });

  it("is no other start a grace after the last", () => {
    const apart = after([0, "starting"], [30, "ok"], [630, "starting"]);
    expect(apart.get("llama")).toMatchObject({ firstMs: T0 + 630 * SECOND, areMany: false });
  });

  it("goes on through starts that take longer than the grace", () => {
    expect(loopsAt(after([0, "starting"], [599, "overdue"], [700, "ok"], [900, "starting"]), 900)).toBe(true);
  });

  it("is forgotten when it has been well for a grace, is removed, or when the clock was set back", () => {
    const twice = after([0, "starting"], [200, "ok"], [300, "starting"], [400, "ok"]);
    const sizeAt = (second: number, services = SERVICES): number =>
      startsAfter(twice, [], { services, nowMs: T0 + second * SECOND }).size;
    expect([sizeAt(899), sizeAt(900), sizeAt(500, new Map()), sizeAt(-1)]).toEqual([1, 0, 0, 0]);
  });

  it("moves along with a clock that is set by this process", () => {
    const twice = after([0, "starting"], [200, "ok"], [300, "starting"]);
    const moved = movedStarts(twice, (atMs) => atMs - 5_000 * SECOND);
    expect([loopsAt(moved, 599 - 5_000), loopsAt(moved, 600 - 5_000)]).toEqual([false, true]);
  });
});

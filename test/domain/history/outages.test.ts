import { describe, expect, it } from "vitest";
import { listOutages } from "../../../shared/domain/history/outages.ts";
import type { CheckStatus, Reason } from "../../../shared/domain/monitoring/check.ts";
import type { Transition } from "../../../shared/domain/monitoring/transition.ts";
import { HOUR, MINUTE, T0 } from "../../support/checks.ts";

const RANGE = { sinceMs: T0, untilMs: T0 + HOUR, evidenceEndsAtMs: Infinity };

const change = (minute: number, to: CheckStatus, reason: Reason | null = null): Transition => {
  return { serviceId: "a", atMs: T0 + minute * MINUTE, from: "unknown", to, reason, message: reason };
};

const outagesOf = (transitions: readonly Transition[], range = RANGE) =>
  listOutages(transitions, range).map(({ sinceMs, untilMs, isOver, reason }) => {
    return [(sinceMs - T0) / MINUTE, (untilMs - T0) / MINUTE, isOver, reason];
  });

describe("outages", () => {
  it("last from the first failure to the first answer, whatever is wrong meanwhile", () => {
    const lived = [
      change(0, "healthy"),
      change(5, "timeout", "deadline_response"),
      change(7, "error", "refused"),
      change(9, "degraded", "slow"),
    ];
    expect(outagesOf(lived)).toEqual([[5, 9, true, "deadline_response"]]);
  });

  it("are not over at the end of the range, and begin no sooner than it", () => {
    expect(outagesOf([change(-30, "error", "refused")])).toEqual([[0, 60, false, "refused"]]);
  });

  it("end with the evidence, and with maintenance", () => {
    const down = [change(1, "error", "dns"), change(20, "maintenance"), change(30, "error", "dns")];
    expect(outagesOf(down, { ...RANGE, evidenceEndsAtMs: T0 + 40 * MINUTE })).toEqual([
      [1, 20, true, "dns"],
      [30, 40, true, "dns"],
    ]);
  });

  it("are none where nobody watched", () => {
    expect(outagesOf([])).toEqual([]);
  });
});

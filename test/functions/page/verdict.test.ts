/** Every sentence that the verdict can be. */
import { describe, expect, it } from "vitest";
import { verdictSentence, type VerdictService } from "../../../functions/page/verdict.ts";
import type { CheckStatus } from "../../../shared/domain/monitoring/check.ts";

const CRITICAL = ["A", "B", "C", "D", "E"];

/** Of five critical services and what else is named; what is not named is healthy. */
function verdict(states: Readonly<Record<string, CheckStatus | "waiting">>): string {
  const names = [...CRITICAL, ...Object.keys(states).filter((name) => !CRITICAL.includes(name))];
  return verdictSentence(names.map((name) => serviceOf(name, states[name] ?? "healthy", CRITICAL.includes(name))));
}

function serviceOf(name: string, state: CheckStatus | "waiting", critical: boolean): VerdictService {
  return { name, critical, status: state === "waiting" ? "unknown" : state, wasChecked: state !== "waiting" };
}

describe("the verdict", () => {
  it.each<[Readonly<Record<string, CheckStatus | "waiting">>, string]>([
    [{}, "All 5 critical services answer."],
    [{ C: "timeout" }, "1 of 5 critical services is failing: C."],
    [{ C: "timeout", A: "error" }, "2 of 5 critical services are failing: A and C."],
    [
      { A: "error", B: "unhealthy", C: "timeout", D: "timeout" },
      "4 of 5 critical services are failing: A, B, C and 1 more.",
    ],
    [{ B: "degraded" }, "1 of 5 critical services is degraded: B."],
    [{ B: "unknown", C: "unknown", D: "unknown" }, "No fresh evidence about 3 of 5 critical services: B, C and D."],
    [
      { A: "timeout", B: "degraded" },
      "1 of 5 critical services is failing: A. 1 of 5 critical services is degraded: B.",
    ],
    [{ A: "maintenance" }, "4 of 5 critical services answer, 1 in maintenance."],
    [
      { A: "maintenance", B: "maintenance", C: "maintenance", D: "maintenance", E: "maintenance" },
      "All 5 critical services are in maintenance.",
    ],
    [{ X: "timeout" }, "All 5 critical services answer. 1 other service needs a look."],
    [{ X: "timeout", Y: "unknown" }, "All 5 critical services answer. 2 other services need a look."],
    [{ X: "maintenance" }, "All 5 critical services answer."],
    [{ A: "waiting", B: "waiting", C: "waiting", X: "healthy" }, "Waiting for the first checks: 3 of 6 have finished."],
    [
      { A: "timeout", C: "waiting", X: "error", Y: "waiting" },
      "1 of 5 critical services is failing: A. Waiting for the first checks: 5 of 7 have finished. 1 other service needs a look.",
    ],
  ])("of %o is: %s", (states, sentence) => {
    expect(verdict(states)).toBe(sentence);
  });

  it("counts all services where none is critical, and one as one", () => {
    const alone = (status: CheckStatus): string => verdictSentence([serviceOf("A", status, false)]);
    expect(alone("healthy")).toBe("The service answers.");
    expect(alone("timeout")).toBe("1 of 1 service is failing: A.");
    expect(alone("maintenance")).toBe("The service is in maintenance.");
    expect(verdictSentence([])).toBe("No services are configured.");
  });
});

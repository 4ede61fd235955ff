import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { CHECK_STATUSES, type CheckStatus } from "../../../shared/domain/monitoring/check.ts";
import {
  overallStatus,
  type OverallStatus,
  type StatusVote,
} from "../../../shared/domain/monitoring/cluster-status.ts";

/** `h` healthy, `d` degraded, `m` maintenance, `?` unknown, `u` unhealthy, `t` timeout, `e` error; upper case: critical. */
const LETTERS: Record<string, CheckStatus> = {
  h: "healthy",
  d: "degraded",
  m: "maintenance",
  "?": "unknown",
  u: "unhealthy",
  t: "timeout",
  e: "error",
};

function votes(text: string, critical: boolean): StatusVote[] {
  return [...text].map((letter) => ({ status: LETTERS[letter] ?? "unknown", critical }));
}

describe("overall status", () => {
  const table: [critical: string, others: string, expected: OverallStatus, because: string][] = [
    ["hhhhh", "", "healthy", "all critical services are healthy"],
    ["hhhhh", "ute", "healthy", "services that are not critical do not decide"],
    ["hhhht", "", "degraded", "one of five critical services is down, as in the seed"],
    ["hhhuu", "", "unhealthy", "less than 70 % of the critical services serve"],
    ["hhhhhhhuuu", "", "degraded", "exactly 70 % serve"],
    ["hhhhd", "", "degraded", "a slow critical service degrades the cluster"],
    ["ddddd", "", "degraded", "services that are all slow still serve"],
    ["hhhh?", "", "degraded", "one unknown of five counts as not serving"],
    ["hh??", "", "unknown", "half of the critical services are unknown"],
    ["h??", "", "unknown", "most critical services are unknown"],
    ["?", "h", "unknown", "nothing is known about what decides"],
    ["hhm", "", "healthy", "maintenance counts on neither side"],
    ["hmt", "", "unhealthy", "with one in maintenance, one of two is down"],
    ["mm", "h", "unknown", "everything that decides is in maintenance"],
    ["", "hh", "healthy", "no critical service is configured, so all count"],
    ["", "ht", "unhealthy", "no critical service is configured, and half are down"],
    ["", "", "unknown", "there is nothing to judge by"],
  ];
  for (const [critical, others, expected, because] of table) {
    it(`is ${expected} when ${because}`, () => {
      expect(overallStatus([...votes(critical, true), ...votes(others, false)])).toBe(expected);
    });
  }

  it("moves with the configured threshold", () => {
    expect(overallStatus(votes("ht", true), 50)).toBe("degraded");
    expect(overallStatus(votes("hhhht", true), 81)).toBe("unhealthy");
  });

  const anyVote = fc.record({ status: fc.constantFrom(...CHECK_STATUSES), critical: fc.boolean() });

  it("does not depend on the order of the services", () => {
    const shuffled = fc
      .array(anyVote, { maxLength: 12 })
      .chain((all) => fc.tuple(fc.constant(all), fc.shuffledSubarray(all, { minLength: all.length })));
    fc.assert(fc.property(shuffled, ([all, other]) => overallStatus(all) === overallStatus(other)));
  });

  it("is never green while a deciding service is not healthy", () => {
    fc.assert(
      fc.property(fc.array(anyVote, { minLength: 1, maxLength: 12 }), (all) => {
        const deciding = all.some(({ critical }) => critical) ? all.filter(({ critical }) => critical) : all;
        const bad = deciding.some(({ status }) => status !== "healthy" && status !== "maintenance");
        return !(bad && overallStatus(all) === "healthy");
      }),
    );
  });
});

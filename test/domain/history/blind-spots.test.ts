import { describe, expect, it } from "vitest";
import { listOutages } from "../../../shared/domain/history/outages.ts";
import { statusSpans } from "../../../shared/domain/history/status-spans.ts";
import { findUptime } from "../../../shared/domain/history/uptime.ts";
import type { CheckStatus, Reason } from "../../../shared/domain/monitoring/check.ts";
import type { Transition } from "../../../shared/domain/monitoring/transition.ts";
import { HOUR, MINUTE, T0 } from "../../support/checks.ts";

type Change = readonly [minute: number, to: CheckStatus, reason?: Reason, blindSinceMinute?: number];

const RANGE = { sinceMs: T0, untilMs: T0 + HOUR, evidenceEndsAtMs: Infinity };

/** Well at first. */
function lived(...changes: readonly Change[]): Transition[] {
  let from: CheckStatus = "healthy";
  return [[0, "healthy"] as Change, ...changes].map(([minute, to, reason = null, blindSinceMinute = minute - 10]) => {
    const transition = { serviceId: "a", atMs: T0 + minute * MINUTE, from, to, reason, message: reason };
    from = to;
    return reason === "isolated" ? { ...transition, blindSinceMs: T0 + blindSinceMinute * MINUTE } : transition;
  });
}

/** Minutes by kind, and from when to when it was down. */
function pastOf(transitions: readonly Transition[], range = RANGE) {
  const { days, outages } = findUptime(statusSpans(transitions, { ...range, sinceMs: 0 }), [range]);
  const listed = listOutages(transitions, range);
  expect(listed).toHaveLength(outages);
  const seen = listed.map((each) =>
    each.seen.map((span) => [span.sinceMs, span.untilMs].map((ms) => (ms - T0) / MINUTE)),
  );
  return { downS: days[0]?.down, unknownS: days[0]?.unknown, seen };
}

function withoutBlindness({ serviceId, atMs, from, to, reason, message }: Transition): Transition {
  return { serviceId, atMs, from, to, reason, message };
}

const TIMEOUT: Change = [5, "timeout", "deadline_connect"];
const ISOLATED: Change = [7, "unknown", "isolated"];

describe("time when the monitor was cut off", () => {
  it("is unknown from the moment that it could reach nothing, which was before it was certain", () => {
    const past = { downS: 0, unknownS: 15 * 60, seen: [] };
    expect(pastOf(lived(TIMEOUT, ISOLATED, [20, "healthy"]))).toEqual(past);
    const otherwise: Change = [6, "error", "unreachable"];
    expect(pastOf(lived(TIMEOUT, otherwise, ISOLATED, [20, "healthy"]))).toEqual(past);
  });

  it("is unknown also where the range ends before it was certain", () => {
    const early = { ...RANGE, untilMs: T0 + 6 * MINUTE };
    expect(pastOf(lived(TIMEOUT, ISOLATED, [20, "healthy"]), early)).toEqual({ downS: 0, unknownS: 60, seen: [] });
  });

  it.each<[string, readonly Change[], unknown]>([
    ["that began long before", [TIMEOUT, [16, "unknown", "isolated"]], [[5, 16]]],
    ["whose target has answered", [[5, "unhealthy", "http_status"], ISOLATED], [[5, 7]]],
    ["whose target has answered first", [[4, "unhealthy", "http_status"], TIMEOUT, ISOLATED], [[4, 5]]],
    ["that was proven or told", [TIMEOUT, [7, "unknown", "isolated", 6]], [[5, 7]]],
    [
      "that was proven as it was at first",
      [TIMEOUT, [6, "error", "unreachable"], [7, "unknown", "isolated", 5.5]],
      [[5, 6]],
    ],
    ["that was over before", [TIMEOUT, [6, "healthy"], [6.5, "unknown", "isolated"]], [[5, 6]]],
    ["that the monitor slept through", [TIMEOUT, [7, "unknown", "stale"]], [[5, 7]]],
    [
      "that goes on afterwards",
      [
        [1, "timeout", "deadline_connect"],
        [12, "unknown", "isolated"],
        [20, "timeout", "deadline_connect"],
        [25, "healthy"],
      ],
      [
        [1, 12],
        [20, 25],
      ],
    ],
  ])("does not hide an outage %s", (_which, changes, seen) => {
    const end: readonly Change[] = changes.at(-1)?.[1] === "healthy" ? [] : [[30, "healthy"]];
    expect(pastOf(lived(...changes, ...end)).seen).toEqual([seen]);
  });

  it("does not take from an outage that follows what came before it was certain", () => {
    const found = pastOf(lived(TIMEOUT, ISOLATED, [20, "timeout", "deadline_connect"], [25, "healthy"]));
    expect(found).toEqual({ downS: 300, unknownS: 900, seen: [[[20, 25]]] });
  });

  it("reads alike from wherever the list begins, and as it was told where nobody said since when", () => {
    const flips: readonly Change[] = [TIMEOUT, [6, "error", "unreachable"], [6.5, "timeout", "deadline_connect"]];
    for (const blindSince of [4, 5.5, 6.2, 7]) {
      const whole = lived(...flips, [7, "unknown", "isolated", blindSince], [20, "healthy"]);
      const late = { ...RANGE, sinceMs: T0 + 6.7 * MINUTE };
      const [first, ...others] = [0, 1, 2, 3].map((from) => findUptime(statusSpans(whole.slice(from), late), [late]));
      expect(others).toEqual(others.map(() => first));
    }
    const earlier = lived(...flips, ISOLATED, [20, "healthy"]).map(withoutBlindness);
    expect(pastOf(earlier)).toMatchObject({ downS: 120, seen: [[[5, 7]]] });
  });
});

import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { clipSpans, sumMs } from "../../../shared/domain/history/episodes.ts";
import { listOutages } from "../../../shared/domain/history/outages.ts";
import { statusSpans } from "../../../shared/domain/history/status-spans.ts";
import { findUptime } from "../../../shared/domain/history/uptime.ts";
import { CHECK_STATUSES, type CheckStatus, type Reason } from "../../../shared/domain/monitoring/check.ts";
import type { Transition } from "../../../shared/domain/monitoring/transition.ts";
import { HOUR, MINUTE, T0 } from "../../support/checks.ts";

const RANGE = { sinceMs: T0, untilMs: T0 + HOUR, evidenceEndsAtMs: Infinity };

const change = (minute: number, to: CheckStatus, reason: Reason | null = null): Transition => {
  return { serviceId: "a", atMs: T0 + minute * MINUTE, from: "unknown", to, reason, message: reason };
};

const outagesOf = (transitions: readonly Transition[], range = RANGE) =>
  listOutages(transitions, range).map(({ sinceMs, seenMs, recoveredAtMs, isRecoverySeen, reason }) => {
    const recovered = recoveredAtMs === null ? null : (recoveredAtMs - T0) / MINUTE;
    return [(sinceMs - T0) / MINUTE, seenMs / MINUTE, recovered, isRecoverySeen, reason];
  });

describe("outages", () => {
  it("last from the first failure to the first answer, whatever is wrong meanwhile", () => {
    const lived = [
      change(0, "healthy"),
      change(5, "timeout", "deadline_response"),
      change(7, "error", "refused"),
      change(9, "degraded", "slow"),
    ];
    expect(outagesOf(lived)).toEqual([[5, 4, 9, true, "deadline_response"]]);
  });

  it("are whole: they begin before the range, and are not over at its end", () => {
    expect(outagesOf([change(-30, "error", "refused")])).toEqual([[-30, 90, null, false, "refused"]]);
    const begun = [change(-30, "error", "refused"), change(-10, "timeout", "deadline_response"), change(5, "healthy")];
    expect(outagesOf(begun)).toEqual([[-30, 35, 5, true, "refused"]]);
  });

  it("are those that were seen within the range: what was over before it is none, nor what nobody watched in it", () => {
    expect(outagesOf([change(-30, "error", "refused"), change(0, "healthy")])).toEqual([]);
    const unseen = [change(-30, "error", "refused"), change(-1, "unknown"), change(9, "healthy")];
    expect(outagesOf(unseen)).toEqual([]);
  });

  it.each<CheckStatus>(["unknown", "maintenance"])("go on after %s, which is no part of their time", (unwatched) => {
    const down = [change(1, "error", "dns"), change(20, unwatched), change(30, "timeout", "deadline_response")];
    const [outage] = listOutages([...down, change(35, "healthy")], RANGE);
    expect(outage?.seen.map(({ sinceMs, untilMs }) => [(sinceMs - T0) / MINUTE, (untilMs - T0) / MINUTE])).toEqual([
      [1, 20],
      [30, 35],
    ]);
    expect(outagesOf([...down, change(35, "healthy")])).toEqual([[1, 24, 35, true, "dns"]]);
    // The evidence ends within it.
    expect(outagesOf(down, { ...RANGE, evidenceEndsAtMs: T0 + 40 * MINUTE })).toEqual([[1, 29, null, false, "dns"]]);
  });

  it.each<CheckStatus>(["unknown", "maintenance"])(
    "that end in %s are not over until the next good check",
    (unwatched) => {
      const down = [change(1, "error", "dns"), change(20, unwatched)];
      expect(outagesOf(down)).toEqual([[1, 19, null, false, "dns"]]);
      expect(outagesOf([...down, change(30, "healthy")])).toEqual([[1, 19, 30, false, "dns"]]);
      expect(outagesOf([...down, change(25, "unknown"), change(30, "degraded")])).toEqual([[1, 19, 30, false, "dns"]]);
    },
  );

  it("of any history are seen for as long as uptime counts as down, are as many, and recover between one another", () => {
    const step = fc.tuple(fc.integer({ min: 1, max: 900 }), fc.constantFrom(...CHECK_STATUSES));
    fc.assert(
      fc.property(fc.array(step, { maxLength: 40 }), fc.integer({ min: -60, max: 120 }), (steps, evidenceMinute) => {
        let atMs = RANGE.sinceMs - HOUR;
        const lived = steps.map(([seconds, to]) => {
          atMs += seconds * 1_000;
          return { ...change(0, to), atMs };
        });
        const range = { ...RANGE, evidenceEndsAtMs: T0 + evidenceMinute * MINUTE };
        const outages = listOutages(lived, range);
        const uptime = findUptime(statusSpans(lived, { ...range, sinceMs: 0 }), [RANGE]);
        expect(uptime.outages).toBe(outages.length);
        const downMs = sumMs(
          clipSpans(
            outages.flatMap(({ seen }) => seen),
            RANGE,
          ),
        );
        expect(uptime.days[0]?.down ?? 0).toBe(downMs / 1_000);
        outages.forEach(({ sinceMs, seen, recoveredAtMs, isRecoverySeen }, index) => {
          const endMs = seen.at(-1)?.untilMs ?? 0;
          expect(recoveredAtMs ?? Infinity).toBeLessThanOrEqual(outages[index + 1]?.sinceMs ?? Infinity);
          expect(recoveredAtMs ?? Infinity).toBeGreaterThanOrEqual(endMs);
          expect(isRecoverySeen).toBe(recoveredAtMs === endMs);
          expect(sinceMs).toBe(seen[0].sinceMs);
        });
      }),
    );
  });

  it("are none where nobody watched", () => {
    expect(outagesOf([])).toEqual([]);
  });
});

/**
 * What alerting remembers, as stored text: it comes back as it was, or not at all.
 */
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { NO_ALERTING, type AlertingState } from "../../shared/domain/alerting/alerting-state.ts";
import { fnv1a } from "../../shared/domain/text/fnv1a.ts";
import { packAlerting, unpackAlerting } from "../../shared/storage/packed-alerting.ts";
import { alerted, AlertingBench } from "../support/lived-alerting.ts";
import { failing, T0 } from "../support/checks.ts";

const DAY = 86_400_000;

/** One step of a cluster's life: which services fail or recover, what somebody orders, how long nothing happens. */
const step = fc.record({
  failing: fc.subarray(["a", "b", "c", "d"]),
  well: fc.subarray(["a", "b", "c", "d"]),
  starts: fc.boolean(),
  passMs: fc.integer({ min: 0, max: 600_000 }),
  order: fc.constantFrom(null, "silence", "window", "acknowledge"),
});

function stateAfter(steps: readonly (typeof step extends fc.Arbitrary<infer Step> ? Step : never)[]): AlertingState {
  const bench = new AlertingBench([
    alerted("a", { onFiring: { cooldownMs: 0, mostPerHour: 3 } }),
    alerted("b"),
    alerted("c", { dependsOn: ["a"] }),
    alerted("d", { critical: false }),
  ]);
  for (const [index, { failing: bad, well, starts, passMs, order }] of steps.entries()) {
    bench.fail(...bad);
    bench.ok(...well.filter((id) => !bad.includes(id)));
    if (starts) bench.sweep([failing("d", bench.nowMs, { status: "degraded", reason: "starting" })]);
    bench.pass(passMs);
    const common = { id: `o${index}`, createdAtMs: T0, author: "kim", comment: 'ü \u2028 "sum":1}' };
    const span = { startsAtMs: T0, endsAtMs: T0 + DAY };
    const matcher = { services: ["b*"], severities: [] };
    if (order === "silence") bench.command({ kind: "silence", silence: { ...common, ...span, matcher } });
    if (order === "window")
      bench.command({ kind: "addWindow", window: { ...common, services: ["z"], schedule: { kind: "once", ...span } } });
    const alertId = bench.alertOf("a")?.id;
    if (order === "acknowledge" && alertId) bench.command({ kind: "acknowledge", alertId, by: "kim", comment: null });
  }
  return bench.state;
}

const states = fc.array(step, { maxLength: 12 }).map(stateAfter);

describe("packed alerting", () => {
  it("comes back as it was", () => {
    fc.assert(
      fc.property(states, (state) => {
        expect(unpackAlerting(packAlerting(state))).toEqual(state);
      }),
    );
  });

  it("comes back also from a text that an earlier version has stored", () => {
    const earlier = (text: string): string => {
      const [json = ""] = text.split(',"sum":');
      const old = `${json}}`
        .replaceAll('"notifiedChannels":', '"told":')
        .replaceAll('"inhibition":', '"cover":')
        .replaceAll('"groups":', '"gatherings":')
        .replaceAll('"remediationStarts":', '"responded":');
      return `${old.slice(0, -1)},"sum":${fnv1a(old)}}`;
    };
    const failed = { failing: ["a", "b"], well: [], starts: true, passMs: 60_000, order: null };
    const state = stateAfter([failed, failed, failed, failed]);
    expect(packAlerting(state)).toContain("notifiedChannels");
    expect(state.starts.get("d")).toMatchObject({ areMany: false });
    expect(unpackAlerting(earlier(packAlerting(state)))).toEqual(state);
  });

  it("is two bytes while nothing is wrong", () => {
    expect(packAlerting(NO_ALERTING)).toBe("{}");
  });

  it("is refused when one character is another, is missing, or when the text ends early", () => {
    const damage = fc.record({
      at: fc.double({ min: 0, max: 0.999 }),
      with: fc.constantFrom("", "0", "1", "}", "]", '"', "n"),
    });
    fc.assert(
      fc.property(states, damage, fc.boolean(), (state, { at, with: other }, endsEarly) => {
        const text = packAlerting(state);
        const place = Math.floor(at * text.length);
        const damaged = text.slice(0, place) + (endsEarly ? "" : other + text.slice(place + 1));
        if (damaged === text) expect(unpackAlerting(damaged)).toEqual(state);
        else expect(() => unpackAlerting(damaged)).toThrow("not as it was stored");
      }),
      { numRuns: 500 },
    );
  });

  it.each(["", "null", "5", "[]", '{"subjects":5}', '{"groups":[{}]}', '{"subjects":[["a",{}]],"sum":1}', ',"sum":1}'])(
    "is refused when it is not ours: %s",
    (text) => expect(() => unpackAlerting(text)).toThrow("not as it was stored"),
  );
});

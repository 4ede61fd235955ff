/**
 * An outage of several services that are looked at one after the other over a cadence, each check until its timeout: what a switch
 * looks like that dies.
 */
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { AlertingBench, AT_ONCE, SECOND } from "../../support/alerting-bench.ts";
import { MINUTE } from "../../support/checks.ts";

/** The place of a service in the cadence follows from its key. */
const aKey = fc.stringMatching(/^[a-z]{1,8}$/);
const someKeys = (minLength: number) => fc.uniqueArray(aKey, { minLength, maxLength: 12 });
const seconds = (...lengths: number[]): number[] => lengths.map((length) => length * SECOND);
/** How long the checks of each take once it is dead, by its place. Who is told at the first failure waits 15 s for an explanation. */
const aPace = fc.oneof(
  fc.record({
    tookMs: fc.constantFrom(seconds(0), seconds(3), seconds(10), seconds(5, 10, 15)),
    rules: fc.constant({}),
  }),
  fc.record({ tookMs: fc.constantFrom(seconds(0), seconds(3), seconds(5)), rules: fc.constant(AT_ONCE) }),
);
/** So long after the beginning of a cadence it dies. */
const aMoment = fc.integer({ min: 0, max: 60 }).map((half) => half * 500);
const anOutage = fc.tuple(aPace, aMoment).map(([pace, atMs]) => ({ ...pace, atMs }));
type Outage = typeof anOutage extends fc.Arbitrary<infer Value> ? Value : never;

interface Network {
  readonly connectivityTargets?: string[];
  readonly machineOf?: (id: string) => string | null;
}

/** Messages to the first channel, the only one that is told. */
function messagesOf(
  ids: readonly string[],
  { tookMs, atMs, rules }: Outage,
  { connectivityTargets = [], machineOf = () => null }: Network = {},
): number {
  const bench = new AlertingBench({
    services: ids.map((id) => ({ id, rules, machine: machineOf(id) })),
    connectivityTargets,
  });
  const tookMsOf = (id: string): number => tookMs[ids.indexOf(id) % tookMs.length] ?? 0;
  bench.watch(MINUTE + atMs, () => "ok");
  bench.watch(3 * MINUTE, () => "fail", { tookMsOf });
  expect(new Set(bench.sent.map(({ channel }) => channel))).toEqual(new Set(["slack"]));
  return bench.sent.length;
}

describe("what dies at once", () => {
  it("is two messages at most, whenever each of it is looked at", () => {
    fc.assert(
      fc.property(someKeys(2), anOutage, (keys, outage) => {
        expect(messagesOf(keys, outage)).toBeLessThanOrEqual(2);
      }),
      { numRuns: 200 },
    );
  });

  it("is one message when a connectivity target is among it", () => {
    fc.assert(
      fc.property(someKeys(2), anOutage, (keys, outage) => {
        const connectivityTargets = keys.slice(0, 1);
        expect(messagesOf(keys, outage, { connectivityTargets })).toBe(1);
        expect(messagesOf(keys, outage, { connectivityTargets, machineOf: (id) => id })).toBe(1);
      }),
      { numRuns: 200 },
    );
  });
});

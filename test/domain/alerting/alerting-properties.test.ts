/**
 * What holds for alerting whatever happens: random lives of a few services, with people, clocks, restarts and configurations
 * changing in between. A life is a list of commands; fast-check prints the seed and shrinks the list when something breaks.
 */
import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { Severity } from "../../../shared/domain/alerting/alert.ts";
import type { OpenAlert } from "../../../shared/domain/alerting/alert-life.ts";
import type { AlertCommand } from "../../../shared/domain/alerting/alert-commands.ts";
import type { Check } from "../../../shared/domain/monitoring/check.ts";
import { alerted, AlertingBench, down, slow } from "../../support/lived-alerting.ts";
import { check } from "../../support/checks.ts";

const RUNS = 1_000;
const MINUTE = 60_000;

/** `b` depends on `a`; `c` and `d` are on one machine; `e` has no patience. */
const SERVICES = [
  alerted("a"),
  alerted("b", { dependsOn: ["a"] }),
  alerted("c", { machine: "m", critical: false }),
  alerted("d", { machine: "m", onFiring: { cooldownMs: MINUTE, mostPerHour: 3 } }),
  alerted("e", { rules: { failures: 1, successes: 1 } }),
];
const IDS = SERVICES.map(({ id }) => id);

type Step =
  | { readonly kind: "check"; readonly outcomes: readonly ("ok" | "down" | "slow" | "none" | "maintenance")[] }
  | { readonly kind: "pass"; readonly ms: number }
  | { readonly kind: "absent"; readonly ms: number }
  | { readonly kind: "clock"; readonly ms: number }
  | { readonly kind: "acknowledge"; readonly service: number }
  | { readonly kind: "silence"; readonly service: number; readonly ms: number }
  | { readonly kind: "maintain"; readonly service: number; readonly ms: number }
  | { readonly kind: "remove"; readonly service: number }
  | { readonly kind: "restore" };

const service = fc.nat({ max: IDS.length - 1 });
const span = fc.constantFrom(1_000, 9_000, 30_000, 5 * MINUTE, 16 * MINUTE, 5 * 60 * MINUTE);
const outcome = fc.oneof(
  { weight: 4, arbitrary: fc.constant("ok" as const) },
  { weight: 4, arbitrary: fc.constant("down" as const) },
  { weight: 1, arbitrary: fc.constantFrom("slow" as const, "none" as const, "maintenance" as const) },
);
const step: fc.Arbitrary<Step> = fc.oneof(
  {
    weight: 12,
    arbitrary: fc.record({
      kind: fc.constant("check" as const),
      outcomes: fc.array(outcome, { minLength: IDS.length, maxLength: IDS.length }),
    }),
  },
  { weight: 4, arbitrary: fc.record({ kind: fc.constant("pass" as const), ms: span }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant("absent" as const), ms: span }) },
  {
    weight: 1,
    arbitrary: fc.record({
      kind: fc.constant("clock" as const),
      ms: fc.integer({ min: -MINUTE * 90, max: MINUTE * 90 }),
    }),
  },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant("acknowledge" as const), service }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant("silence" as const), service, ms: span }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant("maintain" as const), service, ms: span }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant("remove" as const), service }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant("restore" as const) }) },
);
const life = fc.array(step, { minLength: 1, maxLength: 60, size: "max" });

let quietIds = 0;

function quietCommand(
  { kind, ms }: Extract<Step, { ms: number; service: number }>,
  id: string,
  startsAtMs: number,
): AlertCommand {
  const common = { id: `q${(quietIds += 1)}`, createdAtMs: startsAtMs, author: "kim", comment: "x" };
  const times = { startsAtMs, endsAtMs: startsAtMs + ms };
  if (kind === "silence")
    return { kind, silence: { ...common, ...times, matcher: { services: [id], severities: [] } } };
  return { kind: "addWindow", window: { ...common, services: [id], schedule: { kind: "once", ...times } } };
}

function checksOf({ outcomes }: Extract<Step, { kind: "check" }>, atMs: number): Check[] {
  return IDS.flatMap((id, index) => {
    const found = outcomes[index] ?? "none";
    if (found === "none") return [];
    if (found === "down") return [down(id, atMs)];
    if (found === "slow") return [slow(id, atMs)];
    return [check(id, atMs, { status: found === "ok" ? "healthy" : found })];
  });
}

type Action = { readonly [Kind in Step["kind"]]: (bench: AlertingBench, step: Extract<Step, { kind: Kind }>) => void };

const idOf = (index: number): string => IDS[index] ?? "a";

const ACTIONS: Action = {
  check(bench, next) {
    bench.pass(1_000);
    bench.sweep(checksOf(next, bench.nowMs));
  },
  pass: (bench, { ms }) => bench.pass(ms),
  absent(bench, { ms }) {
    bench.nowMs += ms;
    bench.sweep();
  },
  clock(bench, { ms: clockStepMs }) {
    // Sweeps never go back in time (draft-sweep); a clock that is set back stands still until it is due again.
    bench.nowMs += Math.max(1, clockStepMs);
    bench.sweep([], { clockStepMs });
  },
  acknowledge(bench, next) {
    const alertId = bench.alertOf(idOf(next.service))?.id ?? "";
    bench.command({ kind: "acknowledge", alertId, by: "kim", comment: null });
  },
  silence: (bench, next) => bench.command(quietCommand(next, idOf(next.service), bench.nowMs)),
  maintain: (bench, next) => bench.command(quietCommand(next, idOf(next.service), bench.nowMs)),
  remove(bench, next) {
    bench.services = bench.services.filter(({ id }) => id !== idOf(next.service));
    bench.sweep();
  },
  restore(bench) {
    bench.services = [...SERVICES];
    bench.sweep();
  },
};

function take(bench: AlertingBench, next: Step): void {
  // The record holds an action for each kind, and each takes the steps of its kind.
  ACTIONS[next.kind](bench, next as never);
}

/** Ends every problem, and lets everything that waits go out. */
function heal(bench: AlertingBench): void {
  bench.services = [...SERVICES];
  bench.pass(10 * 60 * MINUTE);
  for (let count = 0; count < 30; count += 1) {
    bench.pass(1_000);
    bench.sweep(IDS.map((id) => check(id, bench.nowMs)));
  }
  bench.pass(2 * MINUTE);
}

const open = (bench: AlertingBench): (OpenAlert | null)[] => IDS.map((id) => bench.alertOf(id));

function expectLegalEdge(before: OpenAlert | null, after: OpenAlert | null): void {
  if (before === null) {
    // A single check may open and fire it.
    if (after) expect(["pending", "firing"]).toContain(after.state);
    return;
  }
  if (after === null || after.id !== before.id) return;
  if (after.state === "pending") expect(before.state).toBe("pending");
  if (after.state === "acknowledged") expect(before.state).not.toBe("pending");
  const order: readonly Severity[] = ["critical", "warning", "info"];
  if (before.state !== "pending")
    expect(order.indexOf(after.severity)).toBeLessThanOrEqual(order.indexOf(before.severity));
}

interface Told {
  readonly alert: string;
  readonly channel: string;
  readonly types: string[];
}

/** What each channel was told of each alert, in order; responses are not messages. */
function toldByAlert(bench: AlertingBench): Told[] {
  const notifiedChannels = new Map<string, Told>();
  for (const { channel, notification } of bench.outgoing) {
    if (channel.startsWith("on_firing")) continue;
    for (const { id } of notification.alerts) {
      const key = `${channel} ${id}`;
      const entry = notifiedChannels.get(key) ?? { alert: id, channel, types: [] };
      entry.types.push(notification.type);
      notifiedChannels.set(key, entry);
    }
  }
  return [...notifiedChannels.values()];
}

describe("alerting, whatever happens,", () => {
  it("keeps to legal edges, always knows when to look again, and never has two alerts of one service", () => {
    fc.assert(
      fc.property(life, (steps) => {
        const bench = new AlertingBench([...SERVICES]);
        for (const next of steps) {
          const before = open(bench);
          take(bench, next);
          expect(bench.state.nextDueMs).toBeGreaterThan(bench.nowMs);
          if (next.kind !== "check" && next.kind !== "pass") continue;
          open(bench).forEach((after, index) => expectLegalEdge(before[index] ?? null, after));
        }
        const ids = bench.records.filter(({ state }) => state === "resolved").map(({ id }) => id);
        expect(new Set(ids).size).toBe(ids.length);
      }),
      { numRuns: RUNS },
    );
  });

  it("tells everybody who was told of a problem of its end, once, and nobody else", () => {
    fc.assert(
      fc.property(life, (steps) => {
        const bench = new AlertingBench([...SERVICES]);
        for (const next of steps) take(bench, next);
        heal(bench);
        expect(open(bench)).toEqual(IDS.map(() => null));
        for (const { types } of toldByAlert(bench)) {
          expect(types.filter((type) => type === "alert.resolved")).toHaveLength(1);
          expect(types.at(-1)).toBe("alert.resolved");
          expect(types.length).toBeGreaterThan(1);
        }
        const ids = bench.outgoing.map(({ notification }) => notification.id);
        expect(new Set(ids).size).toBe(ids.length);
      }),
      { numRuns: RUNS },
    );
  });

  it("goes on after a restart as if there had been none", () => {
    fc.assert(
      fc.property(life, (steps) => {
        const first = quietIds;
        const benches = [false, true].map((restarts) => {
          quietIds = first;
          const bench = new AlertingBench([...SERVICES], { restarts });
          for (const next of steps) take(bench, next);
          return bench;
        });
        expect(benches[1]?.outgoing).toEqual(benches[0]?.outgoing);
        expect(benches[1]?.records).toEqual(benches[0]?.records);
      }),
      { numRuns: RUNS / 2 },
    );
  });

  it("fires and resolves one plain service as the rule says: three failures in a row, two successes", () => {
    fc.assert(
      fc.property(fc.array(fc.boolean(), { minLength: 1, maxLength: 60, size: "max" }), (outcomes) => {
        const bench = new AlertingBench([alerted("a", { rules: { flapping: false } })]);
        let failures = 0;
        let successes = 0;
        let isFiring = false;
        for (const isOk of outcomes) {
          if (isOk) bench.ok("a");
          else bench.fail("a");
          failures = isOk ? 0 : failures + 1;
          successes = isOk ? successes + 1 : 0;
          isFiring = isFiring ? successes < 2 : failures >= 3;
          const state = bench.alertOf("a")?.state ?? null;
          expect(state).toBe(isFiring ? "firing" : failures > 0 ? "pending" : null);
        }
      }),
      { numRuns: RUNS },
    );
  });
});

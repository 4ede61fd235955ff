import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { AlertingBench, AT_ONCE, SECOND } from "../../support/alerting-bench.ts";
import { AlertingLedger } from "../../support/alerting-ledger.ts";
import { aFinding, anId, anyFinding, aSpan, COMMANDS, GIVEN, IDS, type Model } from "../../support/alerting-moves.ts";
import { HOUR, MINUTE } from "../../support/checks.ts";
import { LifeModel, type Finding } from "../../support/life-model.ts";

function outcomeOf(finding: Finding): "ok" | "fail" | "slow" | "starting" {
  return finding === "down" ? "fail" : finding;
}

describe("alerting, whatever happens in whatever order", () => {
  it("keeps its promises, as the model does, with and without restarts", () => {
    fc.assert(
      fc.property(fc.commands(COMMANDS, { maxCommands: 40, size: "max" }), (commands) => {
        const ledger = new AlertingLedger();
        const benches = [
          new AlertingBench({ services: GIVEN, observe: ledger.observe }),
          new AlertingBench({ services: GIVEN, restartsAlways: true }),
        ];
        const lives = new Map(IDS.map((id) => [id, new LifeModel()]));
        const model: Model = {
          lives,
          starts: new Map(),
          elapsedMs: 0,
          acknowledgedUntilMs: new Map(),
          maintainedUntilMs: new Map(),
        };
        fc.modelRun(() => ({ model, real: { benches } }), [...commands]);
        const [bench] = benches;
        bench?.advance(2 * MINUTE);
        // What a silence that has just ended lets out waits for others once more.
        while (bench?.state.groups.some(({ waiting }) => waiting.length > 0)) bench.advance(10 * SECOND);
        if (bench) ledger.close(bench.state);
      }),
      { numRuns: 1_000 },
    );
  });

  it("tells in time of what fails most of the time, because what it needs starts again and again", () => {
    const seconds = (min: number, max: number) => fc.integer({ min, max }).map((each) => each * SECOND);
    const aRound = fc.tuple(seconds(200, 590), seconds(45, 200));
    fc.assert(
      fc.property(fc.array(aRound, { minLength: 6, maxLength: 10 }), fc.boolean(), (rounds, restartsAlways) => {
        const ledger = new AlertingLedger();
        const services = [{ id: "a" }, { id: "d", dependsOn: ["a"] }];
        const bench = new AlertingBench({ services, restartsAlways, observe: ledger.observe });
        for (const [startMs, upMs] of rounds) {
          const beganMs = bench.elapsedMs;
          bench.watch(startMs + upMs, (id, atMs) => {
            return atMs - beganMs >= startMs ? "ok" : id === "a" ? "starting" : "fail";
          });
        }
        const [first = expect.unreachable("nobody is told")] = bench.sent;
        // Its grace, and a whole round more: the one that had begun may be about to end.
        expect(first.atMs).toBeLessThan(10 * MINUTE + 2 * 790 * SECOND);
      }),
      { numRuns: 50 },
    );
  });

  it("says the same in whatever order the checks of a sweep ended", () => {
    const aSweep = fc.tuple(fc.dictionary(anId, anyFinding), fc.dictionary(anId, fc.nat()), aSpan);
    fc.assert(
      fc.property(fc.array(aSweep, { maxLength: 15 }), fc.constantFrom({}, AT_ONCE), (sweeps, rules) => {
        const services = GIVEN.map((each) => ({ ...each, rules }));
        const [one, other] = [new AlertingBench({ services }), new AlertingBench({ services })];
        for (const [findings, ranks, ms] of sweeps) {
          const ids = Object.keys(findings);
          const mixed = ids.toSorted((left, right) => (ranks[left] ?? 0) - (ranks[right] ?? 0));
          for (const [bench, order] of [
            [one, ids.toSorted()],
            [other, mixed],
          ] as const) {
            bench.sweep(order.map((id) => bench.check(id, outcomeOf(findings[id] ?? "ok"))));
            bench.advance(ms);
          }
          expect(other.sent).toEqual(one.sent);
        }
      }),
      { numRuns: 1_000 },
    );
  });

  it("takes no notice of a clock that is set", () => {
    type Move = readonly [string, Finding, number, number];
    const aStep = fc.oneof(fc.constant(0), fc.integer({ min: -5 * HOUR, max: 5 * HOUR }));
    const moves = fc.array(fc.tuple(anId, aFinding, aSpan, aStep), { maxLength: 30 });
    const outcome = (bench: AlertingBench, list: readonly Move[], isSet: boolean): string[] => {
      for (const [id, found, ms, stepMs] of list) {
        bench.sweep([bench.check(id, outcomeOf(found), { responseTimeMs: 0 })]);
        bench.setClock(isSet ? stepMs : 0);
        bench.sweep();
        if (found === "slow" && bench.stateOf(id) === "firing") bench.acknowledge(id);
        bench.advance(ms);
      }
      return bench.notified();
    };
    fc.assert(
      fc.property(moves, fc.constantFrom({}, AT_ONCE, { forMs: MINUTE }), (list, rules) => {
        const services = GIVEN.map((each) => ({ ...each, rules }));
        const still = outcome(new AlertingBench({ services }), list, false);
        expect(outcome(new AlertingBench({ services }), list, true)).toEqual(still);
      }),
      { numRuns: 1_000 },
    );
  });
});

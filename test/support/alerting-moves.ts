/**
 * What can happen to alerting, as commands of fast-check: each does it to the real thing and says what the model expects of it.
 * Used by the model-based test. Services, rules and spans are few, so that things meet.
 * Invariant: after each command the real lives are those of the model, and a restart at every evaluation shows nowhere.
 */
import fc from "fast-check";
import type { AlertRules } from "../../shared/domain/alerting/alert.ts";
import type { Policies } from "../../shared/domain/alerting/escalation.ts";
import { type AlertingBench, POLICIES, SECOND, service, type GivenService } from "./alerting-bench.ts";
import { HOUR, MINUTE } from "./checks.ts";
import { LifeModel, type Finding, type ModelAlert } from "./life-model.ts";
import { StartModel } from "./start-model.ts";

/** One alone, two of a machine, one behind the first, and one behind that. */
export const GIVEN: readonly GivenService[] = [
  { id: "a" },
  { id: "b", machine: "m", critical: false },
  { id: "c", machine: "m" },
  { id: "d", critical: false, dependsOn: ["a"] },
  { id: "e", critical: false, dependsOn: ["d"] },
];
export const IDS = GIVEN.map(({ id }) => id);

const RULES: readonly Partial<AlertRules>[] = [
  {},
  { failures: 1, successes: 1 },
  { failures: 2, successes: 1, flapping: false },
];

const WITHOUT_SLACK: Policies = {
  critical: { steps: [{ afterMs: 0, channels: ["email"] }] },
  warning: { steps: [{ afterMs: 0, channels: ["email"] }] },
  info: { steps: [] },
};
const POLICY_CHOICES = [POLICIES, WITHOUT_SLACK, { ...POLICIES, critical: { steps: [] } }];

export interface Model {
  readonly lives: Map<string, LifeModel>;
  readonly starts: Map<string, StartModel>;
  elapsedMs: number;
  /** By service, elapsed ms. */
  readonly acknowledgedUntilMs: Map<string, number>;
  readonly maintainedUntilMs: Map<string, number>;
}

interface Real {
  /** The same thing twice: as it is, and read from storage at every evaluation. */
  readonly benches: readonly AlertingBench[];
}

abstract class Step implements fc.Command<Model, Real> {
  abstract readonly name: string;

  check(_model: Readonly<Model>): boolean {
    return true;
  }

  run(model: Model, { benches }: Real): void {
    for (const bench of benches) this.act(bench);
    this.expectOf(model);
    for (const id of IDS) {
      const expected = JSON.stringify(model.lives.get(id)?.alert ?? null);
      for (const bench of benches) demandSame(JSON.stringify(alertIn(bench, id)), expected, id);
    }
    const [first = "", ...others] = benches.map(({ sent }) => JSON.stringify(sent));
    for (const other of others) demandSame(other, first, "restarts show");
  }

  toString(): string {
    return this.name;
  }

  protected abstract act(bench: AlertingBench): void;
  protected abstract expectOf(model: Model): void;
}

function demandSame(found: string, expected: string, what: string): void {
  if (found !== expected) throw new Error(`${what}: ${found} instead of ${expected}`);
}

function alertIn(bench: AlertingBench, id: string): ModelAlert | null {
  const alert = bench.state.subjects.get(id)?.alert;
  if (!alert) return null;
  const { state, severity, isFlapping } = alert;
  return { state, severity: severity === "critical" ? severity : "warning", isFlapping };
}

class Find extends Step {
  readonly name: string;
  readonly #ids: readonly string[];
  readonly #finding: Finding;

  constructor(ids: readonly string[], finding: Finding) {
    super();
    this.name = `${finding}(${ids.join()})`;
    this.#ids = ids;
    this.#finding = finding;
  }

  protected act(bench: AlertingBench): void {
    const outcome = this.#finding === "down" ? "fail" : this.#finding;
    bench.advance(1);
    const checks = this.#ids.map((id) => bench.check(id, outcome, { responseTimeMs: 0 }));
    bench.sweep(checks);
    rulesSeen.set(this, new Map([...bench.services].map(([id, { alertRules }]) => [id, alertRules])));
  }

  protected expectOf(model: Model): void {
    pass(model, 1);
    for (const id of this.#ids) {
      const life = model.lives.get(id);
      const rules = rulesSeen.get(this)?.get(id);
      if (!life || !rules) continue;
      if (isMaintained(model, id, this.#finding)) {
        life.pause();
        continue;
      }
      const { critical, startingGraceMs } = service(givenOf(id));
      const starts = model.starts.get(id) ?? new StartModel(startingGraceMs);
      model.starts.set(id, starts);
      starts.find(this.#finding === "starting", model.elapsedMs);
      const isLooping = starts.isLooping(model.elapsedMs);
      life.find(this.#finding, critical ? "critical" : "warning", { ...rules, isLooping });
    }
  }
}

/** A window covers what it names, and what fails of that which needs it. */
function isMaintained(model: Model, id: string, finding: Finding): boolean {
  if (model.elapsedMs < (model.maintainedUntilMs.get(id) ?? 0)) return true;
  const parents = finding === "ok" || !model.lives.has(id) ? [] : (givenOf(id).dependsOn ?? []);
  return parents.some((parent) => isMaintained(model, parent, finding));
}

/** The rules that were in force when a step ran. */
const rulesSeen = new WeakMap<Step, ReadonlyMap<string, AlertRules>>();

function givenOf(id: string): GivenService {
  return GIVEN.find((each) => each.id === id) ?? { id };
}

class Tick extends Step {
  readonly name: string;
  readonly #ms: number;

  constructor(ms: number) {
    super();
    this.name = `tick(${ms})`;
    this.#ms = ms;
  }

  protected act(bench: AlertingBench): void {
    bench.advance(this.#ms);
  }

  protected expectOf(model: Model): void {
    pass(model, this.#ms);
  }
}

function pass(model: Model, ms: number): void {
  model.elapsedMs += ms;
  for (const [id, untilMs] of model.acknowledgedUntilMs) {
    if (untilMs > model.elapsedMs) continue;
    model.lives.get(id)?.lapse();
    model.acknowledgedUntilMs.delete(id);
  }
}

/** Everything that is one act and one expectation. */
class Other extends Step {
  readonly name: string;
  readonly #act: (bench: AlertingBench) => void;
  readonly #expectOf: (model: Model) => void;

  constructor(name: string, act: (bench: AlertingBench) => void, expectOf: (model: Model) => void = () => undefined) {
    super();
    this.name = name;
    this.#act = act;
    this.#expectOf = expectOf;
  }

  protected act(bench: AlertingBench): void {
    this.#act(bench);
  }

  protected expectOf(model: Model): void {
    this.#expectOf(model);
  }
}

function acknowledge(id: string): Step {
  const act = (bench: AlertingBench): void => {
    const state = bench.stateOf(id);
    if (state !== null && state !== "pending") bench.acknowledge(id);
  };
  return new Other(`acknowledge(${id})`, act, ({ lives, acknowledgedUntilMs, elapsedMs }) => {
    const life = lives.get(id);
    life?.acknowledge();
    if (life?.alert?.state === "acknowledged") acknowledgedUntilMs.set(id, elapsedMs + HOUR);
  });
}

function maintain(ms: number, id: string): Step {
  return new Other(
    `maintain(${ms}, ${id})`,
    (bench) => bench.maintain(ms, id),
    ({ maintainedUntilMs: until, elapsedMs }) => until.set(id, Math.max(until.get(id) ?? 0, elapsedMs + ms)),
  );
}

function remove(id: string): Step {
  const act = (bench: AlertingBench): void => {
    bench.services.delete(id);
    bench.sweep();
  };
  return new Other(`remove(${id})`, act, ({ lives, starts, acknowledgedUntilMs }) => {
    lives.delete(id);
    starts.delete(id);
    acknowledgedUntilMs.delete(id);
  });
}

function configure(id: string, rules: Partial<AlertRules>): Step {
  return new Other(
    `configure(${id}, ${JSON.stringify(rules)})`,
    (bench) => bench.services.set(id, service({ ...givenOf(id), rules })),
    ({ lives }) => lives.set(id, lives.get(id) ?? new LifeModel()),
  );
}

export const anId = fc.constantFrom(...IDS);
export const aSpan = fc.constantFrom(SECOND, 5 * SECOND, 30 * SECOND, 2 * MINUTE, 16 * MINUTE, HOUR, 5 * HOUR);
export const aFinding = fc.constantFrom<Finding>("ok", "down", "down", "slow");
export const anyFinding = fc.oneof({ weight: 4, arbitrary: aFinding }, fc.constant<Finding>("starting"));
const find = fc.tuple(fc.uniqueArray(anId, { minLength: 1 }), anyFinding).map((given) => new Find(...given));

export const COMMANDS: fc.Arbitrary<Step>[] = [
  find,
  find,
  find,
  aSpan.map((ms) => new Tick(ms)),
  fc.constant(new Tick(10 * SECOND)),
  anId.map(acknowledge),
  fc.tuple(aSpan, anId).map(([ms, id]) => new Other(`silence(${ms}, ${id})`, (bench) => bench.silence(ms, id))),
  fc.tuple(aSpan, anId).map(([ms, id]) => maintain(ms, id)),
  fc.constant(new Other("restart", (bench) => bench.restart())),
  anId.map(remove),
  fc.tuple(anId, fc.constantFrom(...RULES)).map(([id, rules]) => configure(id, rules)),
  fc.nat({ max: POLICY_CHOICES.length - 1 }).map(
    (index) =>
      new Other(`policies(${index})`, (bench) => {
        bench.policies = POLICY_CHOICES[index] ?? POLICIES;
      }),
  ),
];

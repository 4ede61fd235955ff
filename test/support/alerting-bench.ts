/**
 * Alerting end to end without parts around it: keeps the state, feeds checks, follows `nextDueMs`, collects what goes out.
 * Used by tests of the domain. Time is simulated: `elapsedMs` is what people wait for, `nowMs` what the wall clock says.
 * Invariant: after every evaluation something is due later or never; a bench that would spin fails its test.
 */
import { expect } from "vitest";
import { applyCommand, type AlertCommand, type AppliedCommand } from "../../shared/domain/alerting/alert-commands.ts";
import type { OpenAlert } from "../../shared/domain/alerting/alert-life.ts";
import { DEFAULT_ALERT_RULES, type AlertRules } from "../../shared/domain/alerting/alert.ts";
import { evaluate, findRechecks, type AlertingInput, type Evaluation } from "../../shared/domain/alerting/alerting.ts";
import { NO_ALERTING, type AlertingState, type AlertRecord } from "../../shared/domain/alerting/alerting-state.ts";
import type { Check } from "../../shared/domain/monitoring/check.ts";
import type { Policies } from "../../shared/domain/alerting/escalation.ts";
import type { AlertedService } from "../../shared/domain/alerting/fold-checks.ts";
import { asInMaintenance } from "../../shared/domain/alerting/maintenance.ts";
import type { Notification } from "../../shared/domain/alerting/notification.ts";
import { nextDueMs, phaseOffsetMs } from "../../shared/domain/monitoring/schedule.ts";
import { packAlerting, unpackAlerting } from "../../shared/storage/packed-alerting.ts";
import { CERTIFICATE_TIMES, check, failing, T0 } from "./checks.ts";

export const SECOND = 1_000;

/** The policies that nobody has to configure. */
export const POLICIES: Policies = {
  critical: {
    steps: [
      { afterMs: 0, channels: ["slack"] },
      { afterMs: 300 * SECOND, channels: ["slack", "email"] },
      { afterMs: 900 * SECOND, channels: ["slack", "email", "sms"] },
    ],
  },
  warning: { steps: [{ afterMs: 900 * SECOND, channels: ["email", "slack"] }] },
  info: { steps: [] },
};

export interface GivenService extends Partial<Omit<AlertedService, "alertRules">> {
  readonly id: string;
  readonly rules?: Partial<AlertRules>;
}

export function service({ rules = {}, ...given }: GivenService): AlertedService {
  return {
    name: `Service ${given.id}`,
    critical: true,
    checkType: "http",
    intervalMs: 30 * SECOND,
    dependsOn: [],
    machine: null,
    startingGraceMs: 600 * SECOND,
    impact: null,
    onFiring: null,
    alertRules: { ...DEFAULT_ALERT_RULES, ...rules },
    ...given,
  };
}

/** Fires at the first failing check, is over at the first good one. */
export const AT_ONCE: Partial<AlertRules> = { failures: 1, successes: 1 };

export interface BenchOptions {
  readonly services: readonly GivenService[];
  readonly policies?: Policies;
  readonly connectivityTargets?: readonly string[];
  /** True: every evaluation starts from what was stored, as another process would. */
  readonly restartsAlways?: boolean;
  /** Sees every evaluation. */
  readonly observe?: Observe;
}

type Observe = (before: AlertingState, input: AlertingInput, evaluation: Evaluation) => void;

export interface Sent {
  readonly atMs: number;
  readonly channel: string;
  readonly notification: Notification;
}

type Outcome = "ok" | "fail" | "slow" | "starting";

export class AlertingBench {
  elapsedMs = 0;
  state: AlertingState = NO_ALERTING;
  policies: Policies;
  connectivityTargets: readonly string[];
  readonly services = new Map<string, AlertedService>();
  readonly records: AlertRecord[] = [];
  readonly sent: Sent[] = [];
  readonly #restartsAlways: boolean;
  readonly #observe: Observe;
  readonly #lastChecks = new Map<string, Check>();
  #clockMs = T0;
  #stepMs = 0;

  constructor({
    services,
    policies = POLICIES,
    connectivityTargets = [],
    restartsAlways = false,
    observe = () => undefined,
  }: BenchOptions) {
    for (const given of services) this.services.set(given.id, service(given));
    this.policies = policies;
    this.connectivityTargets = connectivityTargets;
    this.#restartsAlways = restartsAlways;
    this.#observe = observe;
  }

  get nowMs(): number {
    return this.#clockMs + this.elapsedMs;
  }

  /** The wall clock is set; time that people wait for is not. What was looked at by the old one explains nothing any more. */
  setClock(stepMs: number): void {
    this.#lastChecks.clear();
    this.#clockMs += stepMs;
    this.#stepMs += stepMs;
  }

  sweep(checks: readonly Check[] = [], more: Partial<AlertingInput> = {}): Evaluation {
    if (this.#restartsAlways) this.restart();
    const { services, policies, connectivityTargets, nowMs } = this;
    const clockStepMs = this.#stepMs;
    this.#stepMs = 0;
    const quiet = { node: "n1", flush: false, absence: null, stored: this.state.subjects };
    const common = {
      services,
      policies,
      certificateTimes: CERTIFICATE_TIMES,
      connectivityTargets,
      nowMs,
      clockStepMs,
      ...quiet,
    };
    const known = checks.map((each) => asInMaintenance(each, { services, windows: this.state.windows }));
    for (const each of known) this.#lastChecks.set(each.serviceId, each);
    const found = { checks: known, lastChecks: this.#lastChecks };
    const input = { ...common, ...found, ...more };
    const evaluation = evaluate(this.state, input);
    this.#observe(this.state, input, evaluation);
    this.state = evaluation.state;
    this.records.push(...evaluation.records);
    this.sent.push(...evaluation.outgoing.map((each) => ({ ...each, atMs: this.elapsedMs })));
    if (this.state.nextDueMs <= nowMs)
      throw new Error(`due ${nowMs - this.state.nextDueMs} ms ago: the caller would spin`);
    return evaluation;
  }

  /** Time passes, and whatever becomes due is looked at. */
  advance(ms: number): void {
    const untilMs = this.elapsedMs + ms;
    for (let dueMs = this.#dueMs(); dueMs <= untilMs; dueMs = this.#dueMs()) {
      this.elapsedMs = Math.max(this.elapsedMs, dueMs);
      this.sweep();
    }
    this.elapsedMs = untilMs;
  }

  ok(...ids: readonly string[]): void {
    this.sweep(ids.map((id) => this.check(id, "ok")));
  }

  fail(...ids: readonly string[]): void {
    this.sweep(ids.map((id) => this.check(id, "fail")));
  }

  slow(...ids: readonly string[]): void {
    this.sweep(ids.map((id) => this.check(id, "slow")));
  }

  starting(...ids: readonly string[]): void {
    this.sweep(ids.map((id) => this.check(id, "starting")));
  }

  /** So many failing checks, half a minute apart, the last one now. */
  failFor(checks: number, ...ids: readonly string[]): void {
    for (let count = 1; count <= checks; count += 1) {
      if (count > 1) this.advance(30 * SECOND);
      this.fail(...ids);
    }
  }

  okFor(checks: number, ...ids: readonly string[]): void {
    for (let count = 1; count <= checks; count += 1) {
      if (count > 1) this.advance(30 * SECOND);
      this.ok(...ids);
    }
  }

  check(id: string, outcome: Outcome, more: Partial<Check> = {}): Check {
    if (outcome === "ok") return check(id, this.nowMs, more);
    const starting: Partial<Check> = { status: "degraded", reason: "starting", message: "Loading its model" };
    if (outcome === "starting") return failing(id, this.nowMs, { ...starting, ...more });
    const slow: Partial<Check> = { status: "degraded", reason: "slow", message: "Answered after 3 s" };
    return failing(id, this.nowMs, outcome === "slow" ? { ...slow, ...more } : more);
  }

  run(command: AlertCommand): AppliedCommand {
    const applied = applyCommand(this.state, command, this.nowMs);
    this.state = applied.state;
    return applied;
  }

  acknowledge(id: string, by = "ada"): void {
    this.run({ kind: "acknowledge", alertId: this.alert(id).id, by, comment: null });
    this.sweep();
  }

  silence(forMs: number, ...services: readonly string[]): void {
    const { nowMs } = this;
    const origin = { author: "ada", comment: "known", createdAtMs: nowMs };
    const span = { startsAtMs: nowMs, endsAtMs: nowMs + forMs };
    const id = `s-${this.state.silences.length}-${this.elapsedMs}`;
    this.run({ kind: "silence", silence: { id, matcher: { services, severities: [] }, ...span, ...origin } });
    this.sweep();
  }

  maintain(forMs: number, ...services: readonly string[]): void {
    const { nowMs } = this;
    const schedule = { kind: "once", startsAtMs: nowMs, endsAtMs: nowMs + forMs } as const;
    const id = `w-${this.state.windows.length}-${this.elapsedMs}`;
    const origin = { author: "ada", comment: "new disk", createdAtMs: nowMs };
    this.run({ kind: "addWindow", window: { id, services, schedule, ...origin } });
    this.sweep();
  }

  restart(): void {
    this.state = unpackAlerting(packAlerting(this.state));
  }

  /** The open alert of a subject; fails the test when there is none. */
  alert(subject: string): OpenAlert {
    const alert = this.state.subjects.get(subject)?.alert;
    if (!alert) expect.unreachable(`${subject} has no alert`);
    return alert;
  }

  stateOf(subject: string): string | null {
    return this.state.subjects.get(subject)?.alert?.state ?? null;
  }

  /** What was sent since the last look, as `at channel type subjects`, seconds since the start. */
  notified(): string[] {
    return this.sent.splice(0).map(({ atMs, channel, notification: { type, alerts } }) => {
      const subjects = alerts.map(({ service: id, name }) => id ?? name).join("+");
      return `${atMs / SECOND} ${channel} ${type.replace("alert.", "")} ${subjects}`;
    });
  }

  /**
   * All services watched as the sweep loop does it: a grid each, four times as often while undecided. `tookMsOf`: how long a check
   * lasts; none begins while the one before it does.
   */
  watch(
    forMs: number,
    outcomeOf: (id: string, elapsedMs: number) => Outcome,
    { intervalMs = 30 * SECOND, tookMsOf = (_id: string): number => 0 } = {},
  ): void {
    const untilMs = this.elapsedMs + forMs;
    const lastMs = new Map<string, number>();
    const running = new Map<string, number>();
    for (; this.elapsedMs < untilMs; this.elapsedMs += 500) {
      for (const id of this.#dueServices(lastMs, intervalMs))
        if (!running.has(id)) running.set(id, this.elapsedMs + tookMsOf(id));
      const ended = [...running.keys()].filter((id) => (running.get(id) ?? 0) <= this.elapsedMs);
      for (const id of ended) {
        running.delete(id);
        lastMs.set(id, this.elapsedMs);
      }
      const checks = ended.map((id) => {
        return this.check(id, outcomeOf(id, this.elapsedMs), { responseTimeMs: Math.max(tookMsOf(id), 12) });
      });
      if (checks.length > 0 || this.state.nextDueMs <= this.nowMs) this.sweep(checks);
    }
  }

  #dueServices(lastMs: ReadonlyMap<string, number>, intervalMs: number): string[] {
    const { connectivityTargets } = this;
    const services = new Map([...this.services].map(([id, each]) => [id, { ...each, intervalMs }]));
    const rechecks = findRechecks(this.state, { services, connectivityTargets, lastChecks: this.#lastChecks });
    return [...this.services.keys()].filter((id) => {
      const everyMs = rechecks.get(id) ?? intervalMs;
      const beforeMs = lastMs.get(id) ?? this.elapsedMs - 500;
      return nextDueMs(beforeMs, everyMs, phaseOffsetMs(id, intervalMs)) <= this.elapsedMs;
    });
  }

  #dueMs(): number {
    return this.state.nextDueMs - this.#clockMs + this.#stepMs;
  }
}

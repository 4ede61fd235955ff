/**
 * The rules of alerting over time, without storage and without network: checks go in, notifications come out.
 * Each step may be preceded by a restart (the state goes through its stored form). Time moves by the state's own due instants.
 */
import { DEFAULT_ALERT_RULES, type AlertRules } from "../../shared/domain/alerting/alert.ts";
import { applyCommand, type AlertCommand } from "../../shared/domain/alerting/alert-commands.ts";
import { evaluate } from "../../shared/domain/alerting/alerting.ts";
import { NO_ALERTING, type AlertingState, type AlertRecord } from "../../shared/domain/alerting/alerting-state.ts";
import { asInMaintenance } from "../../shared/domain/alerting/maintenance.ts";
import type { Check } from "../../shared/domain/monitoring/check.ts";
import type { TakenBack } from "../../shared/domain/monitoring/clock-lead.ts";
import type { Policies } from "../../shared/domain/alerting/escalation.ts";
import type { AlertedService } from "../../shared/domain/alerting/fold-checks.ts";
import type { Outgoing } from "../../shared/domain/alerting/grouping.ts";
import { packAlerting, unpackAlerting } from "../../shared/storage/packed-alerting.ts";
import { CERTIFICATE_TIMES, check, T0 } from "./checks.ts";

const S = 1_000;

/** The seed's numbers. */
const SEED_POLICIES: Policies = {
  critical: {
    steps: [
      { afterMs: 0, channels: ["slack"] },
      { afterMs: 300 * S, channels: ["slack", "email"] },
      { afterMs: 900 * S, channels: ["slack", "email", "sms"] },
    ],
  },
  warning: { steps: [{ afterMs: 900 * S, channels: ["email", "slack"] }] },
  info: { steps: [] },
};

export interface AlertedOptions extends Partial<Omit<AlertedService, "alertRules">> {
  readonly rules?: Partial<AlertRules>;
}

export function alerted(id: string, { rules = {}, ...more }: AlertedOptions = {}): AlertedService {
  return {
    id,
    name: `Service ${id}`,
    critical: true,
    checkType: "http",
    intervalMs: 30 * S,
    dependsOn: [],
    machine: null,
    startingGraceMs: 600 * S,
    impact: null,
    onFiring: null,
    ...more,
    alertRules: { ...DEFAULT_ALERT_RULES, ...rules },
  };
}

export interface BenchSettings {
  readonly policies?: Policies;
  readonly connectivityTargets?: readonly string[];
  /** The state goes through its stored form before every step. */
  readonly restarts?: boolean;
}

export class AlertingBench {
  state: AlertingState = NO_ALERTING;
  nowMs = T0;
  services: AlertedService[];
  readonly outgoing: Outgoing[] = [];
  readonly records: AlertRecord[] = [];
  settings: BenchSettings;
  readonly #lastChecks = new Map<string, Check>();

  constructor(services: AlertedService[], settings: BenchSettings = {}) {
    this.services = services;
    this.settings = settings;
  }

  /** One sweep now, with these checks. */
  sweep(
    checks: readonly Check[] = [],
    more: { clockStepMs?: number; commands?: readonly AlertCommand[]; takenBack?: TakenBack } = {},
  ): void {
    const { policies = SEED_POLICIES, connectivityTargets = [], restarts = false } = this.settings;
    const stored = restarts ? unpackAlerting(packAlerting(this.state)) : this.state;
    let state = stored;
    for (const each of checks) this.#lastChecks.set(each.serviceId, each);
    for (const command of more.commands ?? []) ({ state } = applyCommand(state, command, this.nowMs));
    const services = new Map(this.services.map((service) => [service.id, service]));
    const result = evaluate(state, {
      policies,
      connectivityTargets,
      certificateTimes: CERTIFICATE_TIMES,
      node: "monitor",
      services,
      checks: checks.map((each) => asInMaintenance(each, { services, windows: state.windows })),
      lastChecks: this.#lastChecks,
      nowMs: this.nowMs,
      clockStepMs: more.clockStepMs ?? 0,
      flush: false,
      absence: null,
      stored: stored.subjects,
      ...(more.takenBack && { takenBack: more.takenBack }),
    });
    this.state = result.state;
    this.outgoing.push(...result.outgoing);
    this.records.push(...result.records);
  }

  /** Lets time pass; what is due on the way is decided when it is due. */
  pass(ms: number): void {
    const untilMs = this.nowMs + ms;
    while (this.state.nextDueMs <= untilMs) {
      this.nowMs = Math.max(this.nowMs, this.state.nextDueMs);
      this.sweep();
    }
    this.nowMs = untilMs;
  }

  /** One sweep in which these services fail, ten seconds after the last. */
  fail(...ids: readonly string[]): void {
    this.pass(10 * S);
    this.sweep(ids.map((id) => down(id, this.nowMs)));
  }

  ok(...ids: readonly string[]): void {
    this.pass(10 * S);
    this.sweep(ids.map((id) => check(id, this.nowMs)));
  }

  command(command: AlertCommand): void {
    this.sweep([], { commands: [command] });
  }

  /** Of one channel: type and what it is about, in order. */
  notified(channel: string): string[] {
    return this.outgoing
      .filter((each) => each.channel === channel)
      .map(
        ({ notification: { type, alerts } }) => `${type} ${alerts.map(({ service }) => service ?? "monitor").join()}`,
      );
  }

  alertOf(subject: string) {
    return this.state.subjects.get(subject)?.alert ?? null;
  }
}

export function down(id: string, atMs: number, more: Partial<Check> = {}): Check {
  const problem = {
    status: "timeout",
    reason: "deadline_connect",
    message: "Request timed out",
    statusCode: null,
  } as const;
  return check(id, atMs, { responseTimeMs: 1, ...problem, ...more });
}

export function slow(id: string, atMs: number): Check {
  return check(id, atMs, { status: "degraded", reason: "slow", message: "Answered in 9 s, slower than 5 s" });
}

/** What is remembered when all but the first service have just failed, with long messages, and wait to be told on every channel. */
export function manyDown(serviceCount: number, channelCount: number): AlertingState {
  const channels = Array.from({ length: channelCount }, (_, index) => `channel-number-${index}`);
  const ids = Array.from({ length: serviceCount }, (_, index) => `service-number-${index}`);
  const policies = { critical: { steps: [{ afterMs: 0, channels }] }, warning: { steps: [] }, info: { steps: [] } };
  const services = ids.map((id) => alerted(id, { rules: { failures: 1 } }));
  const bench = new AlertingBench(services, { policies });
  bench.fail(...ids.slice(0, 1));
  bench.pass(1 * S);
  bench.sweep(ids.map((id) => down(id, bench.nowMs, { message: `${"Connection refused ".repeat(20)}${id}` })));
  return bench.state;
}

/**
 * Keeps the books of one run of alerting: what anybody was told, and what each alert was at every evaluation.
 * Used by the model-based test. It throws as soon as something was told that must not be, or not told that must be.
 * Invariant: it knows the promises of alerting only, none of its code.
 */
import { bySeverity } from "../../shared/domain/alerting/alert.ts";
import type { OpenAlert } from "../../shared/domain/alerting/alert-life.ts";
import { evaluate, type AlertingInput, type Evaluation } from "../../shared/domain/alerting/alerting.ts";
import type { AlertingState, AlertRecord } from "../../shared/domain/alerting/alerting-state.ts";
import type { Policy } from "../../shared/domain/alerting/escalation.ts";
import { notificationTitle } from "../../shared/domain/alerting/notification-text.ts";
import type { Notification } from "../../shared/domain/alerting/notification.ts";
import { packAlerting } from "../../shared/storage/packed-alerting.ts";
import { StartModel } from "./start-model.ts";

interface Seen {
  readonly id: string;
  readonly level: number;
  readonly severity: OpenAlert["severity"];
  readonly sinceMs: number;
}

const EDGES: Readonly<Record<string, readonly string[]>> = {
  firing: ["firing", "acknowledged", "resolved"],
  acknowledged: ["firing", "acknowledged", "resolved"],
  resolved: [],
};

export class AlertingLedger {
  /** By alert and channel. */
  readonly #notified = new Map<string, "begun" | "ended">();
  readonly #ids = new Set<string>();
  readonly #rows = new Map<string, AlertRecord>();
  readonly #seen = new Map<string, Seen>();
  readonly #starts = new Map<string, StartModel>();

  readonly observe = (before: AlertingState, input: AlertingInput, evaluation: Evaluation): void => {
    const again = evaluate(before, input);
    demand(textOf(again) === textOf(evaluation), "evaluating twice gives something else");
    this.#followStarts(input);
    for (const record of evaluation.records) this.#enter(record);
    for (const { channel, notification } of evaluation.outgoing) this.#hear(channel, notification);
    for (const [subject, { alert }] of evaluation.state.subjects) {
      if (!alert) continue;
      this.#look(subject, alert, input);
      if (alert.notifiedAtMs === input.nowMs && before.subjects.get(subject)?.alert?.notifiedAtMs !== input.nowMs)
        demand(!isWorkedOn(subject, evaluation.state.windows, input), `${alert.id} is told in maintenance`);
    }
  };

  /** When nothing waits any more. */
  close({ subjects }: AlertingState): void {
    const open = [...subjects.values()].flatMap(({ alert }) => (alert && alert.state !== "pending" ? [alert] : []));
    for (const { id, notifiedChannels } of open)
      for (const channel of notifiedChannels)
        demand(this.#notified.get(`${id} ${channel}`) === "begun", `${channel} was told nothing of ${id}`);
    const openIds = new Set(open.map(({ id }) => id));
    for (const [key, state] of this.#notified) {
      const [id = ""] = key.split(" ");
      demand(openIds.has(id) === (state === "begun"), `the end of ${key}`);
    }
    for (const { id, state } of this.#rows.values()) demand(openIds.has(id) === (state !== "resolved"), `row ${id}`);
  }

  #enter(record: AlertRecord): void {
    const { id, subject, state, severity } = record;
    const before = this.#rows.get(id);
    demand(!before || EDGES[before.state]?.includes(state) === true, `${id}: ${before?.state} → ${state}`);
    demand(!before || bySeverity(severity, before.severity) <= 0, `the severity of ${id} falls`);
    this.#rows.set(id, record);
    const open = [...this.#rows.values()].filter((each) => each.subject === subject && each.state !== "resolved");
    demand(open.length <= 1, `${subject} has two open alerts`);
  }

  #hear(channel: string, notification: Notification): void {
    const { id, type, alerts } = notification;
    demand(!this.#ids.has(`${channel} ${id}`), `${id} twice`);
    this.#ids.add(`${channel} ${id}`);
    const isEnd = type === "alert.resolved";
    demand(notificationTitle(notification).includes("resolved") === isEnd, notificationTitle(notification));
    for (const alert of alerts) {
      const key = `${alert.id} ${channel}`;
      const before = this.#notified.get(key);
      demand(before !== "ended", `${key} is told after its end`);
      demand(!isEnd || before === "begun", `${key} ends without having begun`);
      this.#notified.set(key, isEnd ? "ended" : "begun");
    }
  }

  #look(subject: string, alert: OpenAlert, { policies, services, nowMs }: AlertingInput): void {
    const { steps } = policies[alert.severity];
    const parents = services.get(subject)?.dependsOn ?? [];
    if (steps[0]?.afterMs === 0) demandReached(alert, nowMs - Math.min(1, parents.length) * EXPLANATION_MS);
    const longestHoldMs = Math.max(...[...services.values()].map(({ startingGraceMs }) => startingGraceMs));
    const { inhibition, sinceMs } = alert;
    const isHeld = inhibition?.kind === "starting" && inhibition.endedAtMs === null;
    demand(!isHeld || nowMs - sinceMs < longestHoldMs, `${alert.id} is held for too long`);
    const isLooping = isHeld && this.#starts.get(inhibition.by)?.isLooping(nowMs) === true;
    demand(!isLooping, `${alert.id} is held by what starts again and again`);
    this.#follow(subject, alert, { steps, nowMs });
  }

  #followStarts({ checks, services }: AlertingInput): void {
    for (const id of this.#starts.keys()) if (!services.has(id)) this.#starts.delete(id);
    for (const { serviceId, status, reason, checkedAtMs } of checks) {
      const service = services.get(serviceId);
      if (!service || status === "unknown" || status === "maintenance") continue;
      const starts = this.#starts.get(serviceId) ?? new StartModel(service.startingGraceMs);
      starts.find(reason === "starting", checkedAtMs);
      this.#starts.set(serviceId, starts);
    }
  }

  /** No step comes before its time. */
  #follow(subject: string, { id, level, severity }: OpenAlert, { steps, nowMs }: Policy & { nowMs: number }): void {
    const seen = this.#seen.get(subject);
    const isSame = seen?.id === id && seen.severity === severity && level >= seen.level;
    if (isSame && seen.level > 0 && level > seen.level) {
      const [upToMs, fromMs] = [level, seen.level].map((each) => steps[each - 1]?.afterMs ?? 0);
      demand(nowMs - seen.sinceMs >= Number(upToMs) - Number(fromMs), `step ${level} of ${id} is early`);
    }
    if (!isSame || level > seen.level) this.#seen.set(subject, { id, level, severity, sinceMs: nowMs });
  }
}

/** The service, or what it needs, is named by a window that holds. */
function isWorkedOn(id: string, windows: AlertingState["windows"], input: AlertingInput): boolean {
  const holds = windows.some(({ services, schedule }) => {
    if (schedule.kind === "weekly" || !services.includes(id)) return false;
    return schedule.startsAtMs <= input.nowMs && input.nowMs < schedule.endsAtMs;
  });
  const parents = input.services.get(id)?.dependsOn ?? [];
  return holds || parents.some((parent) => isWorkedOn(parent, windows, input));
}

/** Its parent has been looked at, or need not be waited for any longer. */
const EXPLANATION_MS = 15_000;

/** Nothing keeps it quiet, and its policy begins at once: so somebody knows. */
function demandReached({ id, baseMs, decision, notifiedChannels }: OpenAlert, sinceMs: number): void {
  if (baseMs > sinceMs) return;
  demand(
    notifiedChannels.length > 0 || (decision !== "notified" && decision !== "waiting"),
    `${id} has reached nobody`,
  );
}

function demand(isSo: boolean, message: string): void {
  if (!isSo) throw new Error(message);
}

function textOf({ state, records, outgoing }: Evaluation): string {
  return packAlerting(state) + JSON.stringify([records, outgoing]);
}

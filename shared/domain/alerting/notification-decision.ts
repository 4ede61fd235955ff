/**
 * Who is told what of the alerts as they are now: the decision about each one, and what goes into messages. Pure.
 * Called by `alerting.ts` after the checks have been folded in.
 * Invariants: every open alert gets a decision, which is stored and shown; whoever was told of a problem is told of its end.
 */
import { bySeverity, type Decision } from "./alert.ts";
import { named, raisedTo, type AlertEnd, type Inhibition, type OpenAlert, type SubjectMemory } from "./alert-life.ts";
import { parseService, subjectImpact, subjectName, type AlertingState } from "./alerting-state.ts";
import {
  awaitsExplanation,
  EXPLANATION_MS,
  findBehind,
  findInhibition,
  readNetwork,
  withInhibition,
  type InhibitionSituation,
  type Subjects,
} from "./inhibition.ts";
import {
  afterCatchingUp,
  afterStep,
  findUnheard,
  findMute,
  isLate,
  findNextStep,
  buildReminder,
  WAITS_FOR_TIME,
  type NextStep,
  type Policies,
} from "./escalation.ts";
import type { EndedAlert, FoldInput } from "./fold-checks.ts";
import type { Dispatch } from "./grouping.ts";
import type { CheckStatus } from "../monitoring/check.ts";
import type { FaultyBalancer } from "./faulty-balancer.ts";
import { findBalancer } from "./find-balancer.ts";
import type { AlertReport, NotificationType } from "./notification.ts";
import { remediationRefusal, STARTED, withAction } from "./remediation.ts";
import { isSilenced } from "./silence.ts";

export interface DecisionInput
  extends
    Pick<FoldInput, "services" | "windows" | "starts" | "connectivityTargets" | "lastChecks" | "nowMs">,
    Pick<AlertingState, "silences" | "remediationStarts"> {
  readonly policies: Policies;
  /** Nobody looks again soon: nothing waits. */
  readonly flush: boolean;
}

export function decideNotifications(subjects: Subjects, ended: readonly EndedAlert[], input: DecisionInput) {
  const decider = new NotificationDecider(subjects, input);
  for (const end of [...ended].sort((left, right) => byText(left.subject, right.subject))) decider.decideEnd(end);
  decider.raiseCauses();
  for (const { subject } of decider.openAlerts()) decider.decide(subject);
  return decider;
}

class NotificationDecider {
  readonly subjects: Map<string, SubjectMemory>;
  readonly dispatches: Dispatch[] = [];
  /** Those that begin now: the service and what it is handed. */
  readonly remediations: { readonly service: string; readonly report: AlertReport }[] = [];
  /** When the next step of any alert is due, epoch ms; Infinity: none. */
  nextDueMs = Infinity;
  readonly #input: DecisionInput;
  readonly #situation: InhibitionSituation;
  /** What is down behind each subject; found when the first message is made. */
  #behind: Map<string, string[]> | null = null;

  constructor(subjects: Subjects, input: DecisionInput) {
    this.subjects = new Map(subjects);
    this.#input = input;
    const network = readNetwork({ ...input, subjects });
    this.#situation = { ...input, subjects: this.subjects, network };
  }

  /** The worst first, so that they lead the messages; else by name, since checks of one sweep end in any order. */
  openAlerts(): { readonly subject: string; readonly alert: OpenAlert }[] {
    const open = [...this.subjects].flatMap(([subject, { alert }]) => (alert ? [{ subject, alert }] : []));
    return open.sort(
      (left, right) => bySeverity(left.alert.severity, right.alert.severity) || byText(left.subject, right.subject),
    );
  }

  /** What takes others down is as bad as the worst of them: they are told of in its message only. */
  raiseCauses(): void {
    for (const [subject, { alert }] of this.subjects) {
      if (!alert || alert.state === "pending" || this.#isQuiet(subject, alert)) continue;
      const inhibition = findInhibition(subject, alert, this.#situation);
      const cause = inhibition?.kind === "affected" ? this.subjects.get(inhibition.by)?.alert : null;
      if (!inhibition || !cause || bySeverity(alert.severity, cause.severity) >= 0) continue;
      this.#put(inhibition.by, raisedTo(cause, alert.severity, this.#input.nowMs));
    }
  }

  decideEnd({ subject, alert, ...end }: EndedAlert): void {
    const firstSteps = this.#input.policies[alert.severity].steps.filter(({ afterMs }) => afterMs === 0);
    const channels = end.reason === "over" ? firstSteps.flatMap((step) => step.channels) : alert.notifiedChannels;
    const report = this.#report(subject, alert, { end });
    for (const channel of new Set(channels)) {
      this.dispatches.push({ channel, as: alert.severity, type: "alert.resolved", report, isLate: false });
    }
  }

  decide(subject: string): void {
    const alert = this.subjects.get(subject)?.alert;
    if (!alert) return;
    const known = withInhibition(subject, alert, this.#situation);
    if (known.inhibition?.endedAtMs) this.#isDueLater(known.inhibition.endedAtMs + EXPLANATION_MS);
    const untilMs = this.#awaitsUntilMs(subject, known);
    if (untilMs !== null) {
      this.#isDue(untilMs);
      this.#put(subject, { ...known, decision: "waiting" });
      return;
    }
    const inhibited = this.#withRemediation(subject, known);
    const decision = findMute(inhibited, this.#isSilenced(subject, alert));
    if (decision === null) {
      this.#decideStep(subject, inhibited);
      return;
    }
    if (decision === "acknowledged") this.#isDue(alert.acknowledgedUntilMs ?? Infinity);
    this.#put(subject, { ...inhibited, decision });
  }

  /** Nobody is told first of a child, and nothing done about it, while it may be its parent; null when it need not wait. */
  #awaitsUntilMs(subject: string, alert: OpenAlert): number | null {
    const { flush, nowMs } = this.#input;
    const untilMs = alert.baseMs + EXPLANATION_MS;
    if (flush || alert.hasRemediation || nowMs >= untilMs) return null;
    return awaitsExplanation(subject, alert, this.#situation) ? untilMs : null;
  }

  /** Once in the life of an alert that nothing else explains, as often as the service allows. */
  #withRemediation(subject: string, alert: OpenAlert): OpenAlert {
    const { services, remediationStarts, nowMs } = this.#input;
    const rules = services.get(subject)?.onFiring ?? null;
    if (rules === null || alert.hasRemediation || alert.state !== "firing" || alert.inhibition !== null) return alert;
    const refusal = remediationRefusal(rules, remediationStarts.get(subject) ?? [], nowMs);
    const said = refusal === null ? STARTED : `no remediation: ${refusal}`;
    const next = { ...alert, hasRemediation: true, actionTaken: withAction(alert.actionTaken, said) };
    if (refusal === null) this.remediations.push({ service: subject, report: this.#report(subject, next) });
    return next;
  }

  /** @param alert as it is now, with what was decided of it before */
  #decideStep(subject: string, alert: OpenAlert): void {
    const { nowMs, policies } = this.#input;
    const next = findNextStep(alert, policies[alert.severity]);
    if (next === null) {
      this.#put(subject, { ...alert, decision: "no_channel" });
      return;
    }
    // The end of a silence or of maintenance is news: what fails still is said once more.
    const wasPlanned = ENDS_AS_PLANNED.has(alert.decision) && alert.notifiedChannels.length > 0;
    const step = wasPlanned && next.dueMs > nowMs ? buildReminder(alert, nowMs) : next;
    if (step.dueMs > nowMs) {
      this.#isDue(step.dueMs);
      this.#put(subject, { ...alert, decision: alert.notifiedChannels.length > 0 ? "notified" : "waiting" });
    } else this.#take(subject, alert, step);
    this.#catchUp(subject);
  }

  /** Who is new to an alert hears of it, and of those that were told with it. */
  #catchUp(leader: string): void {
    const { policies } = this.#input;
    const alert = this.subjects.get(leader)?.alert;
    const names = alert ? findUnheard(alert, policies[alert.severity]) : [];
    if (!alert || names.length === 0) return;
    const type = alert.isFlapping ? "alert.flapping" : "alert.reminder";
    for (const { subject, alert: each } of this.openAlerts()) {
      const isJoined = each.decision === "joined" && each.inhibition?.by === leader;
      if (subject !== leader && !isJoined) continue;
      const told = afterCatchingUp(each, names);
      this.#put(subject, told);
      const report = this.#report(subject, told);
      const dispatch = { type, as: alert.severity, report, isLate: false, catchesUp: true } as const;
      for (const channel of names) this.dispatches.push({ channel, ...dispatch });
    }
  }

  #take(subject: string, alert: OpenAlert, { type, dueMs, channels, level }: NextStep): void {
    const { nowMs, policies } = this.#input;
    const notified = afterStep(alert, { channels, level }, nowMs);
    this.#put(subject, notified);
    const joined = JOINABLE.has(type) ? this.#join(subject, notified, channels) : new Map<string, OpenAlert>();
    const own = this.#report(subject, notified, { besides: joined });
    const reports = [own, ...Array.from(joined, ([other, told]) => this.#report(other, told))];
    const isOverdue = WAITS_FOR_TIME.has(alert.decision) && isLate(dueMs, nowMs);
    for (const channel of channels) {
      for (const report of reports)
        this.dispatches.push({ channel, type, as: alert.severity, report, isLate: isOverdue });
    }
    const next = findNextStep(notified, policies[notified.severity]);
    if (next) this.#isDue(next.dueMs);
  }

  /** What fires on the same machine goes into the same message; what is only suspected there is named in it. */
  #join(leader: string, { severity }: OpenAlert, channels: readonly string[]): Map<string, OpenAlert> {
    const machine = this.#input.services.get(leader)?.machine ?? null;
    const joined = new Map<string, OpenAlert>();
    if (machine === null) return joined;
    for (const { subject, alert } of this.openAlerts()) {
      if (subject === leader || bySeverity(alert.severity, severity) < 0) continue;
      if (!this.#isUnnotifiedOn(machine, subject, alert)) continue;
      const inhibition: Inhibition = { kind: "joined", by: leader, endedAtMs: null };
      const isPending = alert.state === "pending";
      const told = isPending ? { ...alert, inhibition } : this.#joinedWith(inhibition, alert, channels);
      this.#put(subject, told);
      if (isPending) this.#behind = null;
      else joined.set(subject, told);
    }
    return joined;
  }

  #joinedWith(inhibition: Inhibition, alert: OpenAlert, channels: readonly string[]): OpenAlert {
    const { nowMs, policies } = this.#input;
    const first = findNextStep({ ...alert, level: 0, baseMs: nowMs }, policies[alert.severity]);
    const level = first && first.dueMs <= nowMs ? first.level : 0;
    return { ...afterStep(alert, { channels, level }, nowMs), inhibition, decision: "joined" };
  }

  #isUnnotifiedOn(machine: string, subject: string, alert: OpenAlert): boolean {
    if (this.#input.services.get(subject)?.machine !== machine) return false;
    if (alert.notifiedChannels.length > 0 || alert.inhibition !== null || this.#isQuiet(subject, alert)) return false;
    return findInhibition(subject, alert, this.#situation) === null;
  }

  #isQuiet(subject: string, alert: OpenAlert): boolean {
    const isInMaintenance = findInhibition(subject, alert, this.#situation)?.kind === "maintenance";
    return alert.state === "acknowledged" || isInMaintenance || this.#isSilenced(subject, alert);
  }

  #isSilenced(subject: string, { severity }: OpenAlert): boolean {
    const { silences, nowMs } = this.#input;
    return isSilenced(silences, { service: parseService(subject), severity }, nowMs);
  }

  /** @param how `besides`: what has a place of its own in the message */
  #report(
    subject: string,
    alert: OpenAlert,
    { besides, end }: { besides?: ReadonlyMap<string, OpenAlert>; end?: AlertEnd } = {},
  ): AlertReport {
    const { services } = this.#input;
    this.#behind ??= findBehind(this.subjects, this.#situation);
    const behind = (this.#behind.get(subject) ?? []).filter((other) => !besides?.has(other));
    const affected = behind.map((other) => subjectName(other, services)).sort(byText);
    const impact = end ? null : subjectImpact(subject, alert.status, services);
    const balancer = end ? null : this.#findBalancer(subject, alert);
    return {
      ...named(alert, subjectName(subject, services), end),
      service: parseService(subject),
      affected,
      ...(impact !== null && { impact }),
      ...(balancer && { balancer }),
    };
  }

  #findBalancer(subject: string, { sinceMs }: OpenAlert): FaultyBalancer | null {
    const { services, lastChecks: checks } = this.#input;
    const service = services.get(subject);
    const statusOf = (id: string): CheckStatus => checks.get(id)?.status ?? "unknown";
    return service ? findBalancer({ service, services, checks, sinceMs, statusOf }) : null;
  }

  #put(subject: string, alert: OpenAlert): void {
    const memory = this.subjects.get(subject);
    if (memory) this.subjects.set(subject, { ...memory, alert });
  }

  #isDueLater(atMs: number): void {
    if (atMs > this.#input.nowMs) this.#isDue(atMs);
  }

  #isDue(atMs: number): void {
    this.nextDueMs = Math.min(this.nextDueMs, atMs);
  }
}

const ENDS_AS_PLANNED: ReadonlySet<Decision> = new Set(["silenced", "maintenance"]);

/** The steps that take along what fails on the same machine. */
const JOINABLE: ReadonlySet<NotificationType> = new Set(["alert.firing", "alert.escalated"]);

function byText(left: string, right: string): number {
  return left < right ? -1 : Number(left > right);
}

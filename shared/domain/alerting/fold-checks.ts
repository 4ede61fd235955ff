/**
 * What a sweep's checks, and the time since the last one, make of the alerts: lives move on, nobody is told anything here.
 * Called by `alerting.ts`. Pure.
 * Invariant: every alert that has fired and is open afterwards no more is among those that ended, with the reason.
 */
import { chooseSeverity, type AlertRules } from "./alert.ts";
import {
  advance,
  AT_REST,
  readEvidence,
  isAtRest,
  type AlertEnd,
  type Evidence,
  type OpenAlert,
  type SubjectMemory,
} from "./alert-life.ts";
import { certificateSubject, isService, MONITOR, parseService } from "./alerting-state.ts";
import type { Check } from "../monitoring/check.ts";
import type { TakenBack } from "../monitoring/clock-lead.ts";
import { isForward } from "../monitoring/first-setting.ts";
import type { LastChecks } from "../monitoring/cluster-state.ts";
import { STORAGE_RULES, storageEvidence, type StorageState } from "./storage-alert.ts";
import { isLooping, type StartsByService } from "./crash-loop.ts";
import { certificateEvidence, type CertificateTimes } from "./certificate.ts";
import { EXPLANATION_MS, findLossMs, isHidden, readNetwork, type Network } from "./inhibition.ts";
import { listUnasked } from "./network-proof.ts";
import type { MaintenanceWindow } from "./maintenance-window.ts";
import type { Service } from "../monitoring/service.ts";
import type { Failure } from "../net/connection-failure.ts";
import { formatDuration } from "../text/duration-text.ts";
import { formatTimestamp } from "../text/timestamp.ts";

export type AlertedService = Pick<
  Service,
  | "id"
  | "name"
  | "critical"
  | "checkType"
  | "intervalMs"
  | "dependsOn"
  | "machine"
  | "startingGraceMs"
  | "impact"
  | "alertRules"
  | "onFiring"
>;

export interface FoldInput {
  readonly services: ReadonlyMap<string, AlertedService>;
  readonly windows: readonly MaintenanceWindow[];
  /** Of every service, with these checks. */
  readonly starts: StartsByService;
  /** In the order in which they ended. */
  readonly checks: readonly Check[];
  /** Of every service, these checks among them. */
  readonly lastChecks: LastChecks;
  readonly nowMs: number;
  /** Services that tell whether the network is there. */
  readonly connectivityTargets: readonly string[];
  readonly certificateTimes: CertificateTimes;
  /** When nothing was watched just before; null: no such gap. */
  readonly absence: { readonly fromMs: number; readonly untilMs: number } | null;
  /** The clock by which the last sweep was stored was ahead. Absent: it was right. */
  readonly takenBack?: TakenBack;
  /** Why the last heartbeat was not taken; null: it was. Absent: there is no news of it. */
  readonly heartbeat?: Failure | null;
  /** Alerts in whose place others go on. Absent: none. */
  readonly replaced?: readonly EndedAlert[];
  /** What is wrong with storage. Absent: it fails, and is just being tried again. */
  readonly storage?: StorageState;
}

export interface EndedAlert extends AlertEnd {
  readonly subject: string;
  readonly alert: OpenAlert;
}

/** What is told at once and ends at once. */
const SIMPLE_RULES: AlertRules = { severity: "info", failures: 1, successes: 1, forMs: 0, flapping: false };

export function foldChecks(before: ReadonlyMap<string, SubjectMemory>, input: FoldInput) {
  const fold = new Fold(before, input);
  fold.removeDeparted();
  for (const check of input.checks) fold.take(check);
  fold.lapseAcknowledgements();
  fold.evaluateMonitor();
  return { subjects: fold.subjects, ended: [...(input.replaced ?? []), ...fold.ended] };
}

class Fold {
  readonly subjects: Map<string, SubjectMemory>;
  readonly ended: EndedAlert[] = [];
  readonly #input: FoldInput;

  constructor(before: ReadonlyMap<string, SubjectMemory>, input: FoldInput) {
    this.subjects = new Map(before);
    this.#input = input;
  }

  take(check: Check): void {
    const service = this.#input.services.get(check.serviceId);
    if (!service) return;
    const { critical, alertRules } = service;
    const severity = chooseSeverity({ critical, severity: alertRules.severity }, check.reason);
    this.#advance(service.id, this.#withoutPatience(readEvidence(check, severity), service), alertRules);
    const expiresAtMs = check.details.certificateExpiresAtMs;
    // A service that is well and shows no certificate (any more) has no certificate that could end.
    if (expiresAtMs === undefined && check.status !== "healthy") return;
    const evidence = certificateEvidence(check, expiresAtMs ?? Infinity, {
      ...this.#input.certificateTimes,
      atMost: alertRules.severity ?? "critical",
    });
    this.#advance(certificateSubject(service.id), evidence, SIMPLE_RULES);
  }

  /** What starts again and again has been given its time. */
  #withoutPatience(evidence: Evidence, { id, startingGraceMs }: AlertedService): Evidence {
    const { problem, atMs } = evidence;
    const starts = this.#input.starts.get(id);
    if (problem.reason !== "starting" || !isLooping(starts, startingGraceMs, atMs)) return evidence;
    const sinceText = formatTimestamp(starts.firstMs);
    const message = `${problem.message ?? "Still starting"}; it starts again and again since ${sinceText}`;
    return { ...evidence, verdict: "failing", problem: { ...problem, message } };
  }

  /** A service that is not configured any more has no problem any more. */
  removeDeparted(): void {
    const { services, nowMs } = this.#input;
    for (const [subject, { alert }] of this.subjects) {
      const service = parseService(subject);
      if (service === null || services.has(service)) continue;
      this.subjects.delete(subject);
      if (alert) this.#end({ subject, alert, atMs: nowMs, reason: "removed" });
    }
  }

  lapseAcknowledgements(): void {
    const { nowMs } = this.#input;
    for (const [subject, memory] of this.subjects) {
      const { alert } = memory;
      if (alert?.state !== "acknowledged" || (alert.acknowledgedUntilMs ?? Infinity) > nowMs) continue;
      const lapsed: OpenAlert = {
        ...alert,
        state: "firing",
        acknowledgedBy: null,
        acknowledgedUntilMs: null,
        // The step that was next is next again, with its whole delay; and a reminder says that it is open again.
        baseMs: nowMs,
        notifiedAtMs: alert.notifiedAtMs === null ? null : 0,
      };
      this.subjects.set(subject, { ...memory, alert: lapsed });
    }
  }

  evaluateMonitor(): void {
    const { nowMs, absence } = this.#input;
    const network = readNetwork({ ...this.#input, subjects: this.subjects });
    const hidden = [...this.subjects].filter(
      ([subject, { alert }]) =>
        isService(subject) && alert !== null && alert.state !== "pending" && isHidden(alert, network),
    );
    const isCutOff = network === "cut off" || network === "without names";
    const hasHidden = !isCutOff || hidden.length > 0;
    // Whether it is still cut off shows after the work on the network.
    if (network !== "in maintenance" && hasHidden && this.#isIsolationNews(network)) {
      this.#advance(MONITOR.isolated, isolationEvidence(network, hidden.length, nowMs), ISOLATION_RULES);
    }
    if (absence) this.#addAbsence(absence);
    this.#evaluateShortage();
    this.#evaluateClock();
    const { heartbeat, storage } = this.#input;
    if (storage) this.#advance(MONITOR.storage, storageEvidence(storage, nowMs), STORAGE_RULES);
    if (heartbeat !== undefined) this.#advance(MONITOR.unheard, heartbeatEvidence(heartbeat, nowMs), SIMPLE_RULES);
  }

  #evaluateClock(): void {
    const { nowMs } = this.#input;
    // One that is set for the first time was not wrong.
    const takenBack = this.#input.takenBack && !isForward(this.#input.takenBack) ? this.#input.takenBack : null;
    const sinceMs = this.subjects.get(MONITOR.clock)?.alert?.sinceMs ?? nowMs;
    if (!takenBack && nowMs - sinceMs < CLOCK_SHOWN_MS) return;
    this.#advance(MONITOR.clock, clockEvidence(takenBack?.leadMs ?? null, nowMs), SIMPLE_RULES);
  }

  /** Of what we could not look at nothing is known: people hear of the monitor instead. */
  #evaluateShortage(): void {
    const { checks, lastChecks, nowMs } = this.#input;
    if (checks.length === 0) return;
    const reasons = [...lastChecks.values()].map(({ reason }) => reason);
    this.#advance(MONITOR.exhausted, shortageEvidence(reasons, nowMs), SHORTAGE_RULES);
  }

  /** It comes and goes by what is checked, not by how often somebody looks. */
  #isIsolationNews(network: Network): boolean {
    const { connectivityTargets, checks, nowMs } = this.#input;
    const isCutOff = network !== "there";
    const lossMs = findLossMs({ connectivityTargets, subjects: this.subjects });
    // Other machines may be about to show that it is the targets alone.
    const isDoubtful = network === "cut off" && nowMs < lossMs + EXPLANATION_MS;
    if (isDoubtful && listUnasked(lossMs, this.#input).length > 0) return false;
    // One that has just answered must do so again; it is no news that we are cut off.
    if (isCutOff && connectivityTargets.some((id) => this.subjects.get(id)?.failures === 0)) return false;
    const wasCutOff = (this.subjects.get(MONITOR.isolated)?.failures ?? 0) > 0;
    if (wasCutOff !== isCutOff) return true;
    return checks.some(({ serviceId }) => connectivityTargets.length === 0 || connectivityTargets.includes(serviceId));
  }

  #advance(key: string, evidence: Evidence, rules: AlertRules): void {
    const before = this.subjects.get(key);
    if (evidence.verdict !== "failing" && before === undefined) return;
    const { memory, event, ended } = advance(before ?? AT_REST, evidence, { key, rules });
    if (isAtRest(memory)) this.subjects.delete(key);
    else this.subjects.set(key, memory);
    if (event === "resolved" && ended)
      this.#end({ subject: key, alert: ended, atMs: evidence.atMs, reason: "recovered" });
  }

  #end(ended: EndedAlert): void {
    if (ended.alert.firedAtMs !== null) this.ended.push(ended);
  }

  /** It is over by the time it can be noticed. */
  #addAbsence({ fromMs, untilMs }: { fromMs: number; untilMs: number }): void {
    const message = `Nothing was watched from ${formatTimestamp(fromMs)} to ${formatTimestamp(untilMs)}`;
    const problem = { status: "unknown", reason: "stale", message } as const;
    const evidence: Evidence = { verdict: "failing", beganAtMs: fromMs, atMs: fromMs, problem, severity: "info" };
    const { alert } = advance(AT_REST, evidence, { key: MONITOR.absent, rules: SIMPLE_RULES }).memory;
    if (alert) this.#end({ subject: MONITOR.absent, alert, atMs: untilMs, reason: "over" });
  }
}

const ISOLATION_RULES: AlertRules = { ...SIMPLE_RULES, severity: "critical", flapping: true };

function isolationEvidence(network: Network, services: number, atMs: number): Evidence {
  const isAboutNames = network === "without names";
  const why = isAboutNames
    ? "Names do not resolve, so the name server is down or the monitor is cut off"
    : "The monitor is cut off: its connectivity targets fail too";
  const message = `${why}, ${services} services look down`;
  const problem = { status: "error", reason: isAboutNames ? "dns" : "unreachable", message } as const;
  return { verdict: network === "there" ? "ok" : "failing", beganAtMs: atMs, atMs, problem, severity: "critical" };
}

function heartbeatEvidence(failure: Failure | null, atMs: number): Evidence {
  const { reason = "http_status", message = "" } = failure ?? {};
  const problem = { status: "error", reason, message } as const;
  return { verdict: failure ? "failing" : "ok", beganAtMs: atMs, atMs, problem, severity: "warning" };
}

/** A moment without sockets passes unnoticed. */
const SHORTAGE_RULES: AlertRules = { ...ISOLATION_RULES, forMs: 60_000 };

/** Why we cannot look at a service, in words for people; the first that there is counts. */
const OWN_FAULTS = [
  ["shortage", "The monitor is short of sockets, memory or sub-requests"],
  ["clock", "The clock of the monitor is not set"],
] as const;

/** @param reasons of the last check of every service */
function shortageEvidence(reasons: readonly Check["reason"][], atMs: number): Evidence {
  const faults = OWN_FAULTS.filter(([reason]) => reasons.includes(reason));
  const [reason, words] = faults[0] ?? OWN_FAULTS[0];
  const unchecked = reasons.filter((each) => faults.some(([fault]) => fault === each)).length;
  const message = `${words}: ${unchecked} of ${reasons.length} services are not checked`;
  const problem = { status: "unknown", reason, message } as const;
  return { verdict: unchecked > 0 ? "failing" : "ok", beganAtMs: atMs, atMs, problem, severity: "critical" };
}

/** It is over when it is noticed; shorter than the time after which people are reminded. */
const CLOCK_SHOWN_MS = 4 * 3_600_000 - 60_000;

function clockEvidence(leadMs: number | null, atMs: number): Evidence {
  const message =
    `The clock was ${formatDuration(leadMs ?? 0)} ahead until ${formatTimestamp(atMs)}: what was stored by it is kept apart, ` +
    "and what waited is told now. See to the machine's clock, or it happens again";
  const problem = { status: "degraded", reason: "clock", message } as const;
  return { verdict: leadMs === null ? "ok" : "failing", beganAtMs: atMs, atMs, problem, severity: "warning" };
}

/**
 * Alerting as one step: what was remembered, what was found since, what time it is → what is remembered now, which rows change,
 * and which notifications go out. Pure; `draft-sweep` calls it, and everything it returns is one commit with the checks.
 * Order: clock steps → checks (fold-checks) → decisions (notification-decision) → messages (grouping) → rows.
 * Invariant: computing it twice from the same state gives the same alerts and notifications, ids included.
 */
import {
  buildRecord,
  isNews,
  parseService,
  subjectName,
  type AlertingState,
  type AlertRecord,
} from "./alerting-state.ts";
import type { SubjectMemory } from "./alert-life.ts";
import { movedStarts, startsAfter } from "./crash-loop.ts";
import type { Policies } from "./escalation.ts";
import { awaitsExplanation, type Causes } from "./inhibition.ts";
import { foldChecks, type FoldInput } from "./fold-checks.ts";
import { groupDispatches, nextGroupMs, buildNotification, type Outgoing } from "./grouping.ts";
import { nextMaintenanceChangeMs } from "./maintenance-window.ts";
import { findProofMs, isUnreachable, listUnasked, type Witnesses } from "./network-proof.ts";
import { recheckMs } from "../monitoring/schedule.ts";
import type { Service } from "../monitoring/service.ts";
import { remediationStartsAfter, remediationChannel } from "./remediation.ts";
import { endHealed, nextSilenceChangeMs, withoutLongEnded } from "./silence.ts";
import { decideNotifications } from "./notification-decision.ts";
import { countUpcoming } from "./upcoming.ts";

export interface AlertingInput extends Omit<FoldInput, "windows" | "starts"> {
  readonly node: string;
  readonly policies: Policies;
  /** How far the wall clock has been set since the last evaluation of this process, in ms; 0 for another process. */
  readonly clockStepMs: number;
  /** The subjects as their rows were last written: before what people asked for took effect. */
  readonly stored: AlertingState["subjects"];
  /** Nobody looks again within a group interval (the end of a round): nothing waits. */
  readonly flush: boolean;
}

export interface Evaluation {
  readonly state: AlertingState;
  /** Rows to be written, oldest news first. */
  readonly records: readonly AlertRecord[];
  /** In the order in which they are to be sent. */
  readonly outgoing: readonly Outgoing[];
}

export function evaluate(before: AlertingState, input: AlertingInput): Evaluation {
  const shifted = shiftedBy(before, input.clockStepMs);
  const { nowMs, services, node, flush } = input;
  const silences = withoutLongEnded(shifted.silences, nowMs);
  const { windows } = shifted;
  const starts = startsAfter(shifted.starts, input.checks, { services, nowMs });
  const folded = foldChecks(shifted.subjects, { ...input, windows, starts });
  const decided = decideNotifications(folded.subjects, folded.ended, {
    ...input,
    silences,
    windows,
    starts,
    remediationStarts: shifted.remediationStarts,
  });
  // Only now: the end of the problem is told, or not, as the problem was.
  const lasting = endHealed(silences, listFailing(decided.subjects), nowMs);
  const remediations = decided.remediations.map(({ service, report }) => {
    const channel = remediationChannel(service);
    const dispatch = { as: report.severity, type: "alert.firing", report, isLate: false } as const;
    return { channel, notification: buildNotification(channel, [dispatch], { nowMs, node }) };
  });
  const { groups, outgoing } = groupDispatches(shifted.groups, {
    nowMs,
    node,
    flush,
    dispatches: decided.dispatches,
    upcoming: (group) => countUpcoming({ ...input, subjects: decided.subjects, ...group }),
  });
  const nextDueMs = Math.min(
    decided.nextDueMs,
    nextGroupMs(groups),
    nextSilenceChangeMs(lasting, nowMs),
    nextMaintenanceChangeMs(windows, nowMs),
  );
  const ends = folded.ended
    .map(({ subject, alert, ...end }) => buildRecord(subject, { alert, name: subjectName(subject, services) }, end))
    .filter((row) => row !== null);
  return {
    state: {
      subjects: decided.subjects,
      groups,
      silences: lasting,
      windows,
      ...rememberProof(shifted, { ...input, subjects: decided.subjects }),
      remediationStarts: remediationStartsAfter(shifted.remediationStarts, decided.remediations, nowMs),
      starts,
      nextDueMs,
    },
    records: [...ends, ...changedRecords(input.stored, decided.subjects, services)],
    outgoing: [...remediations, ...outgoing],
  };
}

/** What began after it may be the monitor's own fault; while nothing is wrong that is not asked. */
function rememberProof(
  { provenAtMs }: AlertingState,
  { subjects, nowMs, ...input }: Pick<AlertingInput, "checks" | "nowMs"> & Witnesses & Pick<AlertingState, "subjects">,
): Pick<AlertingState, "provenAtMs"> {
  const atMs = findProofMs(input.checks, input) ?? provenAtMs;
  // By a clock that was set back it lies in the future.
  return subjects.size === 0 || atMs === undefined ? {} : { provenAtMs: Math.min(atMs, nowMs) };
}

/** The services of open alerts; null: the monitor itself. */
function listFailing(subjects: AlertingState["subjects"]): (string | null)[] {
  return [...subjects].flatMap(([subject, { alert }]) => (alert ? [parseService(subject)] : []));
}

function changedRecords(
  before: AlertingState["subjects"],
  after: AlertingState["subjects"],
  services: AlertingInput["services"],
): AlertRecord[] {
  const changed: AlertRecord[] = [];
  for (const [subject, { alert }] of after) {
    const previous = before.get(subject)?.alert ?? null;
    if (alert === null || alert === previous) continue;
    const name = subjectName(subject, services);
    const record = buildRecord(subject, { alert, name });
    const known = previous?.id === alert.id ? buildRecord(subject, { alert: previous, name }) : null;
    if (record && isNews(known, record)) changed.push(record);
  }
  return changed;
}

/** A clock that is set moves what is still to come along with it: times that people wait for stay as long as they are. */
function shiftedBy(state: AlertingState, stepMs: number): AlertingState {
  if (stepMs === 0) return state;
  const later = (atMs: number): number => atMs + stepMs;
  const subjects = new Map(
    [...state.subjects].map(([subject, memory]): [string, SubjectMemory] => {
      const { alert } = memory;
      if (!alert) return [subject, memory];
      const { state: lifeState, sinceMs, failedAtMs, baseMs, inhibition, notifiedAtMs, acknowledgedUntilMs } = alert;
      const { unansweredSinceMs = null } = alert;
      const moved = {
        // `for` counts from it; afterwards it is history.
        sinceMs: lifeState === "pending" ? later(sinceMs) : sinceMs,
        failedAtMs: later(failedAtMs),
        unansweredSinceMs: unansweredSinceMs && later(unansweredSinceMs),
        baseMs: later(baseMs),
        inhibition: inhibition && { ...inhibition, endedAtMs: inhibition.endedAtMs && later(inhibition.endedAtMs) },
        notifiedAtMs: notifiedAtMs && later(notifiedAtMs),
        acknowledgedUntilMs: acknowledgedUntilMs && later(acknowledgedUntilMs),
      };
      return [subject, { ...memory, alert: { ...alert, ...moved } }];
    }),
  );
  const groups = state.groups.map((each) => ({
    ...each,
    openedAtMs: later(each.openedAtMs),
    untilMs: later(each.untilMs),
  }));
  return { ...state, subjects, groups, starts: movedStarts(state.starts, later) };
}

/**
 * How often to look, in ms, at each service whose next checks decide about an alert: those that have begun to fail or to recover,
 * those whose parents are to be looked at first, and, as often as at the quickest of these, what they depend on and the
 * connectivity targets. Empty while nothing is undecided.
 */
export function findRechecks(
  { subjects }: AlertingState,
  causes: Causes<Pick<Service, "dependsOn" | "machine" | "intervalMs">>,
): ReadonlyMap<string, number> {
  const { services, connectivityTargets } = causes;
  const rechecks = new Map<string, number>();
  const look = (id: string, everyMs: number): void => {
    if ((rechecks.get(id) ?? Infinity) <= everyMs) return;
    rechecks.set(id, everyMs);
    for (const parent of services.get(id)?.dependsOn ?? []) look(parent, everyMs);
  };
  for (const [subject, memory] of subjects) {
    const service = services.get(subject);
    if (service && isUndecided(subject, memory, causes)) look(subject, recheckMs(service.intervalMs));
  }
  const quickestMs = Math.min(...rechecks.values());
  if (rechecks.size > 0) for (const id of connectivityTargets) look(id, quickestMs);
  for (const [id, everyMs] of findDoubts(subjects, causes)) look(id, everyMs);
  return rechecks;
}

/** Those that may show that the network is there while all targets are out of reach, and how often to look at them, ms. */
function findDoubts(
  subjects: AlertingState["subjects"],
  causes: Causes<Pick<Service, "dependsOn" | "machine" | "intervalMs">>,
): [string, number][] {
  const { services, connectivityTargets } = causes;
  return [...subjects].flatMap(([subject, memory]): [string, number][] => {
    const service = services.get(subject);
    const { alert } = memory;
    if (!service || !alert || !isUnreachable(alert)) return [];
    // A target may be the first to fail, and at once.
    if (!isUndecided(subject, memory, causes) && !connectivityTargets.includes(subject)) return [];
    return listUnasked(alert.unansweredSinceMs ?? alert.sinceMs, causes).map((id) => [
      id,
      recheckMs(service.intervalMs),
    ]);
  });
}

function isUndecided(subject: string, { alert, successes }: SubjectMemory, causes: Causes): boolean {
  if (alert === null || alert.isFlapping) return false;
  return alert.state === "pending" || successes > 0 || awaitsExplanation(subject, alert, causes);
}

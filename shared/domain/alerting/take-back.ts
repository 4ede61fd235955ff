/**
 * What alerting remembers, when the clock that it was stored by was ahead by weeks: durations stay, so that nothing that people wait
 * for is late by as much. The committer asks for it before it goes on. Pure.
 * Invariant: nothing is forgotten and nothing is decided here, and what was right stays as it is.
 */
import { takeBack, type TakenBack } from "../monitoring/clock-lead.ts";
import type { OpenAlert, SubjectMemory } from "./alert-life.ts";
import type { AlertingState, AlertRecord } from "./alerting-state.ts";
import { movedStarts } from "./crash-loop.ts";
import type { DispatchGroup } from "./grouping.ts";
import type { MaintenanceWindow } from "./maintenance-window.ts";
import type { TimeRange } from "./quiet-draft.ts";
import type { Silence } from "./silence.ts";

export function takeBackAlerting(state: AlertingState, by: TakenBack): AlertingState {
  const { subjects, groups, silences, windows, remediationStarts, starts, nextDueMs, provenAtMs } = state;
  return {
    subjects: new Map([...subjects].map(([subject, memory]) => [subject, takeBackMemory(memory, by)])),
    groups: groups.map((group) => takeBackGroup(group, by)),
    silences: silences.map((silence) => takeBackSilence(silence, by)),
    windows: windows.map((window) => takeBackWindow(window, by)),
    remediationStarts: new Map(
      [...remediationStarts].map(([service, times]) => [service, times.map((atMs) => takeBack(atMs, by))]),
    ),
    starts: movedStarts(starts, (atMs) => takeBack(atMs, by)),
    nextDueMs: takeBack(nextDueMs, by),
    ...(provenAtMs !== undefined && { provenAtMs: takeBack(provenAtMs, by) }),
  };
}

export function takeBackRecord(record: AlertRecord, by: TakenBack): AlertRecord {
  return { ...takeBackFacts(record, by), firedAtMs: takeBack(record.firedAtMs, by) };
}

function takeBackMemory(memory: SubjectMemory, by: TakenBack): SubjectMemory {
  return memory.alert ? { ...memory, alert: takeBackAlert(memory.alert, by) } : memory;
}

function takeBackAlert(alert: OpenAlert, by: TakenBack): OpenAlert {
  const { inhibition } = alert;
  return {
    ...alert,
    sinceMs: takeBack(alert.sinceMs, by),
    failedAtMs: takeBack(alert.failedAtMs, by),
    ...(alert.unansweredSinceMs !== undefined && { unansweredSinceMs: orNull(alert.unansweredSinceMs, by) }),
    firedAtMs: orNull(alert.firedAtMs, by),
    baseMs: takeBack(alert.baseMs, by),
    notifiedAtMs: isToldAhead(alert, by) ? 0 : alert.notifiedAtMs,
    acknowledgedUntilMs: orNull(alert.acknowledgedUntilMs, by),
    inhibition: inhibition && { ...inhibition, endedAtMs: orNull(inhibition.endedAtMs, by) },
  };
}

/** Receivers refuse what is signed by such a clock: a reminder says it once more. */
function isToldAhead({ notifiedAtMs }: OpenAlert, { nowMs }: TakenBack): boolean {
  return notifiedAtMs !== null && notifiedAtMs > nowMs;
}

function takeBackGroup(group: DispatchGroup, by: TakenBack): DispatchGroup {
  const { openedAtMs, untilMs, waiting } = group;
  return {
    ...group,
    openedAtMs: takeBack(openedAtMs, by),
    untilMs: takeBack(untilMs, by),
    waiting: waiting.map((each) => ({ ...each, report: takeBackFacts(each.report, by) })),
  };
}

/** What somebody has planned by a right clock begins when it was to begin. */
function takeBackSilence(silence: Silence, by: TakenBack): Silence {
  if (silence.createdAtMs <= by.nowMs) return silence;
  return { ...silence, ...takeBackRange(silence, by), createdAtMs: takeBack(silence.createdAtMs, by) };
}

function takeBackWindow(window: MaintenanceWindow, by: TakenBack): MaintenanceWindow {
  const { schedule, createdAtMs } = window;
  if (createdAtMs <= by.nowMs) return window;
  const taken =
    schedule.kind === "once"
      ? { ...schedule, ...takeBackRange(schedule, by) }
      : { ...schedule, untilMs: orNull(schedule.untilMs, by) };
  return { ...window, schedule: taken, createdAtMs: takeBack(createdAtMs, by) };
}

function takeBackRange({ startsAtMs, endsAtMs }: TimeRange, by: TakenBack): TimeRange {
  return { startsAtMs: takeBack(startsAtMs, by), endsAtMs: takeBack(endsAtMs, by) };
}

function takeBackFacts<Facts extends { readonly sinceMs: number; readonly endedAtMs: number | null }>(
  facts: Facts,
  by: TakenBack,
): Facts {
  return { ...facts, sinceMs: takeBack(facts.sinceMs, by), endedAtMs: orNull(facts.endedAtMs, by) };
}

function orNull(atMs: number | null, by: TakenBack): number | null {
  return atMs === null ? null : takeBack(atMs, by);
}

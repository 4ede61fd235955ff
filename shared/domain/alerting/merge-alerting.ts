/**
 * What alerting decided while nothing that is stored could be read, and what turns out to be stored: one state to go on from. Pure.
 * Called when a database that was locked from the start on is read at last (first-read.ts).
 * Invariants: an alert that somebody was told of stays, or is among those that ended; whoever acknowledged one has acknowledged it;
 * what people asked for, in either, holds.
 */
import type { AlertingState } from "./alerting-state.ts";
import type { OpenAlert, SubjectMemory } from "./alert-life.ts";
import type { EndedAlert } from "./fold-checks.ts";
import { formatGroupKey, type DispatchGroup } from "./grouping.ts";

export interface MergedAlerting {
  readonly state: AlertingState;
  /** Stored alerts in whose place one goes on that has been told meanwhile: their end is to be told. */
  readonly replaced: readonly EndedAlert[];
}

/** @param ours decided with nothing known of `stored` */
export function mergeAlerting(stored: AlertingState, ours: AlertingState, nowMs: number): MergedAlerting {
  const subjects = new Map(stored.subjects);
  const replaced: EndedAlert[] = [];
  for (const [subject, memory] of ours.subjects) {
    const before = stored.subjects.get(subject);
    if (!isFired(memory.alert) && before?.alert) continue;
    subjects.set(subject, acknowledgedAs(before?.alert, memory));
    if (before?.alert && isFired(before.alert)) replaced.push(endOf(subject, before.alert, nowMs));
  }
  const state = {
    subjects,
    groups: mergeGroups(stored.groups, ours.groups),
    silences: union(stored.silences, ours.silences),
    windows: union(stored.windows, ours.windows),
    remediationStarts: mergeStarts(stored.remediationStarts, ours.remediationStarts),
    // What started meanwhile counts from then on: how long before it was well, nobody has seen.
    starts: new Map([...stored.starts, ...ours.starts]),
    nextDueMs: Math.min(stored.nextDueMs, ours.nextDueMs),
  };
  return { state, replaced };
}

function isFired(alert: OpenAlert | null): boolean {
  return alert !== null && alert.firedAtMs !== null;
}

function endOf(subject: string, alert: OpenAlert, atMs: number): EndedAlert {
  return { subject, alert, atMs, reason: "replaced" };
}

/** Somebody looks after the problem already: that holds for the alert that goes on as well. */
function acknowledgedAs(before: OpenAlert | null | undefined, memory: SubjectMemory): SubjectMemory {
  const { alert } = memory;
  if (!alert || alert.state === "acknowledged" || before?.state !== "acknowledged") return memory;
  const { state, acknowledgedBy, acknowledgedUntilMs } = before;
  return { ...memory, alert: { ...alert, state, acknowledgedBy, acknowledgedUntilMs } };
}

function union<Item extends { readonly id: string }>(stored: readonly Item[], ours: readonly Item[]): Item[] {
  return [...new Map([...stored, ...ours].map((item) => [item.id, item])).values()];
}

/** What waits in either is told. */
function mergeGroups(stored: readonly DispatchGroup[], ours: readonly DispatchGroup[]): DispatchGroup[] {
  const groups = new Map(stored.map((group) => [formatGroupKey(group), group]));
  for (const group of ours) {
    const waiting = groups.get(formatGroupKey(group))?.waiting ?? [];
    groups.set(formatGroupKey(group), { ...group, waiting: [...waiting, ...group.waiting] });
  }
  return [...groups.values()];
}

type Starts = AlertingState["remediationStarts"];

function mergeStarts(stored: Starts, ours: Starts): Starts {
  const merged = new Map(stored);
  for (const [service, starts] of ours) merged.set(service, [...(stored.get(service) ?? []), ...starts]);
  return merged;
}

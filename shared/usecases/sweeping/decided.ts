/**
 * What alerting has decided since the last commit: the next draft goes on from it, so that nothing is decided twice while storage fails.
 * Made by draft-sweep, carried by the committer (pending.ts). Immutable.
 * Invariant: a message keeps its id from the first draft that decided it to the commit that stores it.
 */
import type { AuditEntry } from "../../domain/access/audit.ts";
import type { AlertingState, AlertRecord } from "../../domain/alerting/alerting-state.ts";
import type { EndedAlert } from "../../domain/alerting/fold-checks.ts";
import type { Outgoing } from "../../domain/alerting/grouping.ts";
import type { Check } from "../../domain/monitoring/check.ts";

export interface Decided {
  readonly alerting: AlertingState;
  /** Checks that it has taken into account, and that are not stored. */
  readonly evaluated: ReadonlySet<Check>;
  /** Those of them that a monitor cut off from the network found out of reach, and since when it was blind, epoch ms. */
  readonly isolated: ReadonlyMap<Check, number>;
  readonly alertRecords: readonly AlertRecord[];
  readonly outgoing: readonly Outgoing[];
  readonly audit: readonly AuditEntry[];
  /** Stored alerts in whose place others go on; their ends are to be decided. */
  readonly replaced: readonly EndedAlert[];
  /** Wall time minus monotonic time as it was taken into account, ms; null: another process decided. */
  readonly clockOffsetMs: number | null;
}

/** Right after somebody's commit. */
export function nothingSince(alerting: AlertingState): Decided {
  return {
    alerting,
    evaluated: new Set(),
    isolated: new Map(),
    alertRecords: [],
    outgoing: [],
    audit: [],
    replaced: [],
    clockOffsetMs: null,
  };
}

export function isNothing({ evaluated, alertRecords, outgoing, audit }: Decided): boolean {
  return evaluated.size + alertRecords.length + outgoing.length + audit.length === 0;
}

/** What a commit has not stored of it. @param held the checks that are still not stored */
export function without(
  decided: Decided,
  stored: Pick<Decided, "alertRecords" | "outgoing" | "audit">,
  held: readonly Check[],
): Decided {
  return {
    ...onlyHeld(decided, held),
    alertRecords: difference(decided.alertRecords, stored.alertRecords),
    outgoing: difference(decided.outgoing, stored.outgoing),
    audit: difference(decided.audit, stored.audit),
  };
}

/** Checks that are not held any more need not be remembered. */
export function onlyHeld(decided: Decided, held: readonly Check[]): Decided {
  const still = new Set(held);
  const evaluated = new Set(held.filter((check) => decided.evaluated.has(check)));
  return { ...decided, evaluated, isolated: new Map([...decided.isolated].filter(([check]) => still.has(check))) };
}

/** The newest row of each alert, in the order in which they changed last. */
export function newestRecords(...lists: readonly (readonly AlertRecord[])[]): AlertRecord[] {
  const newest = new Map<string, AlertRecord>();
  for (const record of lists.flat()) {
    newest.delete(record.id);
    newest.set(record.id, record);
  }
  return [...newest.values()];
}

/** Less is rounding, and nobody's escalation. */
const NOTICEABLE_MS = 1_000;

/** How far the wall clock has been set since then, ms: wall time and monotonic time move apart. Slow adjustment (NTP) adds up. */
export function clockStepMs({ clockOffsetMs }: Decided, offsetMs: number): number {
  const stepMs = clockOffsetMs === null ? 0 : Math.round(offsetMs - clockOffsetMs);
  return Math.abs(stepMs) < NOTICEABLE_MS ? 0 : stepMs;
}

function difference<Item>(items: readonly Item[], gone: readonly Item[]): Item[] {
  const ids = new Set(gone);
  return items.filter((item) => !ids.has(item));
}

/**
 * What alerting has decided and storage has not taken: alerts go on from it, so that nothing is decided twice while storage fails.
 * Kept by the sweep committer, taken into account by draft-sweep. Immutable.
 * Invariant: a message keeps its id from the first draft that decided it to the commit that stores it.
 */
import type { AlertingState, AlertRecord } from "../../domain/alerting/alerting-state.ts";
import type { AuditEntry } from "../../domain/access/audit.ts";
import type { Check } from "../../domain/monitoring/check.ts";
import type { Outgoing } from "../../domain/alerting/grouping.ts";
import type { SweepCommit } from "../../ports/store.ts";

export interface UnstoredAlerting {
  readonly alerting: AlertingState;
  /** Checks that it has taken into account, and that are not stored either. */
  readonly evaluated: ReadonlySet<Check>;
  readonly alertRecords: readonly AlertRecord[];
  readonly outgoing: readonly Outgoing[];
  readonly audit: readonly AuditEntry[];
}

/** Right after a commit. */
export function nothingSince(alerting: AlertingState): UnstoredAlerting {
  return { alerting, evaluated: new Set(), alertRecords: [], outgoing: [], audit: [] };
}

/** After a commit that failed and has taken these checks into account; null when it has decided nothing. */
export function unstoredAfter(
  { alerting, alertRecords, outgoing, audit }: SweepCommit,
  evaluated: readonly Check[],
): UnstoredAlerting | null {
  return somethingOf({ alerting, evaluated: new Set(evaluated), alertRecords, outgoing, audit });
}

/** After a commit that was drafted from all of it and is stored; null when nothing is left. @param held checks that are not stored */
export function unstoredAfterCommit(
  { evaluated }: UnstoredAlerting,
  { alerting }: SweepCommit,
  held: readonly Check[],
): UnstoredAlerting | null {
  const left = held.filter((check) => evaluated.has(check));
  return somethingOf({ ...nothingSince(alerting), evaluated: new Set(left) });
}

/** After a commit that turned out to be stored although more has been decided since; null when nothing is left. */
export function unstoredSince(
  { alerting, evaluated, ...decided }: UnstoredAlerting,
  commit: SweepCommit,
  held: readonly Check[],
): UnstoredAlerting | null {
  return somethingOf({
    alerting,
    evaluated: new Set(held.filter((check) => evaluated.has(check))),
    alertRecords: without(decided.alertRecords, commit.alertRecords),
    outgoing: without(decided.outgoing, commit.outgoing),
    audit: without(decided.audit, commit.audit),
  });
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

function somethingOf(unstored: UnstoredAlerting): UnstoredAlerting | null {
  const { evaluated, alertRecords, outgoing, audit } = unstored;
  return evaluated.size + alertRecords.length + outgoing.length + audit.length > 0 ? unstored : null;
}

function without<Item>(items: readonly Item[], stored: readonly Item[]): Item[] {
  const gone = new Set(stored);
  return items.filter((item) => !gone.has(item));
}

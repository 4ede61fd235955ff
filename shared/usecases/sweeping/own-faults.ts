/**
 * What a draft says is wrong with the monitoring itself. Pure; the committer asks it for every draft.
 * Invariant: while storage fails, a draft that is to be stored does not know whether it will be: it says nothing of storage, so that an
 * alert about it neither ends nor begins anew with every try.
 */
import type { StorageState } from "../../domain/alerting/storage-alert.ts";
import { UNSAVED_FAULT, type Unsaved } from "../../domain/monitoring/unsaved.ts";

const OMISSION_FAULT = "Not everything could be saved; the log says what";

export interface OwnFaults {
  /** Sentences for people. */
  readonly faults: readonly string[];
  /** Absent: nobody knows. */
  readonly storage?: StorageState;
  /** Absent: it is saved, or nobody knows. */
  readonly unsaved?: Unsaved;
}

/** @param others what else is wrong, as sentences */
export function faultsOfTry(storageWorks: boolean, refusals: number, others: readonly string[] = []): OwnFaults {
  const faults = refusals > 0 ? [OMISSION_FAULT, ...others] : others;
  return storageWorks ? { faults, storage: { works: true, faults: others } } : { faults };
}

/** Of what could not be stored. @param unsaved null: storage counts as working all the same */
export function faultsUnstored(unsaved: Unsaved | null, others: readonly string[] = []): OwnFaults {
  const faults = unsaved ? [UNSAVED_FAULT, ...others] : others;
  return { faults, storage: { works: unsaved === null, faults }, ...(unsaved && { unsaved }) };
}

/**
 * What a draft says is wrong with the monitoring itself. Pure; the committer asks it for every draft.
 * Invariant: while storage fails, a draft that is to be stored does not know whether it will be: it says nothing of storage, so that an
 * alert about it neither ends nor begins anew with every try.
 */
import type { StorageState } from "../../domain/alerting/storage-alert.ts";

const STORAGE_FAULT = "History is not being saved";
const OMISSION_FAULT = "Not everything could be saved; the log says what";

export interface OwnFaults {
  /** Sentences for people. */
  readonly faults: readonly string[];
  /** Absent: nobody knows. */
  readonly storage?: StorageState;
}

/** @param others what else is wrong, as sentences */
export function faultsOfTry(storageWorks: boolean, refusals: number, others: readonly string[] = []): OwnFaults {
  const faults = refusals > 0 ? [OMISSION_FAULT, ...others] : others;
  return storageWorks ? { faults, storage: { works: true, faults: others } } : { faults };
}

/** Of what could not be stored. */
export function faultsUnstored(storageWorks: boolean, others: readonly string[] = []): Required<OwnFaults> {
  const faults = storageWorks ? others : [STORAGE_FAULT, ...others];
  return { faults, storage: { works: storageWorks, faults } };
}

/**
 * The monitor's own alert about its storage: what is found is not saved, or the database has suffered.
 * `fold-checks` asks it at every sweep. Pure.
 * Invariant: it neither begins nor ends by a commit of which nobody knows yet whether it works.
 */
import type { AlertRules } from "./alert.ts";
import type { Evidence } from "./alert-life.ts";

export interface StorageState {
  /** False from the second failed commit in a row to the next one that works. */
  readonly works: boolean;
  /** Sentences for people; empty when nothing is wrong. */
  readonly faults: readonly string[];
}

/** The lock of a backup passes unnoticed. */
export const STORAGE_RULES: AlertRules = {
  severity: "critical",
  failures: 1,
  successes: 1,
  forMs: 15_000,
  flapping: true,
};

/** A database that was replaced or moved aside has cost history, but saves again. */
export function storageEvidence({ works, faults }: StorageState, atMs: number): Evidence {
  const problem = { status: "degraded", reason: "internal", message: faults.join(". ") } as const;
  const verdict = faults.length > 0 ? "failing" : "ok";
  return { verdict, beganAtMs: atMs, atMs, problem, severity: works ? "warning" : "critical" };
}

/**
 * What is wrong with an answer, in the words of a rule.
 * Made by oracle.ts and problem-faults.ts, counted by report.ts. Invariant: faults of one rule have one and the same `rule`.
 */
export interface Fault {
  readonly rule: string;
  /** What broke it this time: a value, or the beginning of the answer. */
  readonly what: string;
}

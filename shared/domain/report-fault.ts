/**
 * How it is said what is wrong with what somebody wrote: in the configuration, or in a request.
 * Invariant: the words say what was expected and never repeat what was written, which may be a secret.
 */

/**
 * Reports a fault of one key that its schema alone cannot express, e.g. `report("url", "an https URL")`. Handed to check types,
 * channel types and targets by `shared/config`.
 */
export type ReportFault = (key: string, expected: string) => void;

/** One fault of a request, e.g. `{ field: "limit", message: "expected a whole number from 1 to 1000" }`. */
export interface FieldFault {
  readonly field: string;
  readonly message: string;
}

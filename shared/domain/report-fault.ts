/**
 * How a part of the configuration says what is wrong with it. Handed to check types, channel types and targets by `shared/config`.
 * Invariant: the words say what was expected and never repeat what was written, which may be a secret.
 */

/** Reports a fault of one key that its schema alone cannot express, e.g. `report("url", "an https URL")`. */
export type ReportFault = (key: string, expected: string) => void;

/**
 * A form as a value: which fields, with what in them, and where the faults that the API finds belong. Pure.
 * Made by forms/*.ts, drawn by views/form.tsx. Invariant: a fault that belongs to no field is still told.
 */
import type { FieldFault } from "../../../shared/domain/report-fault.ts";

export interface Form {
  /** The last step of the address that it is sent to: a key of ACTIONS. */
  readonly action: string;
  readonly title: string;
  readonly submit: string;
  /** What is sent along and not shown. */
  readonly hidden: Readonly<Record<string, string>>;
  readonly fields: readonly FormField[];
}

export interface FormField {
  readonly name: string;
  readonly label: string;
  readonly value: string;
  /** Of a checkbox any value means that it is ticked. */
  readonly kind: "text" | "datetime-local" | "select" | "checkbox";
  readonly isRequired?: boolean;
  readonly maxLength?: number;
  readonly hint?: string;
  /** Of a select. */
  readonly options?: readonly Option[];
  /** What the API calls it; its faults begin so. */
  readonly apiField: string;
}

export interface Option {
  readonly value: string;
  readonly label: string;
}

/** What is shown again of what somebody has sent; no field takes more. */
const LONGEST_VALUE = 2_000;

export function typed(values: URLSearchParams, name: string): string {
  return (values.get(name) ?? "").slice(0, LONGEST_VALUE);
}

export interface FormFaults {
  readonly ofField: ReadonlyMap<string, string>;
  /** As sentences. */
  readonly others: readonly string[];
}

export const NO_FAULTS: FormFaults = { ofField: new Map(), others: [] };

/** @example `services[0]` belongs to the field whose `apiField` is `services` */
export function placeFaults({ fields }: Form, faults: readonly FieldFault[]): FormFaults {
  const ofField = new Map<string, string>();
  const others: string[] = [];
  for (const { field, message } of faults) {
    const place = fields.find(({ apiField }) => field === apiField || field.startsWith(`${apiField}[`));
    if (!place) others.push(`${field}: ${message}`);
    else if (!ofField.has(place.name)) ofField.set(place.name, message);
  }
  return { ofField, others };
}

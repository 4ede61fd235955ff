/**
 * The forms about alerts: to look after one, to be told nothing of some, to plan maintenance. Pure.
 * Used by the view Alerts and by the actions of the same names. Invariant: what stands in a field is what was typed.
 */
import type { Situation } from "../actions/action.ts";
import { typed, type Form, type FormField } from "./form.ts";

const LONGEST_COMMENT = 500;

/** Seconds. */
const DURATIONS = [
  ["3600", "1 hour"],
  ["14400", "4 hours"],
  ["86400", "1 day"],
  ["604800", "7 days"],
] as const;

function comment(values: URLSearchParams): FormField {
  const field = { name: "comment", label: "Comment (optional)", kind: "text", apiField: "comment" } as const;
  return { ...field, value: typed(values, "comment"), maxLength: LONGEST_COMMENT };
}

function services(values: URLSearchParams): FormField {
  return {
    name: "services",
    label: "Services",
    kind: "text",
    apiField: "services",
    value: typed(values, "services"),
    isRequired: true,
    hint: "Keys, with * for any characters; * alone is all.",
  };
}

interface Instant {
  readonly name: string;
  readonly label: string;
  readonly apiField: string;
  readonly isRequired: boolean;
}

function instant(values: URLSearchParams, { zone }: Situation, { label, ...field }: Instant): FormField {
  return { ...field, label: `${label} (${zone})`, kind: "datetime-local", value: typed(values, field.name) };
}

export function acknowledgeForm(values: URLSearchParams): Form {
  const options = DURATIONS.map(([value, label]) => ({ value, label }));
  const duration = { name: "duration", label: "For", kind: "select", apiField: "duration", options } as const;
  return {
    action: "acknowledge",
    title: "Acknowledge",
    submit: "Acknowledge",
    hidden: { alert: typed(values, "alert"), back: typed(values, "back") },
    fields: [{ ...duration, value: typed(values, "duration") }, comment(values)],
  };
}

export function silenceForm(values: URLSearchParams, situation: Situation): Form {
  const end = { name: "ends", label: "Until", apiField: "ends_at", isRequired: true };
  return {
    action: "silence-until",
    title: "Silence",
    submit: "Silence",
    hidden: { back: typed(values, "back") },
    fields: [services(values), instant(values, situation, end), comment(values)],
  };
}

export function maintenanceForm(values: URLSearchParams, situation: Situation): Form {
  const start = { name: "starts", label: "From, or empty for now", apiField: "schedule.starts_at", isRequired: false };
  const end = { name: "ends", label: "Until", apiField: "schedule.ends_at", isRequired: true };
  return {
    action: "maintenance",
    title: "Begin or plan maintenance",
    submit: "Plan maintenance",
    hidden: { back: typed(values, "back") },
    fields: [services(values), instant(values, situation, start), instant(values, situation, end), comment(values)],
  };
}

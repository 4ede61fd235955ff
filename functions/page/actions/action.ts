/**
 * What an action of the pages is: a form that becomes a request to the API, so that whoever may do it, what is noted of it and what is
 * refused are the API's. Each subject has a file beside this one; perform.tsx does them. Pure.
 * Invariant: a form that is refused for what it says is shown again with what was typed and each fault at its field.
 */
import type { Form } from "../forms/form.ts";

export interface ApiRequest {
  /** Default: POST. */
  readonly method?: "POST" | "DELETE";
  readonly path: string;
  readonly body?: object;
}

/** What a form means depends on when and where it is read. */
export interface Situation {
  readonly nowMs: number;
  /** The IANA zone of the configuration, in which people write times. */
  readonly zone: string;
  /** Keys and names in the order of the configuration. */
  readonly services: readonly { readonly id: string; readonly name: string }[];
  /** There is one, at /status. */
  readonly hasPublicPage: boolean;
}

export interface Action {
  /** What the form asks of the API. */
  ask(form: URLSearchParams, situation: Situation): ApiRequest;
  /** When it has been done. */
  readonly done: string;
  /** When it has not ended within a second, and goes on by itself. Absent: it is waited for. */
  readonly begun?: string;
  /** When what the form is about is there no more, as after a second tab or the way back. Absent: it is about nothing that can go. */
  readonly gone?: string;
  /** The form with what was typed. Absent: there is nothing to type. */
  form?(values: URLSearchParams, situation: Situation): Form;
}

/** What stands in a field, without blanks around it; empty where there is none. */
export function fieldOf(form: URLSearchParams, name: string): string {
  return (form.get(name) ?? "").trim();
}

/** What somebody has typed, or a sentence that says where it comes from. */
export function commentOf(form: URLSearchParams, otherwise: string): string {
  return fieldOf(form, "comment") || otherwise;
}

/** `tools, jetson_*` as the API wants it. */
export function listServices(form: URLSearchParams): string[] {
  return fieldOf(form, "services")
    .split(/[\s,]+/)
    .filter((each) => each !== "");
}

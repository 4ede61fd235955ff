/**
 * What may be done from a page: each a form that becomes a request to the API, so that whoever may do it, what is noted of it and what
 * is refused are the API's. Done by perform.tsx. Pure.
 * Invariant: only an answer of success leads to the address that says so; what such an address can say is one of these sentences.
 */

export interface ApiRequest {
  readonly path: string;
  readonly body: object;
}

export interface Action {
  /** What the form asks of the API, as a POST. */
  ask(form: URLSearchParams, nowMs: number): ApiRequest;
  /** When it has been done. */
  readonly done: string;
}

const SILENCE_MS = 3_600_000;

/** By the last step of the form's address. */
export const ACTIONS: Readonly<Record<string, Action>> = {
  acknowledge: {
    ask: (form) => ({ path: `/alerts/${encodeURIComponent(form.get("alert") ?? "")}/acknowledge`, body: {} }),
    done: "Acknowledged: escalation and reminders stop for an hour, or until it is over.",
  },
  silence: {
    ask: (form, nowMs) => ({
      path: "/silences",
      body: {
        services: [form.get("service") ?? ""],
        ends_at: new Date(nowMs + SILENCE_MS).toISOString(),
        comment: "for an hour, from the page",
      },
    }),
    done: "Silenced for an hour: nobody is told of this service until then.",
  },
};

/** What a page says when it is shown after one; null: nothing. */
export function doneSentence(name: string | undefined): string | null {
  return name !== undefined && Object.hasOwn(ACTIONS, name) ? (ACTIONS[name]?.done ?? null) : null;
}

/** The form for a note beside the history. Pure. */
import type { Situation } from "../actions/action.ts";
import { shorten } from "../shorten.ts";
import { typed, type Form, type FormField } from "./form.ts";

/** As many as the API takes. */
const LONGEST_TEXT = 120;

export function markForm(values: URLSearchParams, { services, hasPublicPage }: Situation): Form {
  const options = [
    { value: "", label: "the cluster" },
    ...services.map(({ id, name }) => ({ value: id, label: shorten(name) })),
  ];
  return {
    action: "mark",
    title: "Add a mark",
    submit: "Add mark",
    hidden: { back: typed(values, "back") },
    fields: [
      {
        name: "text",
        label: "What happened",
        kind: "text",
        value: typed(values, "text"),
        isRequired: true,
        maxLength: LONGEST_TEXT,
        hint: "A deploy, a restart, a new model: at most 120 characters.",
        apiField: "text",
      },
      {
        name: "service",
        label: "About",
        kind: "select",
        value: typed(values, "service"),
        options,
        apiField: "service",
      },
      ...(hasPublicPage ? [publicField(values)] : []),
    ],
  };
}

function publicField(values: URLSearchParams): FormField {
  return {
    name: "public",
    label: "Show on the public page",
    kind: "checkbox",
    value: typed(values, "public"),
    hint: "Everybody can read it there, without signing in.",
    apiField: "public",
  };
}

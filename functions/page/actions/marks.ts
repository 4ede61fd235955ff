/** What may be noted beside the history. Pure. */
import { markForm } from "../forms/mark-form.ts";
import { fieldOf, type Action } from "./action.ts";

export const mark: Action = {
  ask(form) {
    const service = fieldOf(form, "service");
    return { path: "/marks", body: { text: fieldOf(form, "text"), ...(service !== "" && { service }) } };
  },
  done: "Noted: the mark stands at this time.",
  form: markForm,
};

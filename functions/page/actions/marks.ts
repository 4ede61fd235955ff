/** What may be noted beside the history, and taken back. Pure. */
import { markForm } from "../forms/mark-form.ts";
import { fieldOf, type Action } from "./action.ts";

export const mark: Action = {
  ask(form) {
    const service = fieldOf(form, "service");
    const isPublic = fieldOf(form, "public") !== "";
    const body = { text: fieldOf(form, "text"), ...(service !== "" && { service }), ...(isPublic && { public: true }) };
    return { path: "/marks", body };
  },
  done: "Noted: the mark stands at this time.",
  form: markForm,
};

export const withdrawMark: Action = {
  ask: (form) => ({ method: "DELETE", path: `/marks/${encodeURIComponent(fieldOf(form, "id"))}` }),
  done: "Withdrawn: the mark is shown no more, and on the public page in a moment.",
  gone: "That mark had been withdrawn already.",
};

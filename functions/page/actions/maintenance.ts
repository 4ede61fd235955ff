/** What may be done about maintenance: to begin or plan it, and to end it. Pure. */
import { formatTimestamp } from "../../../shared/domain/text/timestamp.ts";
import { maintenanceForm } from "../forms/alert-forms.ts";
import { readLocalTime } from "../local-time.ts";
import { commentOf, fieldOf, listServices, type Action } from "./action.ts";

export const maintenance: Action = {
  ask(form, { nowMs, zone }) {
    const [starts, ends] = [fieldOf(form, "starts"), fieldOf(form, "ends")];
    const startsAt = starts === "" ? formatTimestamp(nowMs) : readLocalTime(starts, zone);
    const schedule = { kind: "once", starts_at: startsAt, ends_at: readLocalTime(ends, zone) };
    const comment = commentOf(form, "from the page");
    return { path: "/maintenance", body: { services: listServices(form), schedule, comment } };
  },
  done: "Planned: in that time what it covers counts as neither up nor down.",
  form: maintenanceForm,
};

export const endMaintenance: Action = {
  ask: (form) => ({ method: "DELETE", path: `/maintenance/${encodeURIComponent(fieldOf(form, "id"))}` }),
  done: "Ended: what it covered is watched again.",
  gone: "That maintenance had been ended already.",
};

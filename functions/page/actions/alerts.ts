/** What may be done about an alert: to look after it, and to be told nothing of some for a while. Pure. */
import { DAY_MS, formatTimestamp } from "../../../shared/domain/text/timestamp.ts";
import { acknowledgeForm, silenceForm } from "../forms/alert-forms.ts";
import { nextMorningMs, readLocalTime } from "../local-time.ts";
import { commentOf, fieldOf, listServices, type Action, type Situation } from "./action.ts";

const HOUR_MS = 3_600_000;
/** The longest that the API takes. */
const UNTIL_HEALTHY_MS = 30 * DAY_MS;

export const acknowledge: Action = {
  ask(form) {
    const [comment, duration] = [fieldOf(form, "comment"), fieldOf(form, "duration")];
    return {
      path: `/alerts/${encodeURIComponent(fieldOf(form, "alert"))}/acknowledge`,
      body: { ...(comment !== "" && { comment }), ...(duration !== "" && { duration: Number(duration) }) },
    };
  },
  done: "Acknowledged: escalation and reminders stop for that time, or until it is over.",
  gone: "There was nothing to acknowledge any more: that alert is over.",
  form: acknowledgeForm,
};

/** Of one service, without a question. */
export const silence: Action = {
  ask(form, { nowMs }) {
    const services = [fieldOf(form, "service")];
    const endsAt = formatTimestamp(nowMs + HOUR_MS);
    return { path: "/silences", body: { services, ends_at: endsAt, comment: "for an hour, from the page" } };
  },
  done: "Silenced for an hour: nobody is told of this service until then.",
  gone: "There was nothing to silence any more: that service is not monitored now.",
};

export const silenceUntil: Action = {
  ask(form, situation) {
    return { path: "/silences", body: { services: listServices(form), ...silenceEnd(form, situation) } };
  },
  done: "Silenced: nobody is told of it until that is over.",
  form: silenceForm,
};

function silenceEnd(form: URLSearchParams, { nowMs, zone }: Situation): object {
  switch (fieldOf(form, "until")) {
    case "morning":
      return {
        ends_at: formatTimestamp(nextMorningMs(nowMs, zone)),
        comment: commentOf(form, "until tomorrow morning, from the page"),
      };
    case "healthy":
      return {
        ends_at: formatTimestamp(nowMs + UNTIL_HEALTHY_MS),
        until_healthy: true,
        comment: commentOf(form, "until it is healthy, from the page"),
      };
    default:
      return { ends_at: readLocalTime(fieldOf(form, "ends"), zone), comment: commentOf(form, "from the page") };
  }
}

export const endSilence: Action = {
  ask: (form) => ({ method: "DELETE", path: `/silences/${encodeURIComponent(fieldOf(form, "id"))}` }),
  // Another one may cover the same services.
  done: "Ended: this silence keeps nothing quiet any more.",
  gone: "That silence had ended already.",
};

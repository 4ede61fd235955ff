/** An open alert: what is wrong, its life as a line, and what may be done about it, with and without a question. */
import { parseTimestamp } from "../../../shared/domain/text/timestamp.ts";
import type { Situation } from "../actions/action.ts";
import { acknowledgeForm, silenceForm } from "../forms/alert-forms.ts";
import { lifeLine, type OpenAlertJson } from "../life-line.ts";
import { shorten } from "../shorten.ts";
import { GLYPHS, groupOf, wordOf } from "../status-words.ts";
import { FormFields } from "./form.tsx";
import { LifeLine } from "./life-line.tsx";
import { Lasting, Time } from "./parts.tsx";

interface Props {
  readonly alert: OpenAlertJson;
  readonly situation: Situation;
  readonly mayWrite: boolean;
  /** Whether what may be typed is in it as well. */
  readonly hasForms: boolean;
}

const BACK = "/dashboard/alerts";

export function AlertCard({ alert, situation, mayWrite, hasForms }: Props) {
  const { nowMs } = situation;
  const { name, severity, status, message, impact, since, notification } = alert;
  const group = groupOf(status);
  const sinceMs = parseTimestamp(since) ?? nowMs;
  return (
    <li class={`card ${group}`}>
      <h3>
        <span aria-hidden="true">{GLYPHS[group]}</span> {shorten(name)} <span class="tag">{severity}</span>
      </h3>
      <p>{message === null ? wordOf(status) : shorten(message)}</p>
      {impact !== null && <p class="impact">{shorten(impact)}</p>}
      <p class="muted">
        {wordOf(status)} <Lasting sinceMs={sinceMs} nowMs={nowMs} /> · since <Time atMs={sinceMs} nowMs={nowMs} />
      </p>
      <LifeLine steps={lifeLine(alert)} nowMs={nowMs} />
      {notification === "no_channel" && (
        <p>
          <strong>Nobody is told:</strong> no channel is configured for it.{" "}
          <a class="alone" href="/dashboard/setup">
            How to change that
          </a>
        </p>
      )}
      {mayWrite && <Actions alert={alert} zone={situation.zone} />}
      {mayWrite && hasForms && <Forms alert={alert} situation={situation} />}
      {alert.service !== null && (
        <p>
          <a class="alone" href={`/dashboard/services/${alert.service}`}>
            Why?
          </a>
        </p>
      )}
    </li>
  );
}

/** What asks nothing. */
function Actions({ alert: { id, service, state, name: given }, zone }: Pick<Props, "alert"> & Pick<Situation, "zone">) {
  const name = shorten(given);
  return (
    <div class="actions">
      {state !== "pending" && <OneStep action="acknowledge" field={["alert", id]} label="Acknowledge" name={name} />}
      {service !== null && (
        <>
          <OneStep action="silence" field={["service", service]} label="Silence 1 h" name={name} />
          <SilenceUntil service={service} name={name} zone={zone} />
        </>
      )}
    </div>
  );
}

function Forms({ alert, situation }: Pick<Props, "alert" | "situation">) {
  const { id, service, state } = alert;
  const name = shorten(alert.name);
  const values = new URLSearchParams({ alert: id, back: BACK, services: service ?? "" });
  return (
    <>
      {state !== "pending" && (
        <details>
          <summary>Acknowledge with a comment, or for longer</summary>
          <FormFields form={acknowledgeForm(values)} prefix={`${id}-`} about={name} />
        </details>
      )}
      {service !== null && (
        <details>
          <summary>Silence until another time</summary>
          <FormFields form={silenceForm(values, situation)} prefix={`${id}-`} about={name} />
        </details>
      )}
    </>
  );
}

interface OneStepProps {
  readonly action: string;
  readonly field: readonly [name: string, value: string];
  readonly label: string;
  readonly name: string;
}

function OneStep({ action, field: [key, value], label, name }: OneStepProps) {
  return (
    <form method="post" action={`/dashboard/${action}`}>
      <input type="hidden" name={key} value={value} />
      <input type="hidden" name="back" value={BACK} />
      <button type="submit" aria-label={`${label}: ${name}`}>
        {label}
      </button>
    </form>
  );
}

interface UntilProps extends Pick<Situation, "zone"> {
  readonly service: string;
  readonly name: string;
}

function SilenceUntil({ service, name, zone }: UntilProps) {
  const ends = [
    ["morning", `Silence until tomorrow 08:00 (${zone})`],
    ["healthy", "Silence until healthy"],
  ] as const;
  return (
    <form class="actions" method="post" action="/dashboard/silence-until">
      <input type="hidden" name="services" value={service} />
      <input type="hidden" name="back" value={BACK} />
      {ends.map(([until, label]) => (
        <button type="submit" name="until" value={until} aria-label={`${label}: ${name}`}>
          {label}
        </button>
      ))}
    </form>
  );
}

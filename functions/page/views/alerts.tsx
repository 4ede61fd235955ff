/**
 * Alerts: what is wrong now and what has become of it, what was wrong before, what is kept quiet, and all that may be done about it.
 * Invariants: everything is a form or a link; what a reader may not do stands there in words.
 */
import type { AlertFilter, AlertsAnswers } from "../read-alerts.ts";
import type { Situation } from "../actions/action.ts";
import type { Banner } from "../banners.ts";
import { maintenanceForm, silenceForm } from "../forms/alert-forms.ts";
import { listQuietSilences, listQuietWindows } from "../quiet-model.ts";
import type { Reader } from "../session.tsx";
import { AlertCard } from "./alert-card.tsx";
import { AlertHistory } from "./alert-history.tsx";
import { Banners } from "./banners.tsx";
import { FormFields } from "./form.tsx";
import { Time } from "./parts.tsx";
import { Permission } from "./permission.tsx";
import { QuietList } from "./quiet.tsx";

export const ALERTS_PATH = "/dashboard/alerts";

/** More would be read by nobody, the worst come first. */
const MOST_CARDS = 100;
/** The others have what asks nothing; two forms are two thirds of a card. */
const MOST_FORMS = 20;

interface Props {
  readonly answers: AlertsAnswers;
  /** How the services are; else no alert means nothing. */
  readonly isKnown: boolean;
  readonly filter: AlertFilter;
  /** The address of the report of the same time. */
  readonly csv: string;
  readonly reader: Reader;
  readonly situation: Situation;
  readonly done: string | null;
  readonly banners: readonly Banner[];
}

export function Alerts({ answers, isKnown, filter, csv, reader, situation, done, banners }: Props) {
  const { nowMs } = situation;
  const { open, past, silences, windows } = answers;
  const { mayWrite } = reader;
  return (
    <div>
      <Banners done={done} banners={banners} nowMs={situation.nowMs} />
      <h1>Alerts</h1>
      <p class="muted">
        As of <Time atMs={nowMs} nowMs={nowMs} />.{" "}
        <a class="alone" href={ALERTS_PATH}>
          Look again
        </a>
      </p>
      <Permission
        reader={reader}
        isAllowed={mayWrite}
        scope="alerts:write"
        purpose="act on alerts"
        next={ALERTS_PATH}
      />
      <Open open={open} isKnown={isKnown} situation={situation} mayWrite={mayWrite} />
      <QuietList
        id="silences"
        title="Silences"
        list={silences && listQuietSilences(silences, nowMs)}
        nowMs={nowMs}
        ends={mayWrite ? "end-silence" : null}
      />
      <QuietList
        id="maintenance"
        title="Maintenance"
        list={windows && listQuietWindows(windows, nowMs)}
        nowMs={nowMs}
        ends={mayWrite ? "end-maintenance" : null}
      />
      {mayWrite && <Planning situation={situation} />}
      <AlertHistory past={past} filter={filter} csv={csv} situation={situation} />
    </div>
  );
}

interface OpenProps extends Pick<Props, "isKnown" | "situation"> {
  readonly open: AlertsAnswers["open"];
  readonly mayWrite: boolean;
}

function Open({ open, isKnown, situation, mayWrite }: OpenProps) {
  const all = open?.details ?? [];
  const hidden = Math.max(0, all.length - MOST_CARDS);
  return (
    <section aria-labelledby="open">
      <h2 id="open">
        Open <span class="muted">{open === null ? "" : all.length}</span>
      </h2>
      {open === null && <p>Nothing can be told yet: no check has finished, or storage does not work.</p>}
      {open !== null && all.length === 0 && (
        <p class="muted">
          {isKnown ? "Nothing is wrong." : "No alert is open, but how the services are is not known now."}
        </p>
      )}
      <ul class="cards wide">
        {all.slice(0, MOST_CARDS).map((alert, index) => (
          <AlertCard alert={alert} situation={situation} mayWrite={mayWrite} hasForms={index < MOST_FORMS} />
        ))}
      </ul>
      {hidden > 0 && <p>{hidden} more are open. The history below has all of them.</p>}
    </section>
  );
}

function Planning({ situation }: { readonly situation: Situation }) {
  const values = new URLSearchParams({ back: ALERTS_PATH });
  return (
    <div class="planning">
      {[silenceForm(values, situation), maintenanceForm(values, situation)].map((form) => (
        <details>
          <summary>{form.title} …</summary>
          <FormFields form={form} prefix="new-" />
        </details>
      ))}
    </div>
  );
}

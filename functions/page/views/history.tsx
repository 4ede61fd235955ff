/**
 * History: what every service was over a range as a picture, and what happened as a list, with marks and a form for another one.
 * Invariants: whatever the picture shows stands in words as well; each page of the list says what it is of.
 */
import type { Situation } from "../actions/action.ts";
import type { Banner } from "../banners.ts";
import { markForm } from "../forms/mark-form.ts";
import type { Day } from "../history-model.ts";
import { RANGES, type HistoryRange } from "../history-range.ts";
import type { HistoryAnswers } from "../read-history.ts";
import type { Reader } from "../session.tsx";
import { Banners } from "./banners.tsx";
import { FormFields } from "./form.tsx";
import { Happenings } from "./happenings.tsx";
import { Permission } from "./permission.tsx";
import { Timeline } from "./timeline.tsx";

export const HISTORY_PATH = "/dashboard/history";

interface Props {
  readonly answers: HistoryAnswers;
  readonly days: readonly Day[];
  readonly range: HistoryRange;
  /** The query of the next page; null: this is the last one. */
  readonly older: string | null;
  readonly isFirstPage: boolean;
  readonly reader: Reader;
  readonly situation: Situation;
  readonly done: string | null;
  readonly banners: readonly Banner[];
}

export function History(props: Props) {
  const { answers, days, range, older, isFirstPage, reader, situation, done, banners } = props;
  const { timeline, transitions, rangeMarks } = answers;
  return (
    <div>
      <Banners done={done} banners={banners} nowMs={situation.nowMs} />
      <h1>History</h1>
      <Ranges range={range} />
      <section aria-labelledby="timeline">
        <h2 id="timeline">What each service was</h2>
        {timeline === null ? (
          <p>This cannot be told yet: no check has finished, or storage does not work.</p>
        ) : (
          <Timeline timeline={timeline} marks={rangeMarks} zone={situation.zone} />
        )}
      </section>
      <section aria-labelledby="list">
        <h2 id="list">What happened{isFirstPage ? "" : ", further back"}</h2>
        {transitions === null && <p>This cannot be told now: storage does not work.</p>}
        {transitions !== null && days.length === 0 && <p class="muted">Nothing has happened in this time.</p>}
        {days.length > 0 && <p class="muted">Days and times are those of {situation.zone}.</p>}
        <Happenings days={days} situation={situation} mayWrite={reader.mayWrite} />
        <p class="pager">
          {older !== null && <a href={`${HISTORY_PATH}?${older}#list`}>Older</a>}
          {!isFirstPage && <a href={`${HISTORY_PATH}?range=${range.name}#list`}>Newest</a>}
        </p>
      </section>
      <NewMark reader={reader} situation={situation} />
      <Reports range={range} />
    </div>
  );
}

function Ranges({ range }: Pick<Props, "range">) {
  return (
    <nav class="ranges" aria-label="Range">
      {Object.entries(RANGES).map(([name, { label }]) => (
        <a href={`${HISTORY_PATH}?range=${name}`} aria-current={name === range.name ? "page" : undefined}>
          {label}
        </a>
      ))}
    </nav>
  );
}

function NewMark({ reader, situation }: Pick<Props, "reader" | "situation">) {
  const { mayWrite } = reader;
  return (
    <section aria-labelledby="new-mark">
      <h2 id="new-mark">Marks</h2>
      <p class="muted">A deploy or another thing that people did, at its time beside what the services did.</p>
      <Permission reader={reader} isAllowed={mayWrite} scope="alerts:write" purpose="add marks" next={HISTORY_PATH} />
      {mayWrite && <FormFields form={markForm(new URLSearchParams({ back: HISTORY_PATH }), situation)} />}
    </section>
  );
}

const FORMATS = [
  ["md", "to read (Markdown)"],
  ["csv", "for a spreadsheet (CSV)"],
  ["json", "for programs (JSON)"],
] as const;

/** The same range, with uptime, outages, alerts and who acknowledged them. */
function Reports({ range: { since, until } }: Pick<Props, "range">) {
  const addressOf = (format: string): string =>
    `/report?${new URLSearchParams({ from: since, to: until, format }).toString()}`;
  return (
    <section aria-labelledby="report">
      <h2 id="report">Report of this time</h2>
      <p class="pager">
        {FORMATS.map(([format, label]) => (
          <a href={addressOf(format)}>{label}</a>
        ))}
      </p>
    </section>
  );
}

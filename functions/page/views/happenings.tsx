/** What happened, day by day, newest first; what failed together is one entry, whose services can be unfolded. */
import { formatDuration } from "../../../shared/domain/text/duration-text.ts";
import type { Situation } from "../actions/action.ts";
import type { Change, Day, Happening } from "../history-model.ts";
import { GLYPHS } from "../status-words.ts";
import { Status, Time, type DayOfZone } from "./parts.tsx";

interface Props {
  readonly days: readonly Day[];
  readonly situation: Pick<Situation, "nowMs" | "zone">;
  /** Whether who reads it may withdraw a mark. */
  readonly mayWrite: boolean;
}

export function Happenings({ days, situation: { nowMs, zone }, mayWrite }: Props) {
  return (
    <>
      {days.map(({ name, happenings }) => (
        <section aria-labelledby={`day-${name}`}>
          <h3 id={`day-${name}`}>{name}</h3>
          <ul class="events">
            {happenings.map((each) => (
              <li>
                <Entry happening={each} nowMs={nowMs} within={{ day: name, zone }} mayWrite={mayWrite} />
              </li>
            ))}
          </ul>
        </section>
      ))}
    </>
  );
}

interface Place {
  readonly nowMs: number;
  readonly within: DayOfZone;
}

interface EntryProps extends Place, Pick<Props, "mayWrite"> {
  readonly happening: Happening;
}

function Entry({ happening, nowMs, within, mayWrite }: EntryProps) {
  switch (happening.kind) {
    case "change":
      return <ChangeLine change={happening} nowMs={nowMs} within={within} />;
    case "mark": {
      const { id, atMs, text, author, name, isPublic } = happening;
      return (
        <>
          <Time atMs={atMs} nowMs={nowMs} within={within} /> <span aria-hidden="true">⚑</span> <strong>Mark</strong>
          {name !== null && ` ${name}`}: {text}{" "}
          <span class="muted">
            {author}
            {isPublic && ", on the public page"}
          </span>
          {mayWrite && <Withdraw id={id} text={text} />}
        </>
      );
    }
    case "incident": {
      const { atMs, title, radius, changes } = happening;
      return (
        <details class="incident" open>
          <summary>
            <Time atMs={atMs} nowMs={nowMs} within={within} />{" "}
            <span class="status down">
              <span aria-hidden="true">{GLYPHS.down}</span> Incident
            </span>{" "}
            {title}
          </summary>
          <p class="muted">{radius}</p>
          <ul class="events">
            {changes.map((change) => (
              <li>
                <ChangeLine change={change} nowMs={nowMs} within={within} />
              </li>
            ))}
          </ul>
        </details>
      );
    }
  }
}

function Withdraw({ id, text }: { readonly id: string; readonly text: string }) {
  return (
    <form class="withdraw" method="post" action="/dashboard/withdraw-mark">
      <input type="hidden" name="id" value={id} />
      <input type="hidden" name="back" value="/dashboard/history" />
      <button type="submit" aria-label={`Withdraw: ${text}`}>
        Withdraw
      </button>
    </form>
  );
}

function ChangeLine({ change, nowMs, within }: Place & { readonly change: Change }) {
  const { atMs, name, serviceId, to, message, lastedMs } = change;
  return (
    <>
      <Time atMs={atMs} nowMs={nowMs} within={within} /> <Status status={to} />{" "}
      {serviceId === null ? name : <a href={`/dashboard/services/${serviceId}`}>{name}</a>}
      {message !== null && `: ${message}`}
      <span class="muted"> {lastedMs === null ? "and still is" : `for ${formatDuration(lastedMs)}`}</span>
    </>
  );
}

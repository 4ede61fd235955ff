/** An incident in words, and what people have written. Invariant: an incident that goes on has no end and no length that is final. */
import { formatDuration } from "../../../shared/domain/text/duration-text.ts";
import { wordOf } from "../../page/status-words.ts";
import { Lasting, Time, type DayOfZone } from "../../page/views/parts.tsx";
import type { Incident, Notice, Update } from "../incident.ts";

interface Placed {
  readonly nowMs: number;
  /** The day under which it stands; default: none. */
  readonly within?: DayOfZone | undefined;
}

export function IncidentText({ incident, nowMs, within }: Placed & { readonly incident: Incident }) {
  const { status, sentence, sinceMs, untilMs, seenMs } = incident;
  return (
    <>
      <p>
        {wordOf(status)}
        {sentence !== null && `: ${sentence}`}
      </p>
      <p class="muted">
        since <Time atMs={sinceMs} nowMs={nowMs} within={within} />,{" "}
        {untilMs === null ? (
          <>
            <Lasting sinceMs={sinceMs} nowMs={nowMs} /> so far
          </>
        ) : (
          `for ${formatDuration(seenMs)}`
        )}
      </p>
    </>
  );
}

export function Updates({ updates, nowMs, within }: Placed & { readonly updates: readonly Update[] }) {
  if (updates.length === 0) return null;
  return (
    <ul class="events">
      {updates.map(({ atMs, text }) => (
        <li>
          <Time atMs={atMs} nowMs={nowMs} within={within} /> {text}
        </li>
      ))}
    </ul>
  );
}

export function Notices({ notices, nowMs, within }: Placed & { readonly notices: readonly Notice[] }) {
  const updates = notices.map(({ atMs, text, serviceName }) => {
    return { atMs, text: serviceName === null ? text : `${serviceName}: ${text}` };
  });
  return <Updates updates={updates} nowMs={nowMs} within={within} />;
}

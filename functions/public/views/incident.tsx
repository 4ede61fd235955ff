/** An incident in words, and what people have written. Invariant: an incident that goes on has no end and no length that is final. */
import { formatDuration } from "../../../shared/domain/text/duration-text.ts";
import { wordOf } from "../../page/status-words.ts";
import { Time } from "../../page/views/parts.tsx";
import type { Incident, Notice, Update } from "../incident.ts";

export function IncidentText({ incident, nowMs }: { readonly incident: Incident; readonly nowMs: number }) {
  const { status, sentence, sinceMs, untilMs, seenMs } = incident;
  const lasting = untilMs === null ? `for ${formatDuration(nowMs - sinceMs)} so far` : `for ${formatDuration(seenMs)}`;
  return (
    <>
      <p>
        {wordOf(status)}
        {sentence !== null && `: ${sentence}`}
      </p>
      <p class="muted">
        since <Time atMs={sinceMs} nowMs={nowMs} />, {lasting}
      </p>
    </>
  );
}

export function Updates({ updates, nowMs }: { readonly updates: readonly Update[]; readonly nowMs: number }) {
  if (updates.length === 0) return null;
  return (
    <ul class="events">
      {updates.map(({ atMs, text }) => (
        <li>
          <Time atMs={atMs} nowMs={nowMs} /> {text}
        </li>
      ))}
    </ul>
  );
}

export function Notices({ notices, nowMs }: { readonly notices: readonly Notice[]; readonly nowMs: number }) {
  const updates = notices.map(({ atMs, text, serviceName }) => {
    return { atMs, text: serviceName === null ? text : `${serviceName}: ${text}` };
  });
  return <Updates updates={updates} nowMs={nowMs} />;
}

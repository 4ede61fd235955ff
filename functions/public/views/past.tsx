/** Day by day what happened, and the way to earlier days. Invariant: a day without incidents says so, one of which nothing is known as well. */
import type { DayOfZone } from "../../page/views/parts.tsx";
import { GLYPHS, groupOf } from "../../page/status-words.ts";
import type { Incident } from "../incident.ts";
import type { PastDay, PastPage } from "../past-page.ts";
import { ZONE } from "../public-history.ts";
import { IncidentText, Notices, Updates } from "./incident.tsx";

export function Past({ past, nowMs }: { readonly past: PastPage; readonly nowMs: number }) {
  return (
    <section aria-labelledby="past">
      <h2 id="past">Past incidents</h2>
      <ul class="past">
        {past.days.map((day) => (
          <li>
            <h3>{day.name}</h3>
            <DayText day={day} nowMs={nowMs} />
          </li>
        ))}
      </ul>
      <nav class="pager" aria-label="Days">
        {past.newer === null ? <span /> : <a href={`/status?page=${past.newer}#past`}>Later days</a>}
        {past.older !== null && <a href={`/status?page=${past.older}#past`}>Earlier days</a>}
      </nav>
      <p class="muted">Days and times are those of {ZONE}.</p>
    </section>
  );
}

function DayText({ day, nowMs }: { readonly day: PastDay; readonly nowMs: number }) {
  const { name, incidents, notices, leftOut, open, isUnknown } = day;
  const within = { day: name, zone: ZONE };
  return (
    <div>
      {open > 0 && (
        <p class="muted">
          {open === 1 ? "One incident goes on" : `${open} incidents go on`}: see <a href="#open">Incidents now</a>.
        </p>
      )}
      {incidents.length + open === 0 && <p class="muted">{isUnknown ? "Not watched" : "No incidents"}</p>}
      {incidents.map((incident) => (
        <PastIncident incident={incident} nowMs={nowMs} within={within} />
      ))}
      {leftOut > 0 && <p class="muted">and {leftOut} more</p>}
      <Notices notices={notices} nowMs={nowMs} within={within} />
    </div>
  );
}

interface PastIncidentProps {
  readonly incident: Incident;
  readonly nowMs: number;
  readonly within: DayOfZone;
}

function PastIncident({ incident, nowMs, within }: PastIncidentProps) {
  const { serviceId, serviceName, status, updates } = incident;
  const group = groupOf(status);
  return (
    <div>
      <p>
        <span class={`status ${group}`} aria-hidden="true">
          {GLYPHS[group]}
        </span>{" "}
        <a href={`/status/${serviceId}`}>{serviceName}</a>
      </p>
      <IncidentText incident={incident} nowMs={nowMs} within={within} />
      <Updates updates={updates} nowMs={nowMs} within={within} />
    </div>
  );
}

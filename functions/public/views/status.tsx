/**
 * The page for strangers: is it fine, what is not, since when, what is planned, and how it was.
 * Invariants: the verdict comes first; what is not known is shown as that; nothing is told by colour alone.
 */
import { GLYPHS, groupOf } from "../../page/status-words.ts";
import { Time } from "../../page/views/parts.tsx";
import type { Incident } from "../incident.ts";
import { isNew, type PastPage } from "../past-page.ts";
import type { Planned } from "../planned.ts";
import type { PublicStatus } from "../status-model.ts";
import { IncidentText, Notices, Updates } from "./incident.tsx";
import { Past } from "./past.tsx";
import { ServiceLine } from "./service-line.tsx";
import { OverallHeading } from "../../page/views/verdict-heading.tsx";

interface StatusProps {
  readonly status: PublicStatus;
  readonly past: PastPage;
}

export function StatusView({ status, past }: StatusProps) {
  const { groups, incidents, notices, planned, atMs } = status;
  const open = incidents.filter(({ untilMs }) => untilMs === null);
  const fresh = notices.filter((notice) => isNew(notice, atMs));
  return (
    <div class="statuses">
      <Verdict status={status} />
      <Banner status={status} />
      {open.length > 0 && <OpenIncidents incidents={open} nowMs={atMs} />}
      {fresh.length > 0 && (
        <section aria-labelledby="updates">
          <h2 id="updates">Updates</h2>
          <Notices notices={fresh} nowMs={atMs} />
        </section>
      )}
      {planned.length > 0 && <PlannedList planned={planned} status={status} />}
      {groups.map((group, index) => (
        <section aria-labelledby={`group-${index}`}>
          <h2 id={`group-${index}`}>{group.name ?? "Services"}</h2>
          <ul class="shown">
            {group.services.map((service) => (
              <ServiceLine service={service} nowMs={atMs} />
            ))}
          </ul>
        </section>
      ))}
      <Legend />
      <Past past={past} nowMs={atMs} />
    </div>
  );
}

function Verdict({ status }: { readonly status: PublicStatus }) {
  const { overall, sinceMs, sentence, updatedAtMs, atMs } = status;
  const group = groupOf(overall);
  return (
    <section class={`verdict ${group}`}>
      <OverallHeading overall={overall} sinceMs={sinceMs} nowMs={atMs} />
      <p>{sentence}</p>
      <p class="muted">
        {updatedAtMs === null ? (
          "no check has finished yet"
        ) : (
          <>
            last updated at <Time atMs={updatedAtMs} nowMs={atMs} />
          </>
        )}
      </p>
    </section>
  );
}

/** That something about the page itself is not as it should be. */
export function Banner({ status }: { readonly status: PublicStatus }) {
  const { isStale, isPastFailing, updatedAtMs } = status;
  // A page that is stale says so itself.
  if (isPastFailing && !isStale && updatedAtMs !== null)
    return <p class="banner">The past is not complete at the moment. What is said of now is of now.</p>;
  return null;
}

function OpenIncidents({ incidents, nowMs }: { readonly incidents: readonly Incident[]; readonly nowMs: number }) {
  return (
    <section aria-labelledby="open">
      <h2 id="open">
        Incidents now <span class="muted">{incidents.length}</span>
      </h2>
      <ul class="cards">
        {incidents.map((incident) => (
          <li class={`card ${groupOf(incident.status)}`}>
            <h3>
              <span aria-hidden="true">{GLYPHS[groupOf(incident.status)]}</span> {incident.serviceName}
            </h3>
            <IncidentText incident={incident} nowMs={nowMs} />
            <Updates updates={incident.updates} nowMs={nowMs} />
          </li>
        ))}
      </ul>
    </section>
  );
}

function PlannedList({ planned, status }: { readonly planned: readonly Planned[]; readonly status: PublicStatus }) {
  const { services, atMs } = status;
  return (
    <section aria-labelledby="planned">
      <h2 id="planned">Planned maintenance</h2>
      <ul class="events">
        {planned.map(({ serviceIds, startsAtMs, endsAtMs, isActive }) => (
          <li>
            <span class="status maintenance">
              <span aria-hidden="true">{GLYPHS.maintenance}</span> {isActive ? "Now" : "Planned"}
            </span>{" "}
            {serviceIds.map((id) => services.get(id)?.name).join(", ")}, from <Time atMs={startsAtMs} nowMs={atMs} />
            {endsAtMs !== null && (
              <>
                {" "}
                to <Time atMs={endsAtMs} nowMs={atMs} />
              </>
            )}
          </li>
        ))}
      </ul>
    </section>
  );
}

const LEGEND = { down: "down", degraded: "degraded", unknown: "unknown", maintenance: "in maintenance" } as const;

/** What the heights and colours of the bars mean. */
function Legend() {
  return (
    <p class="legend">
      One bar a day, 90 days; none where nobody watched yet. Coloured is what was not healthy, under 5 min a third of
      it, under 1 h half, under 6 h three quarters:{" "}
      {(["down", "degraded", "unknown", "maintenance"] as const).map((group) => (
        <>
          <span class={`status ${group}`} aria-hidden="true">
            {GLYPHS[group]}
          </span>{" "}
          {LEGEND[group]}{" "}
        </>
      ))}
    </p>
  );
}

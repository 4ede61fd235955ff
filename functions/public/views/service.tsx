/** One service for strangers: what it is, how it was in ninety days, and every incident of them that is known. */
import { uptimeJson } from "../../endpoints/uptime.ts";
import { groupOf, wordOf } from "../../page/status-words.ts";
import { Lasting } from "../../page/views/parts.tsx";
import { DayBars } from "../../page/views/day-bars.tsx";
import { uptimePercent } from "../figures.ts";
import type { PublicService, PublicStatus } from "../status-model.ts";
import { IncidentText, Updates } from "./incident.tsx";
import { formatPercent } from "../../page/percent-text.ts";
import { uptimeText } from "./service-line.tsx";
import { Banner } from "./status.tsx";
import { ServiceHeading } from "../../page/views/verdict-heading.tsx";

const MOST_INCIDENTS = 50;
/** Beside the whole range. */
const RANGES = [30, 7, 1] as const;

export function PublicServiceView({
  service,
  status,
}: {
  readonly service: PublicService;
  readonly status: PublicStatus;
}) {
  const { name, sentence, sinceMs, past } = service;
  const group = groupOf(service.status);
  return (
    <div class="statuses">
      <section class={`verdict ${group}`}>
        <ServiceHeading name={name} group={group} />
        <p>
          <span class="when-stale">Last known: </span>
          {wordOf(service.status)}
          {sinceMs !== null && (
            <span class="when-fresh">
              {" "}
              <Lasting sinceMs={sinceMs} nowMs={status.atMs} />
            </span>
          )}
        </p>
        {sentence !== null && <p>{sentence}</p>}
      </section>
      <Banner status={status} />
      <section aria-labelledby="days">
        <h2 id="days">90 days</h2>
        {past && <DayBars days={past.days} uptime={uptimeJson(past.uptime)} />}
        <p>{uptimeText(service)}</p>
        <p class="muted">{RANGES.map((days) => rangeText(service, days)).join(" · ")}</p>
      </section>
      <Incidents service={service} status={status} />
    </div>
  );
}

function rangeText(service: PublicService, days: number): string {
  const percent = uptimePercent(service, days);
  return `${days === 1 ? "today" : `${days} days`}: ${percent === null ? "–" : formatPercent(percent)}`;
}

function Incidents({ service, status }: { readonly service: PublicService; readonly status: PublicStatus }) {
  const incidents = status.incidents.filter(({ serviceId }) => serviceId === service.id);
  return (
    <section aria-labelledby="past">
      <h2 id="past">Incidents in 90 days</h2>
      {incidents.length === 0 && <p class="muted">{service.past ? "No incidents" : "Not known at the moment"}</p>}
      <ul class="shown">
        {incidents.slice(0, MOST_INCIDENTS).map((incident) => (
          <li>
            <IncidentText incident={incident} nowMs={status.atMs} />
            <Updates updates={incident.updates} nowMs={status.atMs} />
          </li>
        ))}
      </ul>
      {incidents.length > MOST_INCIDENTS && <p class="muted">and {incidents.length - MOST_INCIDENTS} more</p>}
    </section>
  );
}

/** A service in the list: what it is and why, its ninety days, and how long it was up in them. */
import { uptimeJson } from "../../endpoints/uptime.ts";
import { formatPercent } from "../../page/percent-text.ts";
import { DayBars } from "../../page/views/day-bars.tsx";
import { Lasting, Status } from "../../page/views/parts.tsx";
import type { PublicService } from "../status-model.ts";

export function ServiceLine({ service, nowMs }: { readonly service: PublicService; readonly nowMs: number }) {
  const { id, name, status, sentence, sinceMs, past } = service;
  return (
    <li>
      <div class="line">
        <a href={`/status/${id}`}>{name}</a>
        <Status status={status} />
      </div>
      {sentence !== null && (
        <p>
          {sentence}
          {sinceMs !== null && (
            <>
              {" It is so "}
              <Lasting sinceMs={sinceMs} nowMs={nowMs} />.
            </>
          )}
        </p>
      )}
      {past && <DayBars days={past.days} uptime={uptimeJson(past.uptime)} />}
      <p class="muted">{uptimeText(service)}</p>
    </li>
  );
}

/** `99.66 % up in 90 days, of the 87 % that was watched` */
export function uptimeText({ past }: Pick<PublicService, "past">): string {
  if (!past) return "How it was is not known at the moment.";
  const { uptimePercent, coveragePercent } = past.uptime;
  if (uptimePercent === null || coveragePercent === null) return "Nothing has been watched yet.";
  const watched = coveragePercent < 100 ? `, of the ${formatPercent(coveragePercent)} that was watched` : "";
  return `${formatPercent(uptimePercent)} up in ${past.days.length} days${watched}`;
}

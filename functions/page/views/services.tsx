/**
 * Every service in a row: what it is and why, how fast it answers, and how it was.
 * Part of Now. Invariants: what needs a look comes first; coverage stands beside an uptime that is not of all the time.
 */
import { matchesWords } from "../../../shared/domain/text/matches-words.ts";
import type { NowModel, ServiceRow } from "../now-model.ts";
import type { ServicePast } from "../pasts.ts";
import { wordOf } from "../status-words.ts";
import { DayBars } from "./day-bars.tsx";
import { Filter } from "./filter.tsx";
import { Lasting, Response, Status } from "./parts.tsx";
import { Sparkline } from "./sparkline.tsx";

const COLUMNS = ["Status", "Service", "Reason", "Now", "Last hour", "90 days", "Uptime"];

interface Props {
  readonly rows: readonly ServiceRow[];
  readonly nowMs: number;
  /** Words that a row must have to be shown; empty: all are. */
  readonly filter: string;
}

export function Services({ rows, nowMs, filter }: Props) {
  const isShown = ({ name, status, message }: ServiceRow): boolean =>
    matchesWords(`${name} ${wordOf(status)} ${message ?? ""}`, filter);
  return (
    <section aria-labelledby="now-services">
      <div class="services-head">
        <ServicesHeading now={{ rows }} />
        <Filter filter={filter} shown={rows.filter(isShown).length} all={rows.length} />
      </div>
      <table class="services">
        <thead>
          <tr>
            {COLUMNS.map((title) => (
              <th scope="col">{title}</th>
            ))}
          </tr>
        </thead>
        <tbody id="rows">
          {rows.map((row) => (
            <ServiceLine row={row} nowMs={nowMs} isHidden={!isShown(row)} />
          ))}
        </tbody>
      </table>
    </section>
  );
}

export function ServicesHeading({ now }: { readonly now: Pick<NowModel, "rows"> }) {
  return (
    <h2 id="now-services">
      Services <span class="muted">{now.rows.length}</span>
    </h2>
  );
}

interface LineProps extends Pick<Props, "nowMs"> {
  readonly row: ServiceRow;
  readonly isHidden?: boolean;
}

export function ServiceLine({ row, nowMs, isHidden = false }: LineProps) {
  const { id, name, critical, status, message, response, sinceMs, past } = row;
  return (
    <tr id={`row-${id}`} hidden={isHidden}>
      <td class="state">
        <Status status={status} />{" "}
        {sinceMs !== null && (
          <span class="muted">
            <Lasting sinceMs={sinceMs} nowMs={nowMs} />
          </span>
        )}
      </td>
      <th scope="row">
        <a href={`/dashboard/services/${id}`}>{name}</a> {critical && <span class="tag">critical</span>}
      </th>
      <td class="reason">{message ?? ""}</td>
      <td class="number">
        <Response response={response} />
      </td>
      <td class="hour">{past && <Sparkline lastHour={past.lastHour} />}</td>
      <td class="quarter">{past && <DayBars days={past.days} uptime={past.uptime} />}</td>
      <td class="uptime">{past && <UptimeText uptime={past.uptime} />}</td>
    </tr>
  );
}

function UptimeText({ uptime }: Pick<ServicePast, "uptime">) {
  const { uptime_percent: up, coverage_percent: coverage } = uptime;
  if (up === null) return <span class="muted">not watched yet</span>;
  return (
    <>
      {`${up} %`} {coverage !== null && coverage < 100 && <span class="muted">{`${coverage} % watched`}</span>}
    </>
  );
}

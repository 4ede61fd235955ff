/**
 * A service in a row: what it is and why, how fast it answers, and how it was.
 * Part of the table of the services. Invariants: it says that it is a row of a table, since it is laid out as a grid; coverage stands beside an uptime that is not of all the time.
 */
import type { ServiceRow } from "../service-row.ts";
import type { ServicePast } from "../pasts.ts";
import { keepMarkup } from "../kept-markup.ts";
import { DayBars } from "./day-bars.tsx";
import { Lasting, Response, Status } from "./parts.tsx";
import { Sparkline } from "./sparkline.tsx";
import { formatPercent } from "../percent-text.ts";

const PAST_COLUMNS = ["hour", "quarter", "uptime"];

interface Props {
  readonly row: ServiceRow;
  /** Key of its group. */
  readonly group: string;
  readonly nowMs: number;
  readonly isHidden?: boolean;
}

export function ServiceLine({ row, group, nowMs, isHidden = false }: Props) {
  const { id, name, critical, status, message, response, sinceMs, past } = row;
  return (
    <tr role="row" id={`row-${id}`} data-group={group} hidden={isHidden}>
      <td role="cell" class="state">
        <Status status={status} />{" "}
        {sinceMs !== null && (
          <span class="muted">
            <Lasting sinceMs={sinceMs} nowMs={nowMs} />
          </span>
        )}
      </td>
      <th role="rowheader" scope="row">
        <a href={`/dashboard/services/${id}`}>{name}</a> {critical && <span class="tag">critical</span>}
      </th>
      <td role="cell" class="reason">
        {message ?? ""}
      </td>
      <td role="cell" class="number">
        <Response response={response} />
      </td>
      {past ? pastCells(past) : PAST_COLUMNS.map((column) => <td role="cell" class={column}></td>)}
    </tr>
  );
}

const pastCells = keepMarkup(({ lastHour, days, uptime }: ServicePast) => (
  <>
    <td role="cell" class="hour">
      <Sparkline lastHour={lastHour} />
    </td>
    <td role="cell" class="quarter">
      <DayBars days={days} uptime={uptime} />
    </td>
    <td role="cell" class="uptime">
      <UptimeText uptime={uptime} />
    </td>
  </>
));

function UptimeText({ uptime }: Pick<ServicePast, "uptime">) {
  const { uptime_percent: up, coverage_percent: coverage } = uptime;
  if (up === null) return <span class="muted">not watched yet</span>;
  return (
    <>
      {formatPercent(up)}{" "}
      {coverage !== null && coverage < 100 && <span class="muted">{`${formatPercent(coverage)} watched`}</span>}
    </>
  );
}

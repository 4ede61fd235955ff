/** Every alert that fired, newest first: a filter that is a form, pages that are links, and the same as a file. */
import { SEVERITIES } from "../../../shared/domain/alerting/alert.ts";
import { formatDuration } from "../../../shared/domain/text/duration-text.ts";
import { parseTimestamp } from "../../../shared/domain/text/timestamp.ts";
import type { Situation } from "../actions/action.ts";
import { shorten } from "../shorten.ts";
import { filterQuery, type AlertFilter, type PastAlerts } from "../read-alerts.ts";
import { Status, Time } from "./parts.tsx";

interface Props {
  readonly past: PastAlerts | null;
  readonly filter: AlertFilter;
  readonly csv: string;
  readonly situation: Situation;
}

export function AlertHistory({ past, filter, csv, situation }: Props) {
  const older = filterQuery(filter);
  if (past?.next_cursor) older.set("before", past.next_cursor);
  return (
    <section aria-labelledby="past">
      <h2 id="past">History</h2>
      <Filter filter={filter} situation={situation} />
      {past === null && <p>History cannot be told now: storage does not work.</p>}
      {past?.alerts.length === 0 && <p class="muted">No alert has fired, as far as this filter looks.</p>}
      {past !== null && past.alerts.length > 0 && <Table past={past} nowMs={situation.nowMs} />}
      <p class="pager">
        {past?.next_cursor && <a href={`/dashboard/alerts?${older.toString()}#past`}>Older</a>}
        <a href={csv}>Report of this time as CSV</a>
      </p>
    </section>
  );
}

function Filter({ filter, situation: { services, zone } }: Pick<Props, "filter" | "situation">) {
  const isKnown = filter.service === "" || services.some(({ id }) => id === filter.service);
  return (
    <form class="alert-filter" method="get" action="/dashboard/alerts#past">
      <label>
        Service
        <select name="service">
          <option value="">all</option>
          {!isKnown && (
            <option value={filter.service} selected>
              {filter.service}
            </option>
          )}
          {services.map(({ id, name }) => (
            <option value={id} selected={id === filter.service}>
              {shorten(name)}
            </option>
          ))}
        </select>
      </label>
      <label>
        Severity
        <select name="severity">
          <option value="">all</option>
          {SEVERITIES.map((severity) => (
            <option value={severity} selected={severity === filter.severity}>
              {severity}
            </option>
          ))}
        </select>
      </label>
      <label>
        Since ({zone})
        <input type="date" name="since" value={filter.since} />
      </label>
      <button type="submit">Filter</button>
    </form>
  );
}

const COLUMNS = ["Fired", "Service", "Severity", "What", "Lasted", "To be told", "Acknowledged by"];

function Table({ past, nowMs }: { readonly past: PastAlerts; readonly nowMs: number }) {
  return (
    <table class="listed">
      <thead>
        <tr>
          {COLUMNS.map((title) => (
            <th scope="col">{title}</th>
          ))}
        </tr>
      </thead>
      <tbody>
        {past.alerts.map((alert) => (
          <tr>
            <td>
              <Time atMs={parseTimestamp(alert.fired_at ?? alert.since) ?? nowMs} nowMs={nowMs} />
            </td>
            <th scope="row">{shorten(alert.name)}</th>
            <td data-label="Severity">{alert.severity}</td>
            <td class="reason">
              <Status status={alert.status} /> {alert.message !== null && shorten(alert.message)}
            </td>
            <td data-label="Lasted">{`${formatDuration(alert.duration * 1_000)}${alert.ended_at === null ? " so far" : ""}`}</td>
            <td class="foreign" data-label="To be told">
              {alert.notified_channels.join(", ") || "nobody"}
            </td>
            <td class="foreign" data-label="Acknowledged by">
              {alert.acknowledged_by ?? "nobody"}
            </td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}

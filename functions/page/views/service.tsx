/**
 * One service: what it is and why, how fast it answered today, how it was for ninety days, what happened.
 * Invariant: every sentence is one of the API's; coverage stands beside an uptime that is not of all the time.
 */
import { formatDuration } from "../../../shared/domain/text/duration-text.ts";
import { parseTimestamp } from "../../../shared/domain/text/timestamp.ts";
import { shorten } from "../now-model.ts";
import type { ServiceModel, ServiceUptime } from "../read-service.ts";
import { GLYPHS, groupOf, wordOf } from "../status-words.ts";
import { Chart } from "./chart.tsx";
import { DayBars } from "./day-bars.tsx";
import { Status, Time } from "./parts.tsx";

interface Props {
  readonly model: ServiceModel;
  readonly nowMs: number;
}

export function ServiceView({ model, nowMs }: Props) {
  const { explained, series, days, uptime } = model;
  const group = groupOf(explained.status);
  const sinceMs = explained.since === null ? null : parseTimestamp(explained.since);
  return (
    <div>
      <section class={`verdict ${group}`}>
        <h1>
          <span aria-hidden="true">{GLYPHS[group]}</span> {shorten(explained.name)}
        </h1>
        <p>
          {wordOf(explained.status)}
          {sinceMs !== null && ` for ${formatDuration(nowMs - sinceMs)}`}
        </p>
      </section>
      <section aria-labelledby="why">
        <h2 id="why">Why</h2>
        <ul class="events">
          {explained.sentences.map(({ text }) => (
            <li>{shorten(text)}</li>
          ))}
        </ul>
      </section>
      <section aria-labelledby="times">
        <h2 id="times">Response times</h2>
        <Chart series={series} />
      </section>
      <section aria-labelledby="days">
        <h2 id="days">90 days</h2>
        <DayBars days={days} uptime={uptime} />
        <p>{uptimeText(uptime)}</p>
        <DayTable days={days} uptime={uptime} />
      </section>
      <Happened model={model} nowMs={nowMs} />
    </div>
  );
}

function uptimeText({ uptime_percent: up, coverage_percent: coverage, outages, mttr_s: mttrS }: ServiceUptime): string {
  if (up === null || coverage === null) return "Nothing has been watched yet.";
  const watched = coverage < 100 ? `, of the ${coverage} % that was watched` : "";
  const recovery = mttrS === null ? "" : `, ${formatDuration(mttrS * 1_000)} each on average`;
  return `Up ${up} %${watched}. ${outages === 0 ? "No outage" : `${outages} ${outages === 1 ? "outage" : "outages"}${recovery}`}.`;
}

const COLUMNS = ["down", "degraded", "unknown", "maintenance"] as const;

/** What the picture shows, to be read: the days on which something was. */
function DayTable({ days, uptime }: Pick<ServiceModel, "days" | "uptime">) {
  const rows = days
    .map((day, index) => ({ day, seconds: COLUMNS.map((group) => uptime[group][index] ?? 0) }))
    .filter(({ seconds }) => seconds.some((each) => each > 0))
    .toReversed();
  if (rows.length === 0) return null;
  return (
    <details>
      <summary>{rows.length === 1 ? "The day" : `The ${rows.length} days`} on which it was not healthy</summary>
      <table class="plain">
        <thead>
          <tr>
            {["Day", "Down", "Degraded", "Unknown", "Maintenance"].map((title) => (
              <th scope="col">{title}</th>
            ))}
          </tr>
        </thead>
        <tbody>
          {rows.map(({ day, seconds }) => (
            <tr>
              <th scope="row">{day}</th>
              {seconds.map((each) => (
                <td>{each === 0 ? "" : formatDuration(each * 1_000)}</td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </details>
  );
}

function Happened({ model: { transitions }, nowMs }: Props) {
  return (
    <section aria-labelledby="happened">
      <h2 id="happened">What happened</h2>
      <ul class="events">
        {transitions.map(({ at, to, message, lasted_s: lastedS }) => (
          <li>
            <Time atMs={parseTimestamp(at) ?? 0} nowMs={nowMs} /> <Status status={to} />
            {message !== null && ` ${shorten(message)}`}
            <span class="muted"> {lastedS === null ? "and still is" : `for ${formatDuration(lastedS * 1_000)}`}</span>
          </li>
        ))}
      </ul>
    </section>
  );
}

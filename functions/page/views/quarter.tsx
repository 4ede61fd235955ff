/** Ninety days of a service: the picture, what its colours and heights mean, and the table that says the same. */
import { formatDuration } from "../../../shared/domain/text/duration-text.ts";
import { DAY_GROUPS, dayRows } from "../day-rows.ts";
import type { ServiceModel } from "../read-service.ts";
import { GLYPHS, type StatusGroup } from "../status-words.ts";
import { DayBars } from "./day-bars.tsx";
import { formatPercent } from "../percent-text.ts";

type Props = Pick<ServiceModel, "days" | "uptime" | "zone">;

const LEGEND: readonly (readonly [StatusGroup, string])[] = [
  ["healthy", "healthy"],
  ["down", "down"],
  ["degraded", "degraded"],
  ["unknown", "unknown"],
  ["maintenance", "maintenance"],
];

export function Quarter({ days, uptime, zone }: Props) {
  const [first, last] = [days[0], days.at(-1)];
  const isWatched = (_day: string, index: number): boolean => (uptime.healthy[index] ?? null) !== null;
  return (
    <section class="quarter-view" aria-labelledby="days">
      <h2 id="days">90 days</h2>
      <div
        class="day-frame"
        data-first={first}
        data-days={days.length}
        data-zone={zone}
        data-watched-from={days.find(isWatched) ?? ""}
        data-watched-until={days.findLast(isWatched) ?? ""}
      >
        <DayBars days={days} uptime={uptime} />
        <div class="day-card" aria-hidden="true" hidden></div>
      </div>
      <p class="muted ends">
        <span>{first}</span> <span>{last}</span>
      </p>
      <ul class="signs">
        {LEGEND.map(([group, word]) => (
          <li>
            <span class={`status ${group}`} aria-hidden="true">
              {GLYPHS[group]}
            </span>{" "}
            {word}
          </li>
        ))}
        <li>
          coloured height of a day: under 5 min a third, under 1 h half, under 6 h three quarters, else all of it;
          nothing is drawn where nobody watched
        </li>
      </ul>
      <DayTable days={days} uptime={uptime} />
    </section>
  );
}

function DayTable({ days, uptime }: Omit<Props, "zone">) {
  const rows = dayRows(days, uptime);
  if (!uptime.healthy.some((each) => each !== null)) return <p>Nobody watched on any of them.</p>;
  if (rows.length === 0) return <p>On no day of them it was anything but healthy.</p>;
  return (
    <details id="bad-days">
      <summary>{rows.length === 1 ? "The day" : `The ${rows.length} days`} on which it was not healthy</summary>
      <table class="day-table">
        <thead>
          <tr>
            {["Day", "Down", "Degraded", "Unknown", "Maintenance", "Uptime"].map((title) => (
              <th scope="col">{title}</th>
            ))}
          </tr>
        </thead>
        <tbody>
          {rows.map(({ day, seconds, uptimePercent }) => (
            <tr data-day={day}>
              <th scope="row">{day}</th>
              {seconds.map((each, index) => (
                <td class={each === 0 ? "none" : ""} data-group={DAY_GROUPS[index]}>
                  {each === 0 ? "–" : formatDuration(each * 1_000)}
                </td>
              ))}
              <td data-group="uptime">{uptimePercent === null ? "–" : formatPercent(uptimePercent)}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </details>
  );
}

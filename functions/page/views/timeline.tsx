/** What every service was, side by side: a row each, and in words what the row shows. */
import { axisLabels, markPath, ROW, timelineRows } from "../timeline-rows.ts";
import type { Marks, Timeline as TimelineJson } from "../read-history.ts";
import { GLYPHS, type StatusGroup } from "../status-words.ts";

interface Props {
  readonly timeline: TimelineJson;
  readonly marks: Marks | null;
  /** Of the axis. */
  readonly zone: string;
}

const VIEW_BOX = `0 0 ${ROW.width} ${ROW.height}`;

export function Timeline({ timeline, marks, zone }: Props) {
  const { rows, hidden } = timelineRows(timeline);
  const count = marks?.marks.length ?? 0;
  return (
    <figure class="timeline">
      <ul>
        {rows.map(({ id, name, paths, label }) => (
          <li>
            <a href={`/dashboard/services/${id}`}>{name}</a>
            <svg role="img" aria-label={label} viewBox={VIEW_BOX} preserveAspectRatio="none">
              {paths.map(([group, path]) => (
                <path class={`run-${group}`} d={path} />
              ))}
            </svg>
          </li>
        ))}
        {marks !== null && count > 0 && (
          <li>
            <span class="muted">Marks</span>
            <svg
              role="img"
              aria-label={count === 1 ? "1 mark, listed below" : `${count} marks, listed below`}
              viewBox={VIEW_BOX}
              preserveAspectRatio="none"
            >
              <path class="run-mark" d={markPath(timeline, marks)} />
            </svg>
          </li>
        )}
        <li class="axis" aria-hidden="true">
          <span class="muted">{zone}</span>
          <div>
            {axisLabels(timeline, zone).map((label) => (
              <span>{label}</span>
            ))}
          </div>
        </li>
      </ul>
      <figcaption class="muted">
        <Legend />{" "}
        {hidden > 0 && `${hidden} more services have no row here; those that were not always well come first.`}
      </figcaption>
    </figure>
  );
}

/** From full height to none. */
const LEGEND: readonly (readonly [StatusGroup, string])[] = [
  ["down", "down: full height"],
  ["unknown", "no data: hatched"],
  ["degraded", "degraded: two thirds"],
  ["maintenance", "maintenance: half"],
  ["healthy", "healthy: a third"],
];

function Legend() {
  return (
    <>
      {LEGEND.map(([group, text]) => (
        <span class="legend">
          <span class={`status ${group}`} aria-hidden="true">
            {GLYPHS[group]}
          </span>{" "}
          {text}
        </span>
      ))}
      <span class="legend">nothing drawn: nobody watched yet</span>
    </>
  );
}

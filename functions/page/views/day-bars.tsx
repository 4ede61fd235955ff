/**
 * Ninety days as one picture, which says in words what it shows. At most a path for each status, whatever the number of days.
 * Healthy days are one dashed line, over which the rest is painted: a page of many services stays small.
 */
import { dayColumns, describeDays, type DayColumn, type DailyUptime } from "../day-bars.ts";
import type { StatusGroup } from "../status-words.ts";

/** As the dashes of `.days-healthy`. */
const WIDTH = 4;
const GAP = 2;
const HEIGHT = 32;

export function DayBars({ days, uptime }: { readonly days: readonly string[]; readonly uptime: DailyUptime }) {
  const columns = dayColumns(days, uptime);
  return (
    <svg
      class="days"
      role="img"
      aria-label={describeDays(days, uptime)}
      viewBox={`0 0 ${days.length * (WIDTH + GAP)} ${HEIGHT}`}
      preserveAspectRatio="none"
    >
      <path class="days-healthy" d={healthyPath(columns)} />
      {[...otherPaths(columns)].map(([group, path]) => (
        <path class={`fill-${group}`} d={path} />
      ))}
    </svg>
  );
}

/** A line for each run of days that were healthy for a part. */
function healthyPath(columns: readonly DayColumn[]): string {
  let path = "";
  for (let start = 0; start < columns.length; start += 1) {
    const length = columns.slice(start).findIndex((column) => !isHealthyInPart(column));
    const days = length === -1 ? columns.length - start : length;
    if (days > 0) path += `M${start * (WIDTH + GAP)} ${HEIGHT / 2}h${days * (WIDTH + GAP) - GAP}`;
    start += days;
  }
  return path;
}

function isHealthyInPart({ parts }: DayColumn): boolean {
  return parts.some(({ group }) => group === "healthy");
}

function otherPaths(columns: readonly DayColumn[]): ReadonlyMap<StatusGroup, string> {
  const paths = new Map<StatusGroup, string>();
  for (const [index, { parts }] of columns.entries()) {
    let base = HEIGHT;
    for (const { group, share } of parts.filter((part) => part.group !== "healthy")) {
      const height = Math.round(share * HEIGHT * 10) / 10;
      base -= height;
      const column = `M${index * (WIDTH + GAP)} ${base.toFixed(1)}h${WIDTH}v${height}h-${WIDTH}z`;
      paths.set(group, (paths.get(group) ?? "") + column);
    }
  }
  return paths;
}

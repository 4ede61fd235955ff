/** Ninety days as one picture, which says in words what it shows. At most a path for each status, whatever the number of days. */
import { dayColumns, describeDays, type DailyUptime } from "../day-bars.ts";
import type { StatusGroup } from "../status-words.ts";

const WIDTH = 4;
const GAP = 2;
const HEIGHT = 32;

export function DayBars({ days, uptime }: { readonly days: readonly string[]; readonly uptime: DailyUptime }) {
  const paths = new Map<StatusGroup, string>();
  for (const [index, { parts }] of dayColumns(days, uptime).entries()) {
    let base = HEIGHT;
    for (const { group, share } of parts) {
      const height = Math.round(share * HEIGHT * 10) / 10;
      base -= height;
      const column = `M${index * (WIDTH + GAP)} ${base.toFixed(1)}h${WIDTH}v${height}h-${WIDTH}z`;
      paths.set(group, (paths.get(group) ?? "") + column);
    }
  }
  return (
    <svg
      class="days"
      role="img"
      aria-label={describeDays(days, uptime)}
      viewBox={`0 0 ${days.length * (WIDTH + GAP)} ${HEIGHT}`}
    >
      {[...paths].map(([group, path]) => (
        <path class={`fill-${group}`} d={path} />
      ))}
    </svg>
  );
}

/** The response times of a day, and in words what the picture says. */
import { CHART, chartOf } from "../chart.ts";
import type { Series } from "../read-service.ts";
import { formatMs } from "./parts.tsx";

export function Chart({ series }: { readonly series: Series }) {
  const { top, p50, p95, outages } = chartOf(series);
  return (
    <figure>
      <svg class="chart" aria-hidden="true" viewBox={`0 0 ${CHART.width} ${CHART.height}`} preserveAspectRatio="none">
        {outages.map(({ x, width }) => (
          <rect class="outage" x={x} y={0} width={width} height={CHART.height} />
        ))}
        <path class="line-p95" d={p95} />
        <path class="line-p50" d={p50} />
      </svg>
      <figcaption class="muted">{describe(series, top)}</figcaption>
    </figure>
  );
}

function describe({ p50, p95, outages_total: outages }: Series, top: number): string {
  const [half, most] = [latest(p50), latest(p95)];
  const times =
    half === null || most === null
      ? "No answer in the last 24 hours"
      : `Last 24 hours, 0 to ${formatMs(top * 1_000)}; at last half of the answers within ${formatMs(half * 1_000)}, 95 % within ${formatMs(most * 1_000)}`;
  return `${times}; ${outages === 0 ? "no outage" : outages === 1 ? "one outage" : `${outages} outages`}.`;
}

function latest(values: readonly (number | null)[]): number | null {
  return values.findLast((value) => value !== null) ?? null;
}

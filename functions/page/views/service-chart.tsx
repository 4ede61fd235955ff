/**
 * The response times of a service over a range: the picture, what its signs mean, what it says in words, and the ranges as links.
 * Invariants: the words and the lists say all that the picture does; nothing in it is told by colour alone.
 */
import { parseTimestamp } from "../../../shared/domain/text/timestamp.ts";
import { CHART, chartOf, type ChartShape } from "../chart.ts";
import { describeChart } from "../chart-words.ts";
import { shorten } from "../shorten.ts";
import { RANGE_NAMES, RANGES, type RangeName } from "../ranges.ts";
import type { Series, ServiceModel } from "../read-service.ts";
import { formatMs } from "../response-text.ts";
import { Time } from "./parts.tsx";

interface Props {
  readonly model: Pick<ServiceModel, "service" | "series" | "range">;
  readonly nowMs: number;
}

/** Room for the labels of the axis. */
const AXIS_HEIGHT = 20;

export function ServiceChart({ model: { service, series, range }, nowMs }: Props) {
  const slowAfterS = service.slow_after_s;
  const shape = chartOf({ series, range, slowAfterS, nowMs });
  return (
    <section aria-labelledby="times">
      <div class="chart-head">
        <h2 id="times">Response times</h2>
        <Ranges service={service.service} range={range} />
      </div>
      <figure class="chart-figure">
        <div
          class="chart-frame"
          data-service={service.service}
          data-range-ms={RANGES[range].ms}
          data-slow-after={slowAfterS ?? ""}
          data-series={JSON.stringify(drawnOf(series))}
        >
          <Picture shape={shape} range={range} />
        </div>
        <div class="chart-tools">
          <output aria-live="off"></output>
          <button type="button" aria-pressed="false">
            Log scale
          </button>
        </div>
        <Legend series={series} shape={shape} slowAfterS={slowAfterS} />
        <figcaption>{describeChart(series, range, nowMs)}</figcaption>
      </figure>
      <Marks series={series} nowMs={nowMs} />
    </section>
  );
}

/** What the script draws: not what stands beside it in words. */
function drawnOf({ t, step_s, since, until, p50, p95, max, count, timeouts, total, ...beside }: Series) {
  const { outages, maintenance, marks } = beside;
  return { t, step_s, since, until, p50, p95, max, count, timeouts, total, outages, maintenance, marks };
}

function Ranges({ service, range }: { readonly service: string; readonly range: RangeName }) {
  return (
    <nav class="range-links" aria-label="Range of the chart">
      {RANGE_NAMES.map((name) => (
        <a href={`/dashboard/services/${service}?range=${name}`} aria-current={name === range ? "true" : undefined}>
          <span class="hidden">Last </span>
          {RANGES[name].label}
        </a>
      ))}
    </nav>
  );
}

const percent = (x: number): string => `${Math.round((x / CHART.width) * 1_000) / 10}%`;

/** Lines stretch with the page, so they have a picture of their own within; words and signs do not. */
function Picture({ shape, range }: { readonly shape: ChartShape; readonly range: RangeName }) {
  const { top, outages, maintenance, marks, dots, clipped, slowAfterY, ticks } = shape;
  const { width, height } = CHART;
  return (
    <svg class="chart" aria-hidden="true" width="100%" height={height + AXIS_HEIGHT}>
      <svg viewBox={`0 0 ${width} ${height}`} width="100%" height={height} preserveAspectRatio="none">
        {maintenance.map((bar) => (
          <rect class="maintenance-bar" x={bar.x} y={0} width={bar.width} height={height} />
        ))}
        {outages.map((bar) => (
          <rect class="outage" x={bar.x} y={0} width={bar.width} height={height} />
        ))}
        <path class="grid" d={`M0 .5H${width}M0 ${height / 2}H${width}M0 ${height - 0.5}H${width}`} />
        {slowAfterY !== null && <path class="slow-after" d={`M0 ${slowAfterY}H${width}`} />}
        <path class="band" d={shape.band} />
        <path class="line-p50" d={shape.p50} />
        <path class="mark-line" d={marks.map((x) => `M${x} 0V${height}`).join("")} />
      </svg>
      {dots.map(({ x, y }) => (
        <circle class="dot" cx={percent(x)} cy={y} r={2.5} />
      ))}
      {clipped.map((x) => (
        <text class="clipped" x={percent(x)} y={10}>
          ▲
        </text>
      ))}
      {outages.map(
        ({ x, label }) =>
          label && (
            <text
              class={`reason-label${label.isBefore ? " from-right" : ""}`}
              x={percent(x)}
              y={24}
              dx={label.isBefore ? -4 : 4}
            >
              {label.text}
            </text>
          ),
      )}
      {marks.map((x) => (
        <text class="mark-flag" x={percent(x)} y={height - 6} dx={2}>
          ⚑
        </text>
      ))}
      {[
        [formatMs(top * 1_000), 12],
        [formatMs(top * 500), height / 2 - 3],
      ].map(([label, y]) => (
        <text class="axis" x={0} y={y}>
          {label}
        </text>
      ))}
      {ticks.map(({ x, atMs }) => (
        <text class="axis tick" x={percent(x)} y={height + 15}>
          {formatTick(atMs, range)}
        </text>
      ))}
    </svg>
  );
}

/** In UTC: the time of day, or the day where ticks are days apart. */
function formatTick(atMs: number, range: RangeName): string {
  const iso = new Date(atMs).toISOString();
  return RANGES[range].tickMs < 86_400_000 ? iso.slice(11, 16) : iso.slice(5, 10);
}

interface LegendProps {
  readonly series: Series;
  readonly shape: ChartShape;
  readonly slowAfterS: number | null;
}

/** Of what is in the picture. */
function Legend({ series, shape, slowAfterS }: LegendProps) {
  const signs: readonly (readonly [name: string, sign: string, meaning: string] | false)[] = [
    ["line-p50", "▬", "half within (p50)"],
    ["band", "█", "half to 95 % (p50–p95)"],
    shape.dots.length > 0 && ["dot", "•", "a single late answer"],
    shape.clipped.length > 0 && ["clipped", "▲", "above the scale"],
    series.outages.length > 0 && ["outage", "█", "outage"],
    series.maintenance.length > 0 && ["maintenance-bar", "█", "maintenance"],
    series.marks.length > 0 && ["mark-flag", "⚑", "mark"],
    slowAfterS !== null &&
      shape.slowAfterY !== null && ["slow-after", "┄", `slow after ${formatMs(slowAfterS * 1_000)}`],
  ];
  return (
    <ul class="signs">
      {signs.map(
        (sign) =>
          sign && (
            <li>
              <span class={`sign-${sign[0]}`} aria-hidden="true">
                {sign[1]}
              </span>{" "}
              {sign[2]}
            </li>
          ),
      )}
      <li class="of-picture">times of the axis in UTC</li>
    </ul>
  );
}

function Marks({ series, nowMs }: { readonly series: Series; readonly nowMs: number }) {
  const { marks, marks_total: total } = series;
  if (marks.length === 0) return null;
  return (
    <details id="marks">
      <summary>{total === 1 ? "One mark" : `${total} marks`}</summary>
      <ul class="events">
        {marks.toReversed().map(({ at, text, service }) => (
          <li>
            <Time atMs={parseTimestamp(at) ?? 0} nowMs={nowMs} /> {shorten(text)}
            {service === null && <span class="muted"> about the cluster</span>}
          </li>
        ))}
      </ul>
    </details>
  );
}

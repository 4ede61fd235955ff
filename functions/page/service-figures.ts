/**
 * The figures at the head of a service's page, as words. Pure; shown by views/service-figures.tsx.
 * Invariants: what was not measured is a dash; coverage stands beside an uptime that is not of all the time.
 */
import { formatDuration } from "../../shared/domain/text/duration-text.ts";
import { formatCount } from "./chart-words.ts";
import { RANGES, type RangeName } from "./ranges.ts";
import type { Series, ServiceDocument } from "./read-service.ts";
import { formatMs } from "./response-text.ts";
import { formatPercent } from "./percent-text.ts";

export interface Figure {
  readonly label: string;
  /** Null: nothing was measured. */
  readonly value: string | null;
  /** What must be known beside it; empty: nothing. */
  readonly note: string;
}

const DAY_HOURS = 24;

export function listFigures(service: ServiceDocument, { total }: Series, range: RangeName): Figure[] {
  const { periods } = service;
  const longest = periods.at(-1);
  return [
    ...periods.map(uptimeFigure),
    responseFigure("p50", total.p50, { count: total.count, range }),
    responseFigure("p95", total.p95, { count: total.count, range }),
    ...(longest ? [outagesFigure(longest), recoveryFigure(longest)] : []),
  ];
}

type Period = ServiceDocument["periods"][number];

function uptimeFigure({ hours, uptime_percent: up, coverage_percent: coverage }: Period): Figure {
  const note = up === null ? "nothing was watched" : coverage === 100 ? "" : `${formatPercent(coverage ?? 0)} watched`;
  return { label: `Uptime ${formatPeriod(hours)}`, value: up === null ? null : formatPercent(up), note };
}

function responseFigure(
  label: string,
  seconds: number | null,
  { count, range }: { readonly count: number; readonly range: RangeName },
): Figure {
  const answers = count === 1 ? "one answer" : `${formatCount(count)} answers`;
  const note = count === 0 ? "no answer" : `of ${answers}`;
  return {
    label: `Response ${label}, ${RANGES[range].label}`,
    value: seconds === null ? null : formatMs(seconds * 1_000),
    note,
  };
}

function outagesFigure({ hours, outages, uptime_percent: up }: Period): Figure {
  return { label: `Outages ${formatPeriod(hours)}`, value: up === null ? null : formatCount(outages), note: "" };
}

function recoveryFigure({ mttr_s: mttrS }: Period): Figure {
  const value = mttrS === null ? null : formatDuration(mttrS * 1_000);
  return { label: "Recovery takes", value, note: mttrS === null ? "none was seen" : "on average (MTTR)" };
}

/** `24 h`, `7 d`. */
function formatPeriod(hours: number): string {
  return hours > DAY_HOURS ? `${hours / DAY_HOURS} d` : `${hours} h`;
}

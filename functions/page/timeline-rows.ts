/**
 * The timeline of every service as the paths of a picture: a row each, x is time. Pure.
 * Drawn by views/timeline.tsx. Invariants: kinds differ in height or in texture, not only in colour; what nobody knows is hatched; where
 * nobody watched yet there is nothing.
 */
import { formatDuration } from "../../shared/domain/text/duration-text.ts";
import { toLocalText } from "../../shared/domain/text/zoned-time.ts";
import { shorten } from "./shorten.ts";
import type { Marks, Timeline } from "./read-history.ts";
import type { StatusGroup } from "./status-words.ts";

export const ROW = { width: 960, height: 20 } as const;

/** More rows are no picture any more; those that were not always well come first. */
const MOST_ROWS = 60;

export interface TimelineRow {
  readonly id: string;
  readonly name: string;
  /** Of each group that it was, from the base line up. */
  readonly paths: readonly (readonly [group: StatusGroup, path: string])[];
  /** What the picture says, in words. */
  readonly label: string;
}

export interface TimelineRows {
  readonly rows: readonly TimelineRow[];
  /** How many services have none. */
  readonly hidden: number;
}

type ServiceJson = Timeline["services"][number];
type Kind = NonNullable<ServiceJson["kind"][number]>;

/** An outage of a minute is found in a month as well, and on a phone. */
const LEAST_DOWN = 3;

/** Shares of the height. */
const HEIGHTS: Readonly<Record<Kind, number>> = {
  healthy: 0.3,
  maintenance: 0.45,
  degraded: 0.65,
  unknown: 0.8,
  down: 1,
};

export function timelineRows(timeline: Timeline): TimelineRows {
  const { services } = timeline;
  const wasWell = ({ kind }: ServiceJson): boolean => kind.every((each) => each === "healthy" || each === null);
  const shown =
    services.length <= MOST_ROWS
      ? services
      : services.toSorted((left, right) => Number(wasWell(left)) - Number(wasWell(right))).slice(0, MOST_ROWS);
  return { rows: shown.map((each) => rowOf(each, timeline)), hidden: services.length - shown.length };
}

function rowOf({ service: id, name, t, kind, seconds }: ServiceJson, { since, until }: Timeline): TimelineRow {
  const xOf = scaleOf(since, until);
  const paths = new Map<Kind, string>();
  for (const [index, each] of kind.entries()) {
    if (each === null) continue;
    const x = xOf(t[index] ?? 0);
    const width = Math.max(each === "down" ? LEAST_DOWN : 1, xOf(t[index + 1] ?? Date.parse(until) / 1_000) - x);
    paths.set(each, (paths.get(each) ?? "") + (each === "unknown" ? hatch(x, width) : block(x, width, HEIGHTS[each])));
  }
  return { id, name: shorten(name), paths: [...paths], label: `${shorten(name)}: ${describe(seconds)}` };
}

function scaleOf(since: string, until: string): (atS: number) => number {
  const [fromS, toS] = [Date.parse(since) / 1_000, Date.parse(until) / 1_000];
  return (atS) => round((ROW.width * (Math.min(atS, toS) - fromS)) / (toS - fromS));
}

function block(x: number, width: number, share: number): string {
  const height = ROW.height * share;
  return `M${x} ${ROW.height - height}h${round(width)}v${height}h-${round(width)}z`;
}

const HATCH_STEP = 6;

/** Slanting strokes; one at least. */
function hatch(x: number, width: number): string {
  const height = ROW.height * HEIGHTS.unknown;
  const strokes = Math.max(1, Math.floor(width / HATCH_STEP));
  const slant = Math.min(width, HATCH_STEP);
  return Array.from({ length: strokes }, (_, index) => {
    return `M${round(x + index * HATCH_STEP)} ${ROW.height}l${round(slant)} -${height}`;
  }).join("");
}

const WORDS = { down: "down", degraded: "degraded", unknown: "without data", maintenance: "in maintenance" } as const;

/** `down 3 min 20 s, without data 1 h, else healthy`. */
function describe(seconds: ServiceJson["seconds"]): string {
  const parts = Object.entries(WORDS).flatMap(([kind, word]) => {
    const lasted = seconds[kind as keyof typeof WORDS];
    return lasted > 0 ? [`${word} ${formatDuration(lasted * 1_000)}`] : [];
  });
  const isWatched = Object.values(seconds).some((each) => each > 0);
  if (!isWatched) return "nobody watched";
  if (seconds.healthy === 0) return parts.join(", ");
  return parts.length === 0 ? "healthy all the time" : `${parts.join(", ")}, else healthy`;
}

/** A stroke for each mark. */
export function markPath({ since, until }: Timeline, { marks }: Marks): string {
  const xOf = scaleOf(since, until);
  return marks.map(({ at }) => `M${xOf(Date.parse(at) / 1_000)} 0v${ROW.height}`).join("");
}

const TICKS = 4;

/** Where the axis is labelled: `15:31`, or `11-29` where it is longer than two days. */
export function axisLabels({ since, until }: Timeline, zone: string): string[] {
  const [fromMs, toMs] = [Date.parse(since), Date.parse(until)];
  const isLong = toMs - fromMs > 2 * 86_400_000;
  return Array.from({ length: TICKS + 1 }, (_, index) => {
    const text = toLocalText(fromMs + (index * (toMs - fromMs)) / TICKS, zone);
    return isLong ? text.slice(5, 10) : text.slice(11, 16);
  });
}

const round = (value: number): number => Math.round(value * 10) / 10;

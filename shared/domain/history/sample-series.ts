/**
 * Many samples of one service in columns of small integers: a month of them as objects would be tens of megabytes of garbage
 * for every answer. The store makes one, the endpoint of a service's history writes it out. Knows neither.
 * Invariant: samples are in the order of time, within a segment and from one segment to the next.
 */
import type { Check } from "../monitoring/check.ts";

/** What a check found, shared by all samples of a run with the same outcome. */
export type Verdict = Pick<Check, "status" | "reason" | "statusCode" | "message">;

/** Samples that were stored together; all three lists are equally long. */
export interface SampleSegment {
  /** What the offsets are relative to, epoch ms. */
  readonly baseMs: number;
  /** When each check ended, ascending. */
  readonly offsetsMs: readonly number[];
  /** Response times in 0.1 ms. */
  readonly tenthMs: readonly number[];
  readonly verdicts: readonly Verdict[];
}

export interface SampleSeries {
  readonly count: number;
  readonly segments: readonly SampleSegment[];
}

/** The samples with `sinceMs ≤ time < untilMs` of segments that may overlap. */
export function sampleSeries(
  segments: readonly SampleSegment[],
  { sinceMs, untilMs }: { sinceMs: number; untilMs: number },
): SampleSeries {
  const own = segments
    .map((segment) => within(segment, sinceMs - segment.baseMs, untilMs - segment.baseMs))
    .filter(({ offsetsMs }) => offsetsMs.length > 0);
  const inOrder = own.every((segment, index) => index === 0 || lastMs(own[index - 1]) <= firstMs(segment));
  const count = own.reduce((sum, { offsetsMs }) => sum + offsetsMs.length, 0);
  return { count, segments: inOrder ? own : [merged(own)] };
}

/** The samples as checks without details. */
export function checksOfSeries(serviceId: string, { segments }: SampleSeries): Check[] {
  return listSamples(segments).map(({ verdict, atMs, tenths }) => {
    return { serviceId, ...verdict, checkedAtMs: atMs, responseTimeMs: tenths / 10, details: {} };
  });
}

function listSamples(segments: readonly SampleSegment[]) {
  return segments.flatMap(({ baseMs, offsetsMs, tenthMs, verdicts }) =>
    verdicts.map((verdict, index) => {
      return { verdict, atMs: baseMs + (offsetsMs[index] ?? 0), tenths: tenthMs[index] ?? 0 };
    }),
  );
}

function within(segment: SampleSegment, sinceMs: number, untilMs: number): SampleSegment {
  const { offsetsMs, baseMs } = segment;
  let first = 0;
  let end = offsetsMs.length;
  while (first < end && (offsetsMs[first] ?? 0) < sinceMs) first += 1;
  while (end > first && (offsetsMs[end - 1] ?? 0) >= untilMs) end -= 1;
  if (first === 0 && end === offsetsMs.length) return segment;
  return {
    baseMs,
    offsetsMs: offsetsMs.slice(first, end),
    tenthMs: segment.tenthMs.slice(first, end),
    verdicts: segment.verdicts.slice(first, end),
  };
}

/** Rare: checks that were held while storage failed are stored after later ones. */
function merged(segments: readonly SampleSegment[]): SampleSegment {
  const samples = listSamples(segments).sort((left, right) => left.atMs - right.atMs);
  const baseMs = samples[0]?.atMs ?? 0;
  return {
    baseMs,
    offsetsMs: samples.map(({ atMs }) => atMs - baseMs),
    tenthMs: samples.map(({ tenths }) => tenths),
    verdicts: samples.map(({ verdict }) => verdict),
  };
}

function firstMs({ baseMs, offsetsMs }: SampleSegment): number {
  return baseMs + (offsetsMs[0] ?? 0);
}

function lastMs(segment: SampleSegment | undefined): number {
  return segment ? segment.baseMs + (segment.offsetsMs.at(-1) ?? 0) : -Infinity;
}

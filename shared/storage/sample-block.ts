/**
 * The stored form of an hour block: columns that pack small and that the view `checks` can still unpack in SQL.
 *
 * `first_ms` is the start of the first sample relative to the hour, `gaps[n] = start of sample n+1 − start of sample n − step`,
 * `response_times` are in 0.1 ms; both are packed integers, and the step is the shortest gap, so that none is negative.
 * `verdicts` are JSON runs `[first index, status, reason, status code, message]`, `details` deflated runs.
 * Called by the store only. Invariant: decoding gives the block's samples back, bit for bit, or throws when it is damaged.
 */
import type { Check, CheckDetails } from "../domain/monitoring/check.ts";
import { startOfHour, type HourBlock } from "../domain/history/hour-block.ts";
import type { Rollup } from "../domain/history/rollup.ts";
import { checksOfSeries, type SampleSegment } from "../domain/history/sample-series.ts";
import { checkDetails, checkInstant, checkVerdict, type StoredVerdict } from "./checked-value.ts";
import { deflateJson, inflateJson, type BlobColumn } from "./blob-column.ts";
import { findStartMs } from "./packed-check.ts";
import { packIntegers, unpackIntegers } from "./packed-integers.ts";
import { expandRuns, findRuns } from "./run-length.ts";
import type { hourBlocks, StoredRow } from "./schema.ts";
import { encodeRollup } from "./stored-rollup.ts";

/** A row of `hour_blocks`; `details` is null when no sample has any. */
export type SampleBlockRow = StoredRow<typeof hourBlocks>;

/** The columns that hold samples; `hour_ms` is what the starts are relative to, epoch ms. */
export type SampleColumns = Pick<
  SampleBlockRow,
  "hour_ms" | "first_ms" | "step_ms" | "gaps" | "response_times" | "verdicts"
>;

/** `samples` by time, ascending. */
export function encodeSamples(samples: readonly Check[], baseMs: number): SampleColumns {
  return {
    hour_ms: baseMs,
    ...encodeStarts(samples.map(findStartMs), baseMs),
    response_times: packIntegers(samples.map(({ responseTimeMs }) => tenths(responseTimeMs))),
    verdicts: JSON.stringify(
      findRuns(samples.map(storedVerdict), isSameJson).map(([first, verdict]) => [first, ...verdict]),
    ),
  };
}

export async function encodeBlock(block: HourBlock): Promise<SampleBlockRow> {
  const { samples } = block;
  return {
    service_id: block.serviceId,
    ...encodeSamples(samples, block.hourMs),
    details: await encodeDetails(samples),
    ...encodeHourRollup(block, block),
  };
}

/** `samples`: what the rollup is of, by time. */
export function encodeHourRollup(
  rollup: Rollup,
  { hourMs, samples }: { readonly hourMs: number; readonly samples: readonly Pick<Check, "checkedAtMs">[] },
): ReturnType<typeof encodeRollup> {
  const isOneHour = [samples[0], samples.at(-1)].every(
    (sample) => startOfHour(sample?.checkedAtMs ?? hourMs) === hourMs,
  );
  return encodeRollup(rollup, isOneHour ? "answers" : "answersOfSeveralHours");
}

/** Oldest first, relative to the row's own start. Throws when the columns are damaged. */
export function decodeColumns(row: SampleColumns): SampleSegment {
  const tenthMs = unpackIntegers(row.response_times);
  const offsetsMs = decodeOffsets(row, tenthMs);
  const runs: [number, ...StoredVerdict][] = JSON.parse(row.verdicts);
  const checkedRuns = runs.map(([first, ...verdict]) => [first, checkVerdict(verdict)] as const);
  return { baseMs: row.hour_ms, offsetsMs, tenthMs, verdicts: expandRuns(checkedRuns, offsetsMs.length) };
}

/** The samples without details, oldest first. Throws when the columns are damaged. */
export function decodeSamples(serviceId: string, row: SampleColumns): Check[] {
  const segment = decodeColumns(row);
  return checksOfSeries(serviceId, { count: segment.verdicts.length, segments: [segment] });
}

/** Puts the stored details back on samples decoded from the same row. */
export async function withDetails(samples: readonly Check[], column: BlobColumn | null): Promise<Check[]> {
  if (column === null) return [...samples];
  const details = expandRuns(await inflateJson<[number, CheckDetails][]>(column), samples.length);
  return samples.map((sample, index) => ({ ...sample, details: checkDetails(details[index] ?? {}) }));
}

function encodeStarts(
  startsMs: readonly number[],
  hourMs: number,
): Pick<SampleColumns, "first_ms" | "step_ms" | "gaps"> {
  const [firstMs = hourMs] = startsMs;
  const gapsMs = startsMs.slice(1).map((startMs, index) => startMs - (startsMs[index] ?? 0));
  const stepMs = gapsMs.length === 0 ? 0 : gapsMs.reduce((least, gapMs) => Math.min(least, gapMs));
  return { first_ms: firstMs - hourMs, step_ms: stepMs, gaps: packIntegers(gapsMs.map((gapMs) => gapMs - stepMs)) };
}

/** When each sample ended, relative to the hour: small integers, which cost no garbage. */
function decodeOffsets(
  { hour_ms: hourMs, first_ms: firstMs, step_ms: stepMs, gaps: packed }: SampleColumns,
  tenthMs: readonly number[],
): number[] {
  const gaps = unpackIntegers(packed);
  if (gaps.length !== tenthMs.length - 1) throw new Error("not as many response times as starts");
  let startMs = firstMs;
  const offsetsMs = tenthMs.map((duration, index) => {
    if (index > 0) startMs += stepMs + (gaps[index - 1] ?? 0);
    return startMs + Math.round(duration / 10);
  });
  for (const offsetMs of [offsetsMs[0] ?? 0, offsetsMs.at(-1) ?? 0]) checkInstant(hourMs + offsetMs);
  if (offsetsMs.some((offsetMs, index) => offsetMs < (offsetsMs[index - 1] ?? -Infinity)))
    throw new Error("not in order");
  return offsetsMs;
}

async function encodeDetails(samples: readonly Check[]): Promise<Uint8Array<ArrayBuffer> | null> {
  const runs = findRuns(
    samples.map(({ details }) => details),
    isSameJson,
  );
  const isEmpty = runs.every(([, details]) => Object.keys(details).length === 0);
  return isEmpty ? null : deflateJson(runs);
}

function storedVerdict({ status, reason, statusCode, message }: Check): StoredVerdict {
  return [status, reason, statusCode, message];
}

function isSameJson(left: unknown, right: unknown): boolean {
  return left === right || JSON.stringify(left) === JSON.stringify(right);
}

function tenths(ms: number): number {
  return Math.round(ms * 10);
}

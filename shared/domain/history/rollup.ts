/**
 * What the checks of one service during an hour, a day or any other time come to: counts by status, and the response times of those
 * that were answered. Pure; hour blocks and day rollups hold one, charts are made of them.
 * Invariants: merging the rollups of parts gives that of the whole, in whatever order; only answers have response times: a refused
 * connection has none, and a time-out only says how long was waited in vain.
 */
import { CHECK_STATUSES, type Check, type CheckStatus } from "../monitoring/check.ts";
import { countValues, findBucket, HistogramBuilder, quantile, type Histogram } from "./histogram.ts";

export interface Rollup {
  /** How many checks had each status, from good to bad; statuses that did not occur are absent. */
  readonly statusCounts: ReadonlyMap<CheckStatus, number>;
  /** Of the answers, whatever they said; null when there was none. */
  readonly responseTimes: ResponseTimes | null;
  /** How long the checks that timed out waited at most, in ms; null when none did. */
  readonly longestTimeoutMs: number | null;
}

export interface ResponseTimes {
  readonly sumMs: number;
  readonly minMs: number;
  readonly maxMs: number;
  readonly histogram: Histogram;
}

/** Of a moment or a time that begins then, epoch ms. */
export interface TimedRollup {
  readonly atMs: number;
  readonly rollup: Rollup;
}

/**
 * Whether a check has a response time: something answered, HTTP 503 as well. What was connected to nothing has none; of a check in
 * maintenance nothing is said.
 */
export function isAnswer(status: CheckStatus): boolean {
  return status === "healthy" || status === "degraded" || status === "unhealthy";
}

export function rollUp(checks: Iterable<Pick<Check, "status" | "responseTimeMs">>): Rollup {
  const builder = new RollupBuilder();
  for (const { status, responseTimeMs } of checks) builder.addCheck(status, Math.round(responseTimeMs * 10));
  return builder.take();
}

export function mergeRollups(rollups: Iterable<Rollup>): Rollup {
  const builder = new RollupBuilder();
  for (const rollup of rollups) builder.addRollup(rollup);
  return builder.take();
}

export function countChecks({ statusCounts }: Rollup): number {
  let count = 0;
  for (const own of statusCounts.values()) count += own;
  return count;
}

export function countAnswers({ responseTimes }: Rollup): number {
  return responseTimes ? countValues(responseTimes.histogram) : 0;
}

/** The quantile `q` (0..1) in ms, within 2 % of the exact one. */
export function responseTimeAt({ histogram, minMs, maxMs }: ResponseTimes, q: number): number {
  return Math.min(maxMs, Math.max(minMs, quantile(histogram, q)));
}

/** Adds up checks and rollups, in whole 0.1 ms, so that sums are exact whatever the order. One may be used again and again. */
export class RollupBuilder {
  /** In the order of CHECK_STATUSES. */
  readonly #statusCounts: number[] = CHECK_STATUSES.map(() => 0);
  readonly #histogram = new HistogramBuilder();
  #sumTenths = 0;
  #minMs = Infinity;
  #maxMs = -Infinity;
  #longestTimeoutMs: number | null = null;

  addCheck(status: CheckStatus, tenthMs: number): void {
    const responseTimeMs = tenthMs / 10;
    this.#count(status, 1);
    if (status === "timeout") this.#addTimeout(responseTimeMs);
    if (!isAnswer(status)) return;
    this.#histogram.add(findBucket(responseTimeMs), 1);
    this.#sumTenths += tenthMs;
    this.#widen(responseTimeMs, responseTimeMs);
  }

  addRollup({ statusCounts, responseTimes: times, longestTimeoutMs }: Rollup): void {
    for (const [status, count] of statusCounts) this.#count(status, count);
    if (longestTimeoutMs !== null) this.#addTimeout(longestTimeoutMs);
    if (!times) return;
    this.#histogram.addAll(times.histogram);
    this.#sumTenths += Math.round(times.sumMs * 10);
    this.#widen(times.minMs, times.maxMs);
  }

  /** What has been added since the last time. */
  take(): Rollup {
    const histogram = this.#histogram.take();
    const responseTimes = { sumMs: this.#sumTenths / 10, minMs: this.#minMs, maxMs: this.#maxMs, histogram };
    const statusCounts = new Map<CheckStatus, number>();
    CHECK_STATUSES.forEach((status, index) => {
      const count = this.#statusCounts[index] ?? 0;
      if (count > 0) statusCounts.set(status, count);
      this.#statusCounts[index] = 0;
    });
    const longestTimeoutMs = this.#longestTimeoutMs;
    this.#sumTenths = 0;
    this.#minMs = Infinity;
    this.#maxMs = -Infinity;
    this.#longestTimeoutMs = null;
    return { statusCounts, responseTimes: histogram.buckets.length === 0 ? null : responseTimes, longestTimeoutMs };
  }

  #count(status: CheckStatus, count: number): void {
    const index = CHECK_STATUSES.indexOf(status);
    this.#statusCounts[index] = (this.#statusCounts[index] ?? 0) + count;
  }

  #addTimeout(waitedMs: number): void {
    this.#longestTimeoutMs = Math.max(waitedMs, this.#longestTimeoutMs ?? 0);
  }

  #widen(minMs: number, maxMs: number): void {
    if (minMs < this.#minMs) this.#minMs = minMs;
    if (maxMs > this.#maxMs) this.#maxMs = maxMs;
  }
}

/** Merges rollups that come in the order of time, by steps: what it holds is no more than its result. */
export class RollupSteps {
  readonly #stepMs: number;
  readonly #builder = new RollupBuilder();
  readonly #done: TimedRollup[] = [];
  #atMs: number | null = null;

  constructor(stepMs: number) {
    this.#stepMs = stepMs;
  }

  add(atMs: number, rollup: Rollup): void {
    const stepAtMs = Math.floor(atMs / this.#stepMs) * this.#stepMs;
    if (stepAtMs !== this.#atMs) this.#end();
    this.#atMs = stepAtMs;
    this.#builder.addRollup(rollup);
  }

  /** By the start of their step; several of one step where the order was not kept. */
  list(): readonly TimedRollup[] {
    this.#end();
    return this.#done;
  }

  #end(): void {
    if (this.#atMs !== null) this.#done.push({ atMs: this.#atMs, rollup: this.#builder.take() });
    this.#atMs = null;
  }
}

/**
 * What a run of the fuzzer came to: answers by status, latency, and every kind of failure with a request that shows it.
 * Filled by run.ts; shown by main.ts, judged by the benchmark row and the tests.
 * Invariant: every failure is counted; of each kind the first few are kept with the request as it was sent.
 */
import { quantile } from "../bench/statistics.ts";
import type { Fault } from "./fault.ts";

export interface Failure {
  readonly rule: string;
  /** How many requests broke this rule. */
  readonly count: number;
  /** The first ones. */
  readonly examples: readonly { readonly index: number; readonly what: string; readonly text: string }[];
}

export interface FuzzReport {
  readonly seed: number;
  /** Answers, and requests that got none. */
  readonly requestCount: number;
  readonly durationMs: number;
  readonly countByStatus: ReadonlyMap<number, number>;
  /** Met with a closed connection only, or with nothing in time. */
  readonly unansweredCount: number;
  readonly serverErrorCount: number;
  readonly p99Ms: number;
  readonly slowestMs: number;
  readonly failures: readonly Failure[];
}

interface Failed {
  readonly index: number;
  /** The request as it was sent. */
  readonly text: string;
  readonly faults: readonly Fault[];
}

const EXAMPLES = 3;
const SHOWN_TEXT = 600;

export class Report {
  readonly #seed: number;
  readonly #startedMs = performance.now();
  readonly #countByStatus = new Map<number, number>();
  readonly #latenciesMs: number[] = [];
  readonly #failures = new Map<string, { count: number; examples: { index: number; what: string; text: string }[] }>();
  #unansweredCount = 0;

  constructor(seed: number) {
    this.#seed = seed;
  }

  /** `durationMs` is null where it says nothing, as for raw bytes. */
  answered(status: number, durationMs: number | null): void {
    this.#countByStatus.set(status, (this.#countByStatus.get(status) ?? 0) + 1);
    if (durationMs !== null) this.#latenciesMs.push(durationMs);
  }

  /** No answer, which may be right for raw bytes. */
  unanswered(): void {
    this.#unansweredCount += 1;
  }

  failed({ index, text, faults }: Failed): void {
    for (const { rule, what } of faults) {
      const known = this.#failures.get(rule) ?? { count: 0, examples: [] };
      this.#failures.set(rule, known);
      known.count += 1;
      if (known.examples.length < EXAMPLES) known.examples.push({ index, what, text });
    }
  }

  end(): FuzzReport {
    const counts = [...this.#countByStatus].toSorted(([left], [right]) => left - right);
    const answers = counts.reduce((sum, [, count]) => sum + count, 0);
    return {
      seed: this.#seed,
      requestCount: answers + this.#unansweredCount,
      durationMs: performance.now() - this.#startedMs,
      countByStatus: new Map(counts),
      unansweredCount: this.#unansweredCount,
      serverErrorCount: counts.reduce((sum, [status, count]) => sum + (status >= 500 ? count : 0), 0),
      p99Ms: quantile(this.#latenciesMs, 0.99),
      slowestMs: quantile(this.#latenciesMs, 1),
      failures: [...this.#failures].map(([rule, known]) => ({ rule, ...known })),
    };
  }
}

/** For people: one line a status, one a failure with what reproduces it. */
export function reportText({
  seed,
  requestCount,
  durationMs,
  countByStatus,
  unansweredCount,
  p99Ms,
  slowestMs,
  failures,
}: FuzzReport): string {
  const rate = Math.round(requestCount / (durationMs / 1_000));
  const statuses = [...countByStatus].map(([status, count]) => `  ${status}  ${count.toLocaleString("en")}`);
  const silent = unansweredCount > 0 ? [`  closed without an answer  ${unansweredCount.toLocaleString("en")}`] : [];
  const found = failures.flatMap(({ rule, count, examples }) => [
    `  ${count} × ${rule}`,
    ...examples.map(
      (example) => `    seed ${seed} #${example.index} ${JSON.stringify(example.what)} | ${shown(example.text)}`,
    ),
  ]);
  return [
    `seed ${seed}: ${requestCount.toLocaleString("en")} requests in ${(durationMs / 1_000).toFixed(1)} s (${rate.toLocaleString("en")}/s)`,
    `latency: p99 ${p99Ms.toFixed(1)} ms, slowest ${slowestMs.toFixed(0)} ms`,
    ...statuses,
    ...silent,
    failures.length === 0 ? "no failures" : "failures:",
    ...found,
  ].join("\n");
}

function shown(text: string): string {
  const quoted = JSON.stringify(text.slice(0, SHOWN_TEXT));
  return text.length > SHOWN_TEXT ? `${quoted} … ${text.length} characters` : quoted;
}

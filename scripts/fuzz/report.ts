/**
 * What a run of the fuzzer came to: answers by status, latency, and every kind of failure with the smallest request that shows it.
 * Filled by run.ts; shown by main.ts, judged by the tests.
 * Invariant: every failure is counted, under the rule that it breaks.
 */
import { quantile } from "../bench/statistics.ts";

/** What is wrong with an answer. */
export interface Fault {
  /** In the words of a rule: faults of one rule have one and the same. */
  readonly rule: string;
  /** What broke it this time: a value, or the beginning of the answer. */
  readonly what: string;
}

export interface Failed extends Fault {
  /** The request as it was sent. */
  readonly text: string;
}

export interface Failure extends Failed {
  /** How many requests broke this rule. */
  readonly count: number;
  /** Of the first one, counted from the start of the run. */
  readonly index: number;
}

export interface FuzzReport {
  readonly seed: number;
  /** Answers, and requests that got none. */
  readonly requestCount: number;
  readonly durationMs: number;
  readonly countByStatus: ReadonlyMap<number, number>;
  /** Met with a closed connection only, or with nothing in time. */
  readonly unansweredCount: number;
  readonly p99Ms: number;
  readonly slowestMs: number;
  readonly failures: readonly Failure[];
}

const SHOWN_TEXT = 600;

export class Report {
  readonly #seed: number;
  readonly #startedMs = performance.now();
  readonly #countByStatus = new Map<number, number>();
  readonly #latenciesMs: number[] = [];
  readonly #failures = new Map<string, Failure>();
  #requestCount = 0;
  #unansweredCount = 0;

  constructor(seed: number) {
    this.#seed = seed;
  }

  /** `durationMs` is null where it says nothing, as for raw bytes. */
  answered(status: number, durationMs: number | null): void {
    this.#requestCount += 1;
    this.#countByStatus.set(status, (this.#countByStatus.get(status) ?? 0) + 1);
    if (durationMs !== null) this.#latenciesMs.push(durationMs);
  }

  /** No answer, which may be right for raw bytes. */
  unanswered(): void {
    this.#requestCount += 1;
    this.#unansweredCount += 1;
  }

  /** Counts them; returns the first rule that was not broken before, which is worth a smaller example. */
  failed(all: readonly Failed[]): string | null {
    const before = new Set(this.#failures.keys());
    for (const one of all) {
      const known = this.#failures.get(one.rule) ?? { ...one, count: 0, index: this.#requestCount };
      this.#failures.set(one.rule, { ...known, count: known.count + 1 });
    }
    return all.find(({ rule }) => !before.has(rule))?.rule ?? null;
  }

  /** A smaller example of a rule that is known to be broken. */
  reduced(example: Failed): void {
    const known = this.#failures.get(example.rule);
    if (known) this.#failures.set(example.rule, { ...known, ...example });
  }

  end(): FuzzReport {
    return {
      seed: this.#seed,
      requestCount: this.#requestCount,
      durationMs: performance.now() - this.#startedMs,
      countByStatus: new Map([...this.#countByStatus].toSorted(([left], [right]) => left - right)),
      unansweredCount: this.#unansweredCount,
      p99Ms: quantile(this.#latenciesMs, 0.99),
      slowestMs: quantile(this.#latenciesMs, 1),
      failures: [...this.#failures.values()],
    };
  }
}

/** For people: one line a status, two a failure, the second with what reproduces it. */
export function reportText(report: FuzzReport): string {
  const { seed, requestCount, durationMs, countByStatus, unansweredCount, failures } = report;
  const grouped = (count: number): string => count.toLocaleString("en");
  const seconds = durationMs / 1_000;
  return [
    `seed ${seed}: ${grouped(requestCount)} requests in ${seconds.toFixed(1)} s (${grouped(Math.round(requestCount / seconds))}/s)`,
    `latency: p99 ${report.p99Ms.toFixed(1)} ms, slowest ${report.slowestMs.toFixed(0)} ms`,
    ...[...countByStatus].map(([status, count]) => `  ${status}  ${grouped(count)}`),
    ...(unansweredCount > 0 ? [`  closed without an answer  ${grouped(unansweredCount)}`] : []),
    failures.length === 0 ? "no failures" : "failures:",
    ...failures.flatMap(({ rule, count, index, what, text }) => [
      `  ${count} × ${rule}`,
      `    seed ${seed} #${index} ${JSON.stringify(what)} | ${shown(text)}`,
    ]),
  ].join("\n");
}

function shown(text: string): string {
  const quoted = JSON.stringify(text.slice(0, SHOWN_TEXT));
  return text.length > SHOWN_TEXT ? `${quoted} … ${text.length} characters` : quoted;
}

/**
 * What a run of the fuzzer came to: answers by status, latency, and every kind of failure with the smallest request that shows it.
 * Filled by run.ts; shown by main.ts, judged by the tests.
 * Invariant: every failure is counted, under the rule that it breaks.
 */
import { quantile } from "../bench/statistics.ts";

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

interface Failure extends Failed {
  readonly count: number;
  /** Of the first one, counted from the start of the run. */
  readonly index: number;
}

const SHOWN_TEXT = 600;

export class Report {
  readonly countByStatus = new Map<number, number>();
  /** Met with a closed connection only, or with nothing in time. */
  unansweredCount = 0;
  readonly #seed: number;
  readonly #startedMs = performance.now();
  readonly #latenciesMs: number[] = [];
  readonly #failures = new Map<string, Failure>();

  constructor(seed: number) {
    this.#seed = seed;
  }

  /** Answers, and requests that got none. */
  get requestCount(): number {
    return [...this.countByStatus.values()].reduce((sum, count) => sum + count, this.unansweredCount);
  }

  get failures(): readonly Failure[] {
    return [...this.#failures.values()];
  }

  /** `durationMs` is left out where it says nothing, as for raw bytes. */
  answered(status: number, durationMs?: number): void {
    this.countByStatus.set(status, (this.countByStatus.get(status) ?? 0) + 1);
    if (durationMs !== undefined) this.#latenciesMs.push(durationMs);
  }

  /** Counts them; returns the first rule that was not broken before, which is worth a smaller example. */
  failed(all: readonly Failed[]): string | null {
    const before = new Set(this.#failures.keys());
    for (const one of all) {
      const known = this.#failures.get(one.rule) ?? { ...one, count: 0, index: this.requestCount };
      this.#failures.set(one.rule, { ...known, count: known.count + 1 });
    }
    return all.find(({ rule }) => !before.has(rule))?.rule ?? null;
  }

  /** A smaller example of a rule that is known to be broken. */
  reduced(example: Failed): void {
    const known = this.#failures.get(example.rule);
    if (known) this.#failures.set(example.rule, { ...known, ...example });
  }

  /** For people: one line a status, two a failure, the second with what reproduces it. */
  toString(): string {
    const { requestCount, countByStatus, unansweredCount, failures } = this;
    const grouped = (count: number): string => count.toLocaleString("en");
    const seconds = (performance.now() - this.#startedMs) / 1_000;
    const [p99Ms, slowestMs] = [quantile(this.#latenciesMs, 0.99), quantile(this.#latenciesMs, 1)];
    const statuses = [...countByStatus].toSorted(([left], [right]) => left - right);
    return [
      `seed ${this.#seed}: ${grouped(requestCount)} requests in ${seconds.toFixed(1)} s (${grouped(Math.round(requestCount / seconds))}/s)`,
      `latency: p99 ${p99Ms.toFixed(1)} ms, slowest ${slowestMs.toFixed(0)} ms`,
      ...statuses.map(([status, count]) => `  ${status}  ${grouped(count)}`),
      ...(unansweredCount > 0 ? [`  closed without an answer  ${grouped(unansweredCount)}`] : []),
      failures.length === 0 ? "no failures" : "failures:",
      ...failures.flatMap(({ rule, count, index, what, text }) => [
        `  ${count} × ${rule}`,
        `    seed ${this.#seed} #${index} ${JSON.stringify(what)} | ${shown(text)}`,
      ]),
    ].join("\n");
  }
}

function shown(text: string): string {
  const quoted = JSON.stringify(text.slice(0, SHOWN_TEXT));
  return text.length > SHOWN_TEXT ? `${quoted} … ${text.length} characters` : quoted;
}

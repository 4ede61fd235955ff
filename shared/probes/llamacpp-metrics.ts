/**
 * How fast a llama.cpp server works, from the counters of its `/metrics`. Pure. Used by llamacpp.ts when the configuration wants it.
 * Invariant: gauges are not read: they are averages since somebody last asked, so between two who ask they belong to neither.
 */
import { FASTEST } from "./canary.ts";
import type { Facts } from "./llamacpp-state.ts";
import { readMetrics } from "./prometheus-text.ts";

/** Tokens and the seconds that they took, since the server has started. */
export interface Counters {
  readonly prompt: number;
  readonly promptS: number;
  readonly answer: number;
  readonly answerS: number;
}

const NAMES = {
  prompt: "llamacpp:prompt_tokens_total",
  promptS: "llamacpp:prompt_seconds_total",
  answer: "llamacpp:tokens_predicted_total",
  answerS: "llamacpp:tokens_predicted_seconds_total",
} satisfies Record<keyof Counters, string>;

const WANTED: ReadonlySet<string> = new Set(Object.values(NAMES));

/** Null when one is not there. */
export function readCounters(text: string): Counters | null {
  const samples = readMetrics(text, WANTED);
  const [prompt, promptS, answer, answerS] = Object.values(NAMES).map((name) => samples.get(name)?.[0]?.value);
  if (prompt === undefined || promptS === undefined || answer === undefined || answerS === undefined) return null;
  return { prompt, promptS, answer, answerS };
}

/** Tokens a second since the counters before; null: nothing was done, or they begin anew, or there are none. */
export function speeds(now: Counters | null, before: Counters | null): Facts {
  const rate = (tokens: "prompt" | "answer", seconds: "promptS" | "answerS"): number | null => {
    if (now === null || before === null) return null;
    const [count, tookS] = [now[tokens] - before[tokens], now[seconds] - before[seconds]];
    const perS = count > 0 && tookS > 0 ? count / tookS : Infinity;
    return perS <= FASTEST ? Math.round(perS * 10) / 10 : null;
  };
  return { tokens_per_s: rate("answer", "answerS"), prompt_tokens_per_s: rate("prompt", "promptS") };
}

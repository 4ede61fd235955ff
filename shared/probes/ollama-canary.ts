/**
 * Which model of Ollama may be asked for a token, what is sent, and what the answer says.
 * Pure. Used by ollama.ts when a canary is due. A canary changes what it touches: it loads what is not loaded, sets back the clock of
 * what is, and loads anew what its users have loaded with options of their own.
 * Invariants: only a loaded model is asked, with no option of its runner and no keep_alive; never one that would stay loaded for ever by it,
 * or that would have to be loaded anew, as far as any list tells.
 */
import type { Json } from "../domain/monitoring/check.ts";
import { formatDuration } from "../domain/text/duration-text.ts";
import { FASTEST, type CanaryAnswer } from "./canary.ts";
import { readResult } from "./canary-reply.ts";
import { SECOND_MS } from "./duration.ts";
import { cutName } from "./fit-data.ts";
import { leftMs, residentOf, type Resident } from "./ollama-residency.ts";
import type { LoadedModel } from "./ollama-state.ts";
import { amountAt, textAt } from "./read-json.ts";
import type { Answered, Question, Reply } from "./server-api.ts";

/** What may be unloaded before the canary arrives is let be; clocks are read to the second. */
const LEAST_LEFT_MS = 10 * SECOND_MS;

/** OLLAMA_CONTEXT_LENGTH, where nobody has set it. */
export const USUAL_CONTEXT = 4_096;

export interface Candidates {
  /** In the order in which they are preferred. */
  readonly loaded: readonly LoadedModel[];
  readonly residents: readonly Resident[];
  /** Names of models that make no text. */
  readonly embedding: ReadonlySet<string>;
  readonly serverNowMs: number | null;
  readonly everyMs: number;
  /** A canary takes at most this long. */
  readonly timeoutMs: number;
  /** The context that a call has which asks for none. */
  readonly usualContext: number;
}

/** The model, or why there is none. */
export type Choice = { readonly model: LoadedModel } | { readonly skipped: string };

export function chooseModel(candidates: Candidates): Choice {
  const judged = candidates.loaded.map((model) => ({ model, objection: objectionTo(model, candidates) }));
  const fit = judged.find(({ objection }) => objection === null);
  if (fit) return { model: fit.model };
  const [first] = judged;
  return { skipped: first?.objection ? `${cutName(first.model.name)} ${first.objection}` : "no model is loaded" };
}

function objectionTo(model: LoadedModel, candidates: Candidates): string | null {
  const resident = residentOf(candidates.residents, model);
  if (resident?.bar === "textless" || candidates.embedding.has(model.name)) return "makes embeddings, no text";
  if (resident?.bar === "reloaded") return "was loaded anew by a canary once";
  const { contextLength } = model;
  if (contextLength === null) return "may have another context than usual, and would be loaded anew";
  if (contextLength !== candidates.usualContext)
    return `has a context of ${contextLength}, not ${candidates.usualContext} (context_length), and would be loaded anew`;
  return objectionToTime(model, resident, candidates);
}

function objectionToTime(model: LoadedModel, resident: Resident | undefined, candidates: Candidates): string | null {
  const left = leftMs(model, candidates.serverNowMs);
  if (left === Infinity) return null;
  if (left === null) return "does not say how long it stays loaded";
  if (left < LEAST_LEFT_MS) return "is about to be unloaded";
  const staysMs = Math.max(left, resident?.keepAliveMs ?? 0);
  if (staysMs + candidates.timeoutMs + LEAST_LEFT_MS < candidates.everyMs) return null;
  return `stays loaded for ${formatDuration(staysMs)} after a call: canaries every ${formatDuration(candidates.everyMs)} would keep it for ever`;
}

/** Of one token newer versions tell no duration; of a few the speed is what Ollama itself would call it. */
const TOKENS = 5;

export function canaryQuestion({ name }: LoadedModel): Question & { readonly body: Json } {
  const options = { num_predict: TOKENS, temperature: 0 };
  return { path: "/api/generate", body: { model: name, prompt: "hi", raw: true, stream: false, options } };
}

export type CanaryOutcome =
  | ({ readonly kind: "answered" } & CanaryAnswer)
  /** No answer in time, or it takes no more, or a proxy before it says so. */
  | { readonly kind: "silent" }
  /** It cannot generate, whatever its list says. */
  | { readonly kind: "failed"; readonly statusCode: number }
  /** It is not asked for text in vain again. */
  | { readonly kind: "textless" }
  /** Says nothing of the model. */
  | { readonly kind: "refused" };

export function readCanary(reply: Reply): CanaryOutcome {
  const result = readResult(reply, (answer) => textAt(lastLineOf(answer), "response") !== null);
  const json = reply.kind === "answered" ? lastLineOf(reply) : null;
  const saysWhy = textAt(json, "error") !== null;
  switch (result.kind) {
    case "answered":
      // What fails once the answer has begun is its last line, under a good status code.
      return saysWhy ? { kind: "failed", statusCode: result.reply.statusCode } : readAnswer(result.reply, json);
    case "silent":
      return { kind: "silent" };
    case "failed":
      if (saysWhy) return { kind: "failed", statusCode: result.statusCode };
      // Its own word is proof; what stands before it says nothing of the model.
      return { kind: result.statusCode >= 500 ? "silent" : "refused" };
    case "refused":
      if (result.statusCode === 501) return { kind: "silent" };
      return { kind: result.statusCode === 400 ? "textless" : "refused" };
    case "lost":
      return { kind: "refused" };
  }
}

const lastLineOf = ({ json, text }: Answered): unknown => json ?? parseLastLine(text);

const readAnswer = ({ durationMs }: Answered, json: unknown): CanaryOutcome => ({
  kind: "answered",
  tookMs: durationMs,
  ...readSpeed(json),
});

function parseLastLine(text: string): unknown {
  const line = text.trimEnd();
  try {
    return JSON.parse(line.slice(line.lastIndexOf("\n") + 1));
  } catch {
    return undefined; // the parser's words would quote it
  }
}

/** In nanoseconds; what is absent is 0. */
function readSpeed(json: unknown): Pick<CanaryAnswer, "tokensPerS" | "firstTokenMs"> {
  const [total, evaluating] = [nanosecondsAt(json, "total_duration"), nanosecondsAt(json, "eval_duration")];
  const tokens = amountAt(json, "eval_count") ?? 0;
  const perS = tokens > 0 && evaluating > 0 ? (tokens / evaluating) * 1e9 : Infinity;
  return {
    tokensPerS: perS <= FASTEST ? Math.round(perS * 10) / 10 : null,
    firstTokenMs: total > 0 && evaluating <= total ? Math.round((total - evaluating) / 1e5) / 10 : null,
  };
}

const LONGEST_NS = 1e15;
const nanosecondsAt = (json: unknown, key: string): number => amountAt(json, key, LONGEST_NS) ?? 0;

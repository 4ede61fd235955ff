/**
 * Whether models of Ollama run on the CPU that ran on the GPU before, or should: its silent fallback, in which everything still answers.
 * Pure. Used by ollama.ts, which keeps what was seen in the baseline of the service.
 * "Before" is the same digest with the same context or a larger one: another model has no past, and a larger context may well need more
 * memory than the GPU has. Invariant: a node that has no GPU is never blamed, and one that has lost it only for a week.
 */
import type { Json } from "../domain/monitoring/check.ts";
import type { Sentence } from "../domain/text/sentence.ts";
import { formatMinute } from "../domain/text/timestamp.ts";
import { DAY_MS, MINUTE_MS } from "./duration.ts";
import type { ProbeFailure } from "./observe.ts";
import type { LoadedModel } from "./ollama-state.ts";
import { numberAt, objectsOf, textAt } from "./read-json.ts";

/** What ran, and how: one row for each model and context. */
export interface SeenRun {
  readonly key: string;
  /** Tokens; null: that version does not tell. */
  readonly context: number | null;
  /** Bytes. */
  readonly size: number;
  /** The best, 0 … 1. */
  readonly share: number;
  /** When it was seen like this, the last time but ten minutes at most: a row is written whenever it changes. */
  readonly lastMs: number;
  /** Since when it is seen with less; null: it is not. */
  readonly lessSinceMs: number | null;
}

export interface GpuRules {
  readonly expect: "gpu" | "cpu" | undefined;
  readonly nowMs: number;
  /** When a model was last seen before this look, by its key. */
  readonly seenMs: ReadonlyMap<string, number>;
}

/** How much layers move by themselves from load to load, as what else needs memory changes. */
const TOLERANCE = 0.1;
/** Where no context is told, what takes up to a quarter more memory counts as the same: on the CPU the figures differ a little. */
const SIZE_TOLERANCE = 1.25;
const NEW_NORMAL_MS = 7 * DAY_MS;
const WRITTEN_EVERY_MS = 10 * MINUTE_MS;
const MOST_RUNS = 100;

interface Fallback {
  readonly model: LoadedModel;
  readonly share: number;
  readonly before: SeenRun | undefined;
  /** Names of what else takes memory of the GPU. */
  readonly beside: readonly string[];
}

function besides(model: LoadedModel, loaded: readonly LoadedModel[]): string[] {
  return loaded.filter((other) => other !== model && other.gpuShare !== 0).map(({ name }) => name);
}

/** `seen`: what to keep for the next time; `before` itself while that says it all. */
export function judgeShares(
  loaded: readonly LoadedModel[],
  before: readonly SeenRun[],
  rules: GpuRules,
): { failure: ProbeFailure | null; seen: readonly SeenRun[] } {
  let seen = before;
  const fallbacks: Fallback[] = [];
  for (const model of loaded) {
    if (model.gpuShare === null) continue;
    const beside = besides(model, loaded);
    const found = judgeModel({ ...model, gpuShare: model.gpuShare, isCrowded: beside.length > 0 }, seen, rules);
    seen = found.seen;
    if (found.isLess) fallbacks.push({ model, share: model.gpuShare, before: found.best, beside });
  }
  const [first] = fallbacks;
  const failure = first ? ({ reason: "cpu_fallback", message: describe(first, fallbacks.length - 1) } as const) : null;
  return { failure, seen: seen === before ? before : seen.toSorted(latestFirst).slice(0, MOST_RUNS) };
}

/** Always in the same order, so that what says the same is not written again. */
function latestFirst(one: SeenRun, other: SeenRun): number {
  return other.lastMs - one.lastMs || (one.key < other.key ? -1 : 1) * Number(one.key !== other.key);
}

interface Measured extends LoadedModel {
  readonly gpuShare: number;
  /** Others are on the GPU at the same time. */
  readonly isCrowded: boolean;
}

interface Judged {
  readonly isLess: boolean;
  readonly best: SeenRun | undefined;
  readonly seen: readonly SeenRun[];
}

function judgeModel(model: Measured, seen: readonly SeenRun[], rules: GpuRules): Judged {
  const earlier = seen.filter((run) => covers(run, model)).toSorted((one, other) => other.share - one.share);
  const [best] = earlier;
  if (best && lacks(model, best.share)) return judgeLess(model, { seen, earlier, best }, rules);
  const isLess = rules.expect === "gpu" && lacks(model, 1);
  const confirmed = confirm(model, best, rules.nowMs);
  const isKnown = best !== undefined && isSame(best, confirmed);
  return { isLess, best: undefined, seen: isKnown ? seen : [...seen.filter((run) => run !== best), confirmed] };
}

const lacks = ({ gpuShare }: Measured, share: number): boolean => gpuShare < share - TOLERANCE;

interface Past {
  readonly seen: readonly SeenRun[];
  /** Of the same model, with as large a context. */
  readonly earlier: readonly SeenRun[];
  readonly best: SeenRun;
}

function judgeLess(model: Measured, { seen, earlier, best }: Past, { expect, nowMs, seenMs }: GpuRules): Judged {
  if (expect !== "gpu" && isSqueezed(model)) return { isLess: false, best: undefined, seen };
  const sinceMs = Math.min(best.lessSinceMs ?? nowMs, nowMs);
  if (expect !== "gpu" && nowMs - sinceMs >= NEW_NORMAL_MS) {
    const kept = seen.filter((run) => !earlier.includes(run) || !lacks(model, run.share));
    return { isLess: false, best: undefined, seen: [...kept, confirm(model, undefined, nowMs)] };
  }
  // As it was at the last look, or it would have been told then.
  const untilMs = best.lessSinceMs === null ? Math.max(best.lastMs, seenMs.get(model.key) ?? 0) : best.lastMs;
  const less = { ...best, lastMs: untilMs, lessSinceMs: sinceMs };
  const others = seen.filter((run) => run !== best);
  return { isLess: expect !== "cpu", best: less, seen: isSame(best, less) ? seen : [...others, less] };
}

/** Its users have loaded more than fits: what is left of it on the GPU is no fallback, and nothing to get used to. */
const isSqueezed = ({ isCrowded, gpuShare }: Measured): boolean => isCrowded && toPercent(gpuShare) > 0;

function covers({ key, context, size }: SeenRun, model: Measured): boolean {
  if (key !== model.key) return false;
  if (context !== null && model.contextLength !== null) return context >= model.contextLength;
  return model.size <= size * SIZE_TOLERANCE;
}

function confirm({ key, contextLength, size, gpuShare }: Measured, best: SeenRun | undefined, nowMs: number): SeenRun {
  const share = toPercent(gpuShare) / 100;
  if (!best) return { key, context: contextLength, size, share, lastMs: nowMs, lessSinceMs: null };
  const isRecent = Math.abs(nowMs - best.lastMs) < WRITTEN_EVERY_MS && best.lessSinceMs === null;
  const lastMs = isRecent ? best.lastMs : nowMs;
  return { ...best, share: Math.max(best.share, share), lastMs, lessSinceMs: null };
}

/** Of the same model and context. */
function isSame(one: SeenRun, other: SeenRun): boolean {
  return one.share === other.share && one.lastMs === other.lastMs && one.lessSinceMs === other.lessSinceMs;
}

const toPercent = (share: number): number => Math.round(share * 100);

/** @example "llama3.2:3b runs 100 % on the CPU; it ran 100 % on the GPU until 2026-11-23 10:30 UTC" */
function describe({ model, share, before, beside }: Fallback, more: number): Sentence {
  const cpu = 100 - toPercent(share);
  const past = before
    ? `it ran ${toPercent(before.share)} % on the GPU until ${formatMinute(before.lastMs)}`
    : "it is expected on the GPU";
  const others = more > 0 ? `; and ${more} more` : "";
  const [first, ...rest] = beside;
  const told: Sentence = [{ text: model.name, atMost: 64 }, ` runs ${cpu} % on the CPU; ${past}${others}`];
  if (first === undefined) return told;
  const besideIt = rest.length > 0 ? ` and ${rest.length} more` : "";
  return [...told, "; loaded at the same time: ", { text: first, atMost: 64 }, besideIt];
}

export function packRuns(runs: readonly SeenRun[]): Json {
  return runs.map(({ key, context, size, share, lastMs, lessSinceMs }) => ({
    k: key,
    c: context,
    b: size,
    g: share,
    t: lastMs,
    ...(lessSinceMs !== null && { f: lessSinceMs }),
  }));
}

/** What was never packed is none. */
export function unpackRuns(packed: Json): SeenRun[] {
  return (objectsOf(packed) ?? []).flatMap((run) => {
    const [key, size, share, lastMs] = [textAt(run, "k"), numberAt(run, "b"), numberAt(run, "g"), numberAt(run, "t")];
    if (key === null || size === null || share === null || lastMs === null) return [];
    return [{ key, context: numberAt(run, "c"), size, share, lastMs, lessSinceMs: numberAt(run, "f") }];
  });
}

/**
 * The opt-in canary of servers of models: its keys, whether one is due, what is kept and said of it. What is sent is the check type's.
 * Pure but for the question. Used by the check types of servers of models. Invariant: nothing is sent unless the configuration asks for it.
 */
import * as z from "zod/mini";
import {
  afterCanary,
  afterRefusal,
  followClock,
  isCanaryDue,
  judgeSilence,
  spentToday,
  withoutSilence,
  type CanaryMemory,
  type CanaryRules,
} from "../domain/monitoring/canary.ts";
import type { Json } from "../domain/monitoring/check.ts";
import { formatDuration } from "../domain/text/duration-text.ts";
import { formatTimestamp } from "../domain/text/timestamp.ts";
import { DAY_MS, durationSchema, MINUTE_MS } from "./duration.ts";
import type { ProbeFailure } from "./observe.ts";
import { asObject, numberAt } from "./read-json.ts";

const MOST_A_DAY = 1_440;
const LONGEST_ADVICE = 120;

/** Tokens a second; what is said to be faster is a wrong figure. */
export const FASTEST = 1e6;

export const CANARY_KEYS = {
  canary: z
    .optional(
      z.strictObject({
        every: z
          .prefault(durationSchema({ minMs: MINUTE_MS, maxMs: DAY_MS }), "15m")
          .check(
            z.describe(
              "How often. It must be longer than what unloads an idle model (Ollama: keep_alive, llama-swap: ttl, LM Studio: 1 h), or none is sent: the model would stay loaded for ever. A model of Ollama that could not generate is asked again after this, and not before 15 min.",
            ),
          ),
        budget: z
          ._default(z.int().check(z.gte(1), z.lte(MOST_A_DAY)), 100)
          .check(z.describe("The most a day (UTC); what is spent is shown.")),
      }),
    )
    .check(z.describe("A token or a few of a model that is loaded already, now and then. Default: never.")),
  restart: z
    .optional(z.string().check(z.minLength(1), z.maxLength(LONGEST_ADVICE)))
    .check(z.describe("The command that restarts it, told to people when it is alive and serves nobody.")),
};

/** The keys of a canary that do not change what it asks. */
export const CANARY_TUNING = Object.keys(CANARY_KEYS);

/** What came of one. */
export interface CanaryAnswer {
  readonly tookMs: number;
  readonly tokensPerS: number | null;
  readonly firstTokenMs: number | null;
}

export interface CanaryState {
  readonly memory: CanaryMemory | null;
  /** Of the last one that was answered. */
  readonly last: Pick<CanaryAnswer, "tokensPerS" | "firstTokenMs"> | null;
}

export const NO_CANARY: CanaryState = { memory: null, last: null };

export function canaryRules(settings: { every: number; budget: number } | undefined): CanaryRules | null {
  return settings ? { everyMs: settings.every, budget: settings.budget } : null;
}

/** `answer` null: there was none in time; what failed in another way is the check type's to judge, and no silence. */
export function nextCanary({ memory, last }: CanaryState, answer: CanaryAnswer | null, sentMs: number): CanaryState {
  const next = afterCanary(memory, answer?.tookMs ?? null, sentMs);
  return { memory: next, last: answer ? pickSpeed(answer) : last };
}

/** It is spent; `nextCanary` is for those that were answered or not. */
export function refusedCanary({ memory, last }: CanaryState, sentMs: number): CanaryState {
  return { memory: afterRefusal(memory, sentMs), last };
}

/** When what was silent is not there any more, or there are no canaries any more that could be answered. */
export function forgetSilence({ memory, last }: CanaryState): CanaryState {
  return { memory: memory && withoutSilence(memory), last };
}

const pickSpeed = ({ tokensPerS, firstTokenMs }: CanaryAnswer) => ({ tokensPerS, firstTokenMs });

export function wantsCanary(state: CanaryState, rules: CanaryRules | null, nowMs: number): rules is CanaryRules {
  return rules !== null && isCanaryDue(state.memory, rules, nowMs);
}

/** Why a server that is alive is not well, by its canaries; null: they say nothing against it. */
export function canaryFailure(
  { memory }: CanaryState,
  nowMs: number,
  restart: string | undefined,
): ProbeFailure | null {
  const silence = judgeSilence(memory, nowMs);
  if (silence === null || !memory) return null;
  const forText = formatDuration(nowMs - (memory.silentSinceMs ?? nowMs));
  if (silence === "busy") return { reason: "busy", message: "Alive, but did not generate a token in time" };
  return withAdvice({ reason: "wedged", message: `Alive, but has generated nothing for ${forText}` }, restart);
}

/** For what is alive and does not serve: what people may do, as they have written it themselves. No restart gives a key. */
export function withAdvice({ reason, message }: ProbeFailure, restart: string | undefined): ProbeFailure {
  if (restart === undefined || reason === "auth" || reason === "config") return { reason, message };
  const advice = `; restart it: ${restart}`;
  return { reason, message: typeof message === "string" ? message + advice : [...message, advice] };
}

/** For `data`; undefined where there is no canary. */
export function showCanary(
  { memory, last }: CanaryState,
  rules: CanaryRules | null,
  nowMs: number,
): { readonly [key: string]: Json } | undefined {
  if (!rules) return undefined;
  return {
    spent_today: spentToday(memory, nowMs),
    budget: rules.budget,
    last_ok_at: memory?.answeredMs == null ? null : formatTimestamp(memory.answeredMs),
    tokens_per_s: last?.tokensPerS ?? null,
    first_token_ms: last?.firstTokenMs ?? null,
  };
}

/** As a part of what a probe remembers. */
export function packCanary({ memory, last }: CanaryState): Json {
  if (!memory) return null;
  const { doubt, ...counted } = memory;
  return { ...counted, last: last && { ...last }, ...(doubt && { doubt: { ...doubt } }) };
}

/** What was never packed is none. */
function unpackCanary(packed: Json): CanaryState {
  const kept = asObject(packed);
  if (!kept) return NO_CANARY;
  // Made by packCanary, and sealed where it was stored.
  const { last, ...memory } = kept as unknown as CanaryMemory & { readonly last: CanaryState["last"] };
  return numberAt(memory, "day") === null ? NO_CANARY : { memory, last };
}

/** The same at the beginning of a probe: a clock that leaps is followed by this. */
export function resumeCanary(packed: Json, nowMs: number): CanaryState {
  const { memory, last } = unpackCanary(packed);
  return { memory: memory && followClock(memory, nowMs), last };
}

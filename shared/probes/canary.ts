/**
 * The opt-in canary of servers of models: its keys, whether one is due, what is kept and said of it. What is sent is the check type's.
 * Pure but for the question. Used by the check types of servers of models. Invariant: nothing is sent unless the configuration asks for it.
 */
import * as z from "zod/mini";
import {
  afterCanary,
  afterFailure,
  afterLoss,
  afterRefusal,
  afterRestart,
  followClock,
  isCanaryDue,
  isUnconfirmed,
  judgeSilence,
  spentToday,
  withoutVerdict,
  type CanaryMemory,
  type CanaryRules,
} from "../domain/monitoring/canary.ts";
import type { Json, Reason } from "../domain/monitoring/check.ts";
import { formatMinute, formatTimestamp } from "../domain/text/timestamp.ts";
import { answerFailure } from "./canary-reply.ts";
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
              "How often. It must be longer than what unloads an idle model (Ollama: keep_alive, llama-swap: ttl, LM Studio: 1 h), or none is sent: the model would stay loaded for ever. One in vain is repeated after a minute, and then ever more seldom, up to this.",
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

/** `answer` null: there was none in time. */
export function nextCanary({ memory, last }: CanaryState, answer: CanaryAnswer | null, sentMs: number): CanaryState {
  const next = afterCanary(memory, answer?.tookMs ?? null, sentMs);
  return { memory: next, last: answer ? pickSpeed(answer) : last };
}

/** Its answer was a failure, or held nothing of what was asked for. */
export function failedCanary({ memory, last }: CanaryState, statusCode: number, sentMs: number): CanaryState {
  return { memory: afterFailure(memory, statusCode, sentMs), last };
}

/** It was lost on the way. */
export function lostCanary({ memory, last }: CanaryState, sentMs: number): CanaryState {
  return { memory: afterLoss(memory, sentMs), last };
}

/** The server does not do what was asked for: that is spent, and says nothing against it. */
export function refusedCanary({ memory, last }: CanaryState, sentMs: number): CanaryState {
  return { memory: afterRefusal(memory, sentMs), last };
}

/** When what was asked in vain is not there any more, or there are no canaries any more that could be answered. */
export function forgetVerdict({ memory, last }: CanaryState): CanaryState {
  return { memory: memory && withoutVerdict(memory), last };
}

/** What did not even take a connection, or loads, has been started anew, or is about to be. */
const RESTARTS: ReadonlySet<Reason> = new Set(["refused", "starting", "unreachable", "deadline_connect"]);

export const isRestart = ({ reason }: Pick<ProbeFailure, "reason">): boolean => RESTARTS.has(reason);

/** After a probe of a server that was not alive: once it was started anew, as the advice was, its canaries begin anew. */
export function afterDeath(state: CanaryState, failure: Pick<ProbeFailure, "reason">): CanaryState {
  return isRestart(failure) ? { ...state, memory: state.memory && afterRestart(state.memory) } : state;
}

const pickSpeed = ({ tokensPerS, firstTokenMs }: CanaryAnswer) => ({ tokensPerS, firstTokenMs });

export function wantsCanary(state: CanaryState, rules: CanaryRules | null, nowMs: number): rules is CanaryRules {
  return rules !== null && isCanaryDue(state.memory, rules, nowMs);
}

/**
 * Why a server that is alive is not well, by its canaries; null: they say nothing against it, or it is not confirmed yet. In words that stay
 * true until the next one, however often they are repeated.
 */
export function canaryFailure(
  { memory }: CanaryState,
  nowMs: number,
  restart: string | undefined,
): ProbeFailure | null {
  if (!memory || isUnconfirmed(memory)) return null;
  const { failedStatus, silentSinceMs, lastMs } = memory;
  if (failedStatus !== null) return withAdvice(answerFailure(failedStatus, formatMinute(lastMs)), restart);
  const silence = judgeSilence(memory, nowMs);
  if (silence === null || silentSinceMs === null) return null;
  const since = formatMinute(silentSinceMs);
  if (silence === "busy")
    return { reason: "busy", message: `Alive, but has not answered a canary in time since ${since}` };
  return withAdvice({ reason: "wedged", message: `Alive, but has generated nothing since ${since}` }, restart);
}

/** A key, a wrong URL or a wrong `api:` is given by no restart. */
const NOT_ENDED_BY_RESTART: ReadonlySet<Reason> = new Set(["auth", "config", "protocol"]);

/** For what is alive and does not serve: what people may do, as they have written it themselves. */
export function withAdvice({ reason, message }: ProbeFailure, restart: string | undefined): ProbeFailure {
  if (restart === undefined || NOT_ENDED_BY_RESTART.has(reason)) return { reason, message };
  const advice = `; restart it: ${restart}`;
  return { reason, message: typeof message === "string" ? message + advice : [...message, advice] };
}

/** That one was in vain and counts for nothing yet; undefined: it was not, or it is confirmed. */
function noteUnconfirmed(memory: CanaryMemory | null): string | undefined {
  if (!memory || !isUnconfirmed(memory)) return undefined;
  const { failedStatus } = memory;
  const how = failedStatus === null ? "not answered in time" : `answered in vain (HTTP ${failedStatus})`;
  return `The last one was ${how}; the next one is to confirm it`;
}

/** For `data`; undefined where there is no canary. */
export function showCanary(
  { memory, last }: CanaryState,
  rules: CanaryRules | null,
  nowMs: number,
): { readonly [key: string]: Json } | undefined {
  if (!rules) return undefined;
  const note = noteUnconfirmed(memory);
  return {
    spent_today: spentToday(memory, nowMs),
    budget: rules.budget,
    last_at: memory && memory.lastMs > 0 ? formatTimestamp(memory.lastMs) : null,
    last_ok_at: memory?.answeredMs == null ? null : formatTimestamp(memory.answeredMs),
    tokens_per_s: last?.tokensPerS ?? null,
    first_token_ms: last?.firstTokenMs ?? null,
    ...(note !== undefined && { note }),
  };
}

/** As a part of what a probe remembers. */
export function packCanary({ memory, last }: CanaryState): Json {
  if (!memory) return null;
  const { doubt, failedStatus, ...counted } = memory;
  return {
    ...counted,
    ...(failedStatus !== null && { failedStatus }),
    last: last && { ...last },
    ...(doubt && { doubt: { ...doubt } }),
  };
}

/** What was never packed is none. */
function unpackCanary(packed: Json): CanaryState {
  const kept = asObject(packed);
  if (!kept) return NO_CANARY;
  // Made by packCanary, perhaps of an earlier release, and sealed where it was stored.
  const { last, ...rest } = kept as unknown as CanaryMemory & { readonly last: CanaryState["last"] };
  const memory = { ...rest, inVain: rest.inVain ?? rest.silent, failedStatus: rest.failedStatus ?? null };
  return numberAt(memory, "day") === null ? NO_CANARY : { memory, last };
}

/** The same at the beginning of a probe: a clock that leaps is followed by this. */
export function resumeCanary(packed: Json, nowMs: number): CanaryState {
  const { memory, last } = unpackCanary(packed);
  return { memory: memory && followClock(memory, nowMs), last };
}

/**
 * The canary of llama.cpp: one token of the model that is loaded. Used by llamacpp.ts, which sees to it that one is.
 * `cache_prompt: false`, so that each takes as long as the other; the prefix of the slot that it gets is kept by the server (b11549:
 * in memory, `--cache-ram`), which then found 1,203 of 1,204 tokens of it again.
 */
import { isUnconfirmed, type CanaryRules } from "../domain/monitoring/canary.ts";
import {
  FASTEST,
  failedCanary,
  lostCanary,
  nextCanary,
  refusedCanary,
  wantsCanary,
  type CanaryState,
} from "./canary.ts";
import { readResult } from "./canary-reply.ts";
import type { CanaryTarget } from "./llamacpp-look.ts";
import { mayTouch, type Touching } from "./llamacpp-slots.ts";
import { amountAt, objectAt, textAt } from "./read-json.ts";
import type { Answered, Asking } from "./server-api.ts";

export interface CanaryTurn {
  readonly rules: CanaryRules | null;
  readonly state: CanaryState;
  readonly sentMs: number;
}

/**
 * Whether one is due. Of a server that was seen asleep: once for each time that somebody has woken it, or canaries would keep it awake.
 * One that was not answered may be repeated, as then something else does; and one that failed is to be confirmed.
 */
export function mayAskCanary({ rules, state, sentMs }: CanaryTurn, touching: Touching): boolean {
  if (!wantsCanary(state, rules, sentMs)) return false;
  const { memory } = state;
  if (memory === null || memory.silent > 0 || isUnconfirmed(memory)) return true;
  return touching.asleepMs === null ? mayTouch(touching, sentMs) : memory.lastMs < touching.asleepMs;
}

export async function askCanary(
  { state, sentMs }: CanaryTurn,
  asking: Asking,
  { path, model }: CanaryTarget,
): Promise<CanaryState> {
  const body = {
    prompt: "hi",
    n_predict: 1,
    temperature: 0,
    cache_prompt: false,
    ...(model !== undefined && { model }),
  };
  const result = readResult(await asking.ask({ path, body }), hasToken);
  switch (result.kind) {
    case "answered":
      return nextCanary(state, readAnswer(result.reply), sentMs);
    case "silent":
      return nextCanary(state, null, sentMs);
    case "failed":
      return failedCanary(state, result.statusCode, sentMs);
    case "refused": {
      // A router has unloaded it since we looked.
      const hasGone = model !== undefined && result.statusCode === 400;
      return hasGone ? refusedCanary(state, sentMs) : failedCanary(state, result.statusCode, sentMs);
    }
    case "lost":
      return lostCanary(state, sentMs);
  }
}

/** The text may be empty: a token need not be a letter. */
const hasToken = ({ json }: Answered): boolean => textAt(json, "content") !== null;

function readAnswer({ json, durationMs }: Answered) {
  const timings = objectAt(json, "timings");
  const [readMs, wroteMs] = [amountAt(timings, "prompt_ms"), amountAt(timings, "predicted_ms")];
  const perS = amountAt(timings, "predicted_per_second", FASTEST);
  return {
    tookMs: durationMs,
    // The first token comes with the prompt: of one alone the server says 0.
    tokensPerS: perS !== null && perS > 0 ? Math.round(perS * 10) / 10 : null,
    firstTokenMs: readMs === null ? null : Math.round((readMs + (wroteMs ?? 0)) * 10) / 10,
  };
}

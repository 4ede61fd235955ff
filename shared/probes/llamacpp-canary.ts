/**
 * The canary of llama.cpp: one token of the model that is loaded. Used by llamacpp.ts, which sees to it that one is.
 * `cache_prompt: false`, so that each takes as long as the other; the prefix of the slot that it gets is kept by the server (b11549:
 * in memory, `--cache-ram`), which then found 1,203 of 1,204 tokens of it again.
 */
import type { CanaryRules } from "../domain/monitoring/canary.ts";
import { FASTEST, nextCanary, refusedCanary, wantsCanary, withAdvice, type CanaryState } from "./canary.ts";
import type { CanaryTarget } from "./llamacpp-look.ts";
import { mayTouch, type Touching } from "./llamacpp-slots.ts";
import type { ProbeFailure } from "./observe.ts";
import { amountAt, objectAt } from "./read-json.ts";
import type { Answered, Asking } from "./server-api.ts";

export interface CanaryTurn {
  readonly rules: CanaryRules | null;
  readonly state: CanaryState;
  readonly sentMs: number;
}

/**
 * Whether one is due. Of a server that was seen asleep: once for each time that somebody has woken it, or canaries would keep it awake.
 * One that was not answered may be repeated: then something else does.
 */
export function mayAskCanary({ rules, state, sentMs }: CanaryTurn, touching: Touching): boolean {
  if (!wantsCanary(state, rules, sentMs)) return false;
  const { memory } = state;
  if (memory === null || memory.silent > 0) return true;
  return touching.asleepMs === null ? mayTouch(touching, sentMs) : memory.lastMs < touching.asleepMs;
}

interface Sent {
  readonly state: CanaryState;
  /** Null: success, or no answer. */
  readonly statusCode: number | null;
}

export async function askCanary(
  { state, sentMs }: CanaryTurn,
  asking: Asking,
  { path, model }: CanaryTarget,
): Promise<Sent> {
  const body = {
    prompt: "hi",
    n_predict: 1,
    temperature: 0,
    cache_prompt: false,
    ...(model !== undefined && { model }),
  };
  const reply = await asking.ask({ path, body });
  if (reply.kind === "failure") {
    const isSilence = reply.reason === "deadline_response";
    const next = isSilence ? nextCanary(state, null, sentMs) : refusedCanary(state, sentMs);
    return { state: next, statusCode: null };
  }
  const { statusCode } = reply;
  if (statusCode === 200) return { state: nextCanary(state, readAnswer(reply), sentMs), statusCode: null };
  // A router has unloaded it since we looked.
  const hasGone = model !== undefined && statusCode === 400;
  return { state: refusedCanary(state, sentMs), statusCode: hasGone ? null : statusCode };
}

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

/** Why it is not well when it refuses one; null: that says nothing, for it may have begun to load or to sleep in between. */
export function judgeCanaryStatus(statusCode: number | null, restart: string | undefined): ProbeFailure | null {
  if (statusCode === null || statusCode === 503 || statusCode === 429) return null;
  if (statusCode === 401 || statusCode === 403)
    return { reason: "auth", message: "Alive, but wants an API key for canaries" };
  const reason = statusCode >= 500 && statusCode !== 501 ? "http_status" : "config";
  return withAdvice({ reason, message: `Alive, but answers a canary with HTTP ${statusCode}` }, restart);
}

/**
 * The canary of servers that speak OpenAI's API: which loaded model is asked for a token, what its answer leaves, and why none was sent.
 * Used by openai.ts. Invariants: only what is loaded is asked; nothing is kept loaded by it that its server would unload; who refuses once
 * makes no text and is let be for a day, and the next time another one is asked.
 */
import type { Json } from "../domain/monitoring/check.ts";
import { formatDuration } from "../domain/text/duration-text.ts";
import { fnv1a } from "../domain/text/fnv1a.ts";
import type { CanaryRules } from "../domain/monitoring/canary.ts";
import {
  forgetSilence,
  nextCanary,
  packCanary,
  refusedCanary,
  resumeCanary,
  wantsCanary,
  type CanaryState,
} from "./canary.ts";
import { isSilence, refusalFailure } from "./canary-reply.ts";
import { DAY_MS } from "./duration.ts";
import { cutName } from "./fit-data.ts";
import type { LoadedModel, Server } from "./openai-servers.ts";
import { numberAt, objectAt, objectsAt, textAt } from "./read-json.ts";
import { isAnswer } from "./replies.ts";
import type { Asking } from "./server-api.ts";

/** What canaries leave for the next probe: no text of the server. */
export interface Tried {
  readonly canary: CanaryState;
  /** Status of the last one, when it says that the server does not serve. */
  readonly refusedBy: number | null;
  readonly refusals: readonly Refusal[];
}

interface Refusal {
  readonly key: string;
  readonly atMs: number;
}

const MOST_REFUSALS = 8;

const keyOf = (id: string): string => fnv1a(id).toString(36);

export interface Turn {
  readonly server: Server;
  /** Null: not known. */
  readonly loaded: readonly LoadedModel[] | null;
  /** Those that the configuration demands are preferred. */
  readonly wanted: readonly string[];
  readonly rules: CanaryRules | null;
  readonly nowMs: number;
}

/** One token of a model that is loaded, when it is time. */
export async function tryCanary(tried: Tried, turn: Turn, asking: Asking): Promise<Tried> {
  if (!wantsCanary(tried.canary, turn.rules, turn.nowMs)) return tried;
  const choice = choose(tried, turn);
  return "model" in choice ? sendCanary(choice.model, { tried, sentMs: turn.nowMs }, asking) : tried;
}

async function sendCanary(
  model: string,
  { tried, sentMs }: { tried: Tried; sentMs: number },
  asking: Asking,
): Promise<Tried> {
  const { canary, refusals } = tried;
  const reply = await asking.ask({ path: "/v1/chat/completions", body: oneToken(model) });
  if (isSilence(reply)) return { canary: nextCanary(canary, null, sentMs), refusedBy: null, refusals };
  const { statusCode } = reply;
  if (isAnswer(reply)) {
    const tookMs = Math.round(reply.durationMs);
    const answer = { tookMs, tokensPerS: null, firstTokenMs: tookMs };
    return { canary: nextCanary(canary, answer, sentMs), refusedBy: null, refusals };
  }
  const refused = { canary: refusedCanary(canary, sentMs), refusals };
  if (refusalFailure(statusCode) !== null) return { ...refused, refusedBy: statusCode };
  const added = [{ key: keyOf(model), atMs: sentMs }, ...refusals].slice(0, MOST_REFUSALS);
  return { ...refused, refusedBy: null, refusals: added };
}

const oneToken = (model: string): Json => ({
  model,
  messages: [{ role: "user", content: "hi" }],
  max_tokens: 1,
  temperature: 0,
});

/** The model, or why there is none. */
function choose({ refusals }: Tried, { server, loaded, wanted, rules }: Turn): { model: string } | { note: string } {
  if (!server.generates) return { note: "It does not generate text" };
  if (loaded === null) return { note: tellsLoaded(server) ? "It did not tell what is loaded" : UNTOLD };
  if (loaded.length === 0) return { note: "No model is loaded" };
  const refused = new Set(refusals.map(({ key }) => key));
  const able = loaded.filter(({ id }) => !refused.has(keyOf(id)));
  const [first] = able;
  if (!first) return { note: "It does not generate text" };
  const everyMs = rules?.everyMs ?? 0;
  const stays = (model: LoadedModel): number => model.staysMs ?? server.staysMs;
  const fit = able.filter((model) => stays(model) < everyMs);
  const model = fit.find(({ id }) => wanted.includes(id)) ?? fit[0];
  return model ? { model: model.id } : { note: keeps(first.id, stays(first), everyMs) };
}

const UNTOLD = "It does not tell what is loaded";
const tellsLoaded = ({ listsLoaded, loaded }: Server): boolean => listsLoaded === true || loaded.length > 0;

const keeps = (id: string, staysMs: number, everyMs: number): string =>
  `${cutName(id)} is unloaded after ${formatDuration(staysMs)} without a call: canaries every ${formatDuration(everyMs)} would keep it loaded`;

/** Why there is no canary although one is asked for. */
export function noteOf(tried: Tried, turn: Turn): string | undefined {
  const choice = choose(tried, turn);
  return "note" in choice ? choice.note : undefined;
}

/** What only another canary could end, where there are none any more. */
export function withoutVerdict<Kept extends Tried>(tried: Kept): Kept {
  return { ...tried, canary: forgetSilence(tried.canary), refusedBy: null };
}

export function packTried({ canary, refusedBy, refusals }: Tried): { readonly [key: string]: Json } {
  return { canary: packCanary(canary), refusedBy, refusals: refusals.map((refusal) => ({ ...refusal })) };
}

/** What was refused a day ago, or by a clock that was ahead, is forgotten. */
export function unpackTried(memory: Json, nowMs: number): Tried {
  const refusals = (objectsAt(memory, "refusals") ?? []).flatMap((each) => {
    const [key, atMs] = [textAt(each, "key"), numberAt(each, "atMs")];
    return key !== null && atMs !== null && Math.abs(nowMs - atMs) < DAY_MS ? [{ key, atMs }] : [];
  });
  const canary = resumeCanary(objectAt(memory, "canary") as Json, nowMs);
  return { canary, refusedBy: numberAt(memory, "refusedBy"), refusals };
}

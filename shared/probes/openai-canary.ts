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
  failedCanary,
  forgetVerdict,
  lostCanary,
  nextCanary,
  packCanary,
  refusedCanary,
  resumeCanary,
  wantsCanary,
  type CanaryState,
} from "./canary.ts";
import { readResult } from "./canary-reply.ts";
import { DAY_MS } from "./duration.ts";
import { cutName } from "./fit-data.ts";
import type { LoadedModel, Server } from "./openai-servers.ts";
import { numberAt, objectAt, objectsAt, textAt } from "./read-json.ts";
import type { Answered, Asking } from "./server-api.ts";

/** What canaries leave for the next probe: no text of the server. */
export interface Tried {
  readonly canary: CanaryState;
  /** Which model the last one was for, without its name; null: there was none. */
  readonly askedKey: string | null;
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
export async function tryCanary(left: Tried, turn: Turn, asking: Asking): Promise<Tried> {
  const tried = isGone(left, turn) ? withoutVerdict(left) : left;
  if (!wantsCanary(tried.canary, turn.rules, turn.nowMs)) return tried;
  const choice = choose(tried, turn);
  return "model" in choice ? sendCanary(choice.model, { tried, sentMs: turn.nowMs }, asking) : tried;
}

/** What is not loaded any more says nothing, and nothing could end it. */
function isGone({ askedKey }: Tried, { loaded }: Turn): boolean {
  return askedKey !== null && loaded !== null && loaded.every(({ id }) => keyOf(id) !== askedKey);
}

async function sendCanary(
  model: string,
  { tried, sentMs }: { tried: Tried; sentMs: number },
  asking: Asking,
): Promise<Tried> {
  const { canary, refusals } = tried;
  const result = readResult(await asking.ask({ path: "/v1/chat/completions", body: oneToken(model) }), hasChoice);
  const asked = { refusals, askedKey: keyOf(model) };
  switch (result.kind) {
    case "answered": {
      const tookMs = Math.round(result.reply.durationMs);
      return { ...asked, canary: nextCanary(canary, { tookMs, tokensPerS: null, firstTokenMs: tookMs }, sentMs) };
    }
    case "silent":
      return { ...asked, canary: nextCanary(canary, null, sentMs) };
    case "failed":
      return { ...asked, canary: failedCanary(canary, result.statusCode, sentMs) };
    case "refused": {
      const refused = { key: keyOf(model), atMs: sentMs };
      const added = [refused, ...refusals].slice(0, MOST_REFUSALS);
      return { ...asked, canary: refusedCanary(canary, sentMs), refusals: added };
    }
    case "lost":
      return { ...asked, canary: lostCanary(canary, sentMs) };
  }
}

/** Its text may be empty: a token need not be a letter. */
const hasChoice = ({ json }: Answered): boolean => (objectsAt(json, "choices") ?? []).length > 0;

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
  if (loaded.length === 0) return { note: NOTHING_LOADED };
  const refused = new Set(refusals.map(({ key }) => key));
  const able = loaded.filter(({ id }) => !refused.has(keyOf(id)));
  const [first] = able;
  if (!first) return { note: "It does not generate text" };
  return chooseUnkept(able, { server, wanted, everyMs: rules?.everyMs ?? 0 });
}

interface Keeping {
  readonly server: Server;
  readonly wanted: readonly string[];
  readonly everyMs: number;
}

/** Of those that are loaded one that canaries would not keep loaded. */
export function chooseUnkept(
  able: readonly LoadedModel[],
  { server, wanted, everyMs }: Keeping,
): { model: string } | { note: string } {
  const [first] = able;
  if (!first) return { note: NOTHING_LOADED };
  const stays = (model: LoadedModel): number => model.staysMs ?? server.staysMs;
  const fit = able.filter((model) => stays(model) < everyMs);
  const model = fit.find(({ id }) => wanted.includes(id)) ?? fit[0];
  return model ? { model: model.id } : { note: keeps(first.id, stays(first), everyMs) };
}

const NOTHING_LOADED = "No model is loaded";
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
  return { ...tried, canary: forgetVerdict(tried.canary) };
}

export function packTried({ canary, askedKey, refusals }: Tried): { readonly [key: string]: Json } {
  return { canary: packCanary(canary), askedKey, refusals: refusals.map((refusal) => ({ ...refusal })) };
}

/** What was refused a day ago, or by a clock that was ahead, is forgotten. */
export function unpackTried(memory: Json, nowMs: number): Tried {
  const refusals = (objectsAt(memory, "refusals") ?? []).flatMap((each) => {
    const [key, atMs] = [textAt(each, "key"), numberAt(each, "atMs")];
    return key !== null && atMs !== null && Math.abs(nowMs - atMs) < DAY_MS ? [{ key, atMs }] : [];
  });
  const canary = resumeCanary(objectAt(memory, "canary") as Json, nowMs);
  return { canary, askedKey: textAt(memory, "askedKey"), refusals };
}

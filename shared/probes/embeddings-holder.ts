/**
 * Whether a sentence may be embedded now without loading, waking, reloading or pinning a model, and where. Used by embeddings.ts before each
 * canary. Each server is asked as the check type that knows it asks: openai-servers.ts, llamacpp-look.ts, ollama-canary.ts.
 * Invariant: a sentence goes only to a model that is known to be loaded, or to a server that is known to hold its model always; of a
 * server that nobody knows neither is.
 */
import type { CanaryRules } from "../domain/monitoring/canary.ts";
import { lookAt } from "./llamacpp-look.ts";
import { chooseUnkept } from "./openai-canary.ts";
import { ANY_SERVER, readListing, readLoaded, SERVERS, type Server, type ServerName } from "./openai-servers.ts";
import { objectsAt, textAt } from "./read-json.ts";
import { isAnswer } from "./replies.ts";
import type { Asking, Reply } from "./server-api.ts";

/** `isGone`: the model is not there, so what it did is no matter any more. */
export type Holding =
  | { readonly kind: "free"; readonly model: string | undefined; readonly query: string }
  | { readonly kind: "barred"; readonly note: string; readonly isGone: boolean };

interface Wanted {
  readonly server: ServerName | "auto";
  readonly model: string | undefined;
  readonly rules: CanaryRules;
}

const barred = (note: string, isGone = false): Holding => ({ kind: "barred", note, isGone });

const UNKNOWN =
  "It does not tell who it is, so the sentence might load a model: name it (`server`), or use `api: ollama` for Ollama";
const NOT_TOLD = "It did not tell what is loaded";
const NOT_LOADED = "Its model is not loaded";

/** Of what speaks OpenAI's API. */
export async function findHolding(asking: Asking, wanted: Wanted): Promise<Holding> {
  if (wanted.server !== "auto") return holdingOf(SERVERS[wanted.server], wanted, asking);
  const list = await askFirst(asking, ANY_SERVER.lists);
  const listing = isAnswer(list) ? readListing(list) : null;
  if (listing?.server) return holdingOf(SERVERS[listing.server], wanted, asking);
  return isLlamaCpp(list) ? holdingOfLlamaCpp(wanted, asking) : barred(listing ? UNKNOWN : NOT_TOLD);
}

async function holdingOf(server: Server, { model, rules }: Wanted, asking: Asking): Promise<Holding> {
  if (server.listsLoaded) return { kind: "free", model, query: "" };
  if (server.loaded.length === 0) return barred("It does not tell what is loaded");
  const reply = await askFirst(asking, server.loaded);
  const loaded = isAnswer(reply) ? readLoaded(reply) : null;
  if (loaded === null) return barred(NOT_TOLD);
  const able = loaded.filter(({ id }) => id === model);
  if (able.length === 0)
    return barred(model === undefined ? "Set `model`, so that no other one is loaded" : NOT_LOADED, true);
  const choice = chooseUnkept(able, { server, wanted: [], everyMs: rules.everyMs });
  return "model" in choice ? { kind: "free", model, query: "" } : barred(choice.note);
}

/** It calls itself so in each entry of its list, also as a router. */
function isLlamaCpp(list: Reply): boolean {
  const [first] = isAnswer(list) ? (objectsAt(list.json, "data") ?? []) : [];
  return textAt(first, "owned_by") === "llamacpp";
}

const NOTHING_MORE = { models: [], slots: false, asksSlots: false, metrics: false };

async function holdingOfLlamaCpp({ model }: Wanted, asking: Asking): Promise<Holding> {
  const { seen, loaded, canaryTo } = await lookAt(NOTHING_MORE, asking, null);
  if (seen.isAsleep === true) return barred("It sleeps", true);
  if (canaryTo === null)
    return barred(loaded === null ? NOT_TOLD : "Its router has loaded none, or several", loaded?.length === 0);
  if (canaryTo.model === undefined) return { kind: "free", model, query: "" };
  if (model !== undefined && model !== canaryTo.model) return barred(NOT_LOADED, true);
  return { kind: "free", model: canaryTo.model, query: "?autoload=false" };
}

async function askFirst(asking: Asking, [path = "", ...others]: readonly string[]): Promise<Reply> {
  const reply = await asking.ask({ path });
  return isAnswer(reply) || others.length === 0 ? reply : askFirst(asking, others);
}

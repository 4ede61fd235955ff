/**
 * The same for Ollama: by the rules of ollama-canary.ts, with what ollama-residency.ts has learned of how long the model stays loaded. Used by
 * embeddings.ts. Invariant: as there: nothing is loaded, loaded anew or pinned, as far as any list tells.
 */
import type { Json } from "../domain/monitoring/check.ts";
import type { Holding } from "./embeddings-holder.ts";
import { chooseModel } from "./ollama-canary.ts";
import { barResident, observeResidents, packResidents, unpackResidents, type Resident } from "./ollama-residency.ts";
import { notListed, readLoaded, serverNowMs, type LoadedModel } from "./ollama-state.ts";
import { numberAt } from "./read-json.ts";
import type { Reply } from "./server-api.ts";

export interface Residency {
  readonly residents: readonly Resident[];
  /** When the list was last read. */
  readonly lookedMs: number | null;
}

/** A look at the list, each time: how long a model stays loaded is learned from how its expiry moves. */
export interface OllamaLook {
  readonly residency: Residency;
  /** Null: it did not tell. */
  readonly loaded: readonly LoadedModel[] | null;
  readonly serverNowMs: number | null;
}

export function lookAtOllama(before: Residency, reply: Reply, nowMs: number): OllamaLook {
  const [loaded, serverNow] = [readLoaded(reply), serverNowMs(reply)];
  if (!loaded) return { residency: before, loaded: null, serverNowMs: null };
  const sinceLastMs = before.lookedMs === null ? null : Math.max(0, nowMs - before.lookedMs);
  const residents = observeResidents(before.residents, loaded, { nowMs, serverNowMs: serverNow, sinceLastMs });
  return { residency: { residents, lookedMs: nowMs }, loaded, serverNowMs: serverNow };
}

interface Wanted {
  readonly model: string | undefined;
  readonly everyMs: number;
  /** A canary takes at most this long. */
  readonly timeoutMs: number;
  readonly usualContext: number;
}

export function ollamaHolding({ loaded, residency, serverNowMs: now }: OllamaLook, wanted: Wanted): Holding {
  if (!loaded) return { kind: "barred", note: "It did not tell what is loaded", isGone: false };
  const model = modelOf(loaded, wanted.model);
  if (!model) return { kind: "barred", note: "Its model is not loaded", isGone: true };
  const { residents } = residency;
  const choice = chooseModel({ ...wanted, loaded: [model], residents, embedding: new Set(), serverNowMs: now });
  return "model" in choice
    ? { kind: "free", model: wanted.model, query: "" }
    : { kind: "barred", note: choice.skipped, isGone: false };
}

/** After the look that follows a canary: what has another context by now was loaded anew by it. */
export function afterSentence(before: OllamaLook, after: OllamaLook, name: string | undefined): Residency {
  const [was, is] = [before, after].map(({ loaded }) => modelOf(loaded ?? [], name));
  if (!was || !is || was.contextLength === is.contextLength) return after.residency;
  return { ...after.residency, residents: barResident(after.residency.residents, is, "reloaded") };
}

function modelOf(loaded: readonly LoadedModel[], name: string | undefined): LoadedModel | undefined {
  return loaded.find((model) => name !== undefined && notListed([name], [model.name]).length === 0);
}

export function packResidency({ residents, lookedMs }: Residency): { readonly [key: string]: Json } {
  return { residents: packResidents(residents), lookedMs };
}

export function unpackResidency(memory: Json): Residency {
  const packed = (memory as { readonly residents?: Json } | null)?.residents ?? null;
  return { residents: unpackResidents(packed), lookedMs: numberAt(memory, "lookedMs") };
}

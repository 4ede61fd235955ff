/**
 * What a look at the list of loaded models, and a canary, change in what is known of an Ollama. Pure. Used by ollama.ts.
 * Invariant: that a model is loaded is proven by what it has generated only, and only as long as it does not leave the list.
 */
import { failedCanary, forgetVerdict, lostCanary, nextCanary, refusedCanary } from "./canary.ts";
import type { CanaryOutcome } from "./ollama-canary.ts";
import type { FailedModel, OllamaMemory } from "./ollama-memory.ts";
import { barResident, observeResidents } from "./ollama-residency.ts";
import { readLoaded, serverNowMs, type LoadedModel } from "./ollama-state.ts";
import type { Reply } from "./server-api.ts";

export interface Sight {
  /** In the order of the server, which is that of their expiry; null: not known. */
  readonly loaded: readonly LoadedModel[] | null;
  readonly serverNowMs: number | null;
  readonly memory: OllamaMemory;
}

/** `reply` null: there was no time to ask. */
export function see(memory: OllamaMemory, reply: Reply | null, nowMs: number): Sight {
  const loaded = reply && readLoaded(reply);
  if (!loaded) return { loaded: null, serverNowMs: null, memory };
  const look = {
    nowMs,
    serverNowMs: serverNowMs(reply),
    sinceLastMs: memory.lookedMs === null ? null : Math.max(0, nowMs - memory.lookedMs),
  };
  const { proven, failed, askedKey, canary } = memory;
  const modelOf = (key: string | undefined | null) => loaded.find((model) => model.key === key);
  const failedStill = failed && stillFailed(failed, modelOf(failed.key));
  const isOver = !modelOf(askedKey) || (failed !== null && failedStill === null);
  return {
    loaded,
    serverNowMs: look.serverNowMs,
    memory: {
      ...memory,
      lookedMs: nowMs,
      residents: observeResidents(memory.residents, loaded, look),
      proven: modelOf(proven?.key) ? proven : null,
      failed: failedStill,
      canary: isOver ? forgetVerdict(canary) : canary,
    },
  };
}

/** Until it is gone, or somebody has called it, which loads it. */
function stillFailed(failed: FailedModel, model: LoadedModel | undefined): FailedModel | null {
  if (!model) return null;
  if (failed.expiresAtMs === null) return { ...failed, expiresAtMs: model.expiresAtMs };
  return failed.expiresAtMs === model.expiresAtMs ? failed : null;
}

export function afterCanary(
  memory: OllamaMemory,
  { model, outcome, sentMs }: { model: LoadedModel; outcome: CanaryOutcome; sentMs: number },
): OllamaMemory {
  const { key } = model;
  const asked = { ...memory, askedKey: key };
  const refused = { ...asked, canary: refusedCanary(memory.canary, sentMs) };
  // Its expiry may have moved by this canary, which is no call of somebody.
  const failed = memory.failed && { ...memory.failed, atMs: sentMs, expiresAtMs: null };
  switch (outcome.kind) {
    case "answered":
      return {
        ...asked,
        canary: nextCanary(memory.canary, outcome, sentMs),
        proven: { key, atMs: sentMs },
        failed: null,
      };
    case "silent":
      return { ...asked, canary: nextCanary(memory.canary, null, sentMs), failed };
    case "failed":
      return {
        ...asked,
        canary: failedCanary(memory.canary, outcome.statusCode, sentMs),
        proven: null,
        failed: { key, statusCode: outcome.statusCode, atMs: sentMs, expiresAtMs: null },
      };
    case "textless":
      return { ...refused, failed: null, residents: barResident(memory.residents, model, "textless") };
    case "refused":
      return { ...asked, canary: lostCanary(memory.canary, sentMs), failed };
  }
}

/** After the look that follows a canary: what has another context by now was loaded anew by it, or by somebody at the same time. */
export function barReloaded({ memory, loaded, ...sight }: Sight, model: LoadedModel): Sight {
  const after = loaded?.find(({ key }) => key === model.key);
  if (!after || after.contextLength === model.contextLength) return { memory, loaded, ...sight };
  const residents = barResident(memory.residents, model, "reloaded");
  return { ...sight, loaded, memory: { ...memory, residents } };
}

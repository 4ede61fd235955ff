/**
 * What a probe of Ollama leaves for the next one: 1 kB at most, and no text of the server but its version.
 * Pure. Used by ollama.ts. Invariant: total: what was left by another version of this service, or by nobody, is nothing.
 */
import type { AsideSilence } from "../domain/monitoring/aside-silence.ts";
import type { Json } from "../domain/monitoring/check.ts";
import { packAside, unpackAside } from "./aside.ts";
import {
  afterDeath,
  forgetVerdict,
  isRestart,
  NO_CANARY,
  packCanary,
  resumeCanary,
  type CanaryState,
} from "./canary.ts";
import type { ProbeFailure } from "./observe.ts";
import { packResidents, unpackResidents, type Resident } from "./ollama-residency.ts";
import { asObject, numberAt, textAt, type JsonObject } from "./read-json.ts";

/** A model, by its key, that could not generate although it was listed as loaded. */
export interface FailedModel {
  readonly key: string;
  readonly statusCode: number;
  /** When it was asked last, epoch ms. */
  readonly atMs: number;
  /** As it was after that: once it moves, somebody has called the model. Null: not seen. */
  readonly expiresAtMs: number | null;
}

export interface OllamaMemory {
  readonly version: string | null;
  readonly versionAskedMs: number | null;
  /** When the list of loaded models was last read. */
  readonly lookedMs: number | null;
  readonly residents: readonly Resident[];
  readonly canary: CanaryState;
  /** The key of the model that the last canary was for. */
  readonly askedKey: string | null;
  /** The model that has generated last, and not left the list since. */
  readonly proven: { readonly key: string; readonly atMs: number } | null;
  readonly failed: FailedModel | null;
  /** That it does not tell what is loaded. */
  readonly aside: AsideSilence | null;
}

const NOTHING_KNOWN: OllamaMemory = {
  version: null,
  versionAskedMs: null,
  lookedMs: null,
  residents: [],
  canary: NO_CANARY,
  askedKey: null,
  proven: null,
  failed: null,
  aside: null,
};

export function packMemory({ canary, residents, proven, failed, aside, ...rest }: OllamaMemory): Json {
  return {
    ...rest,
    residents: packResidents(residents),
    canary: packCanary(canary),
    proven: proven && { ...proven },
    failed: failed && { k: failed.key, s: failed.statusCode, t: failed.atMs, x: failed.expiresAtMs },
    aside: packAside(aside),
  };
}

export function unpackMemory(packed: Json, nowMs: number): OllamaMemory {
  const kept = asObject(packed);
  if (!kept) return NOTHING_KNOWN;
  return {
    version: textAt(kept, "version"),
    versionAskedMs: numberAt(kept, "versionAskedMs"),
    lookedMs: numberAt(kept, "lookedMs"),
    residents: unpackResidents(jsonAt(kept, "residents")),
    canary: resumeCanary(jsonAt(kept, "canary"), nowMs),
    askedKey: textAt(kept, "askedKey"),
    proven: unpackProven(asObject(kept["proven"])),
    failed: unpackFailed(asObject(kept["failed"])),
    aside: unpackAside(kept["aside"]),
  };
}

// What was stored as JSON is JSON.
const jsonAt = (kept: JsonObject, key: string): Json => (kept[key] as Json | undefined) ?? null;

/** What only another canary could end, where there are none any more. */
export function withoutVerdict(memory: OllamaMemory): OllamaMemory {
  return { ...memory, canary: forgetVerdict(memory.canary), failed: null };
}

/** After a probe that found it not alive. */
export function afterOutage(memory: OllamaMemory, failure: Pick<ProbeFailure, "reason">): OllamaMemory {
  const canary = afterDeath(memory.canary, failure);
  return { ...memory, canary, ...(isRestart(failure) && { failed: null }) };
}

function unpackProven(kept: JsonObject | null): OllamaMemory["proven"] {
  const [key, atMs] = [textAt(kept, "key"), numberAt(kept, "atMs")];
  return key === null || atMs === null ? null : { key, atMs };
}

function unpackFailed(kept: JsonObject | null): FailedModel | null {
  const [key, statusCode, atMs] = [textAt(kept, "k"), numberAt(kept, "s"), numberAt(kept, "t")];
  if (key === null || statusCode === null || atMs === null) return null;
  return { key, statusCode, atMs, expiresAtMs: numberAt(kept, "x") };
}

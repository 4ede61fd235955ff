/**
 * Whether an embedding still means what it meant: the direction of a vector against that of the first good answer to the same sentence.
 * Pure. Used by embeddings.ts. Invariants: total for whatever a server sends; what is kept of a vector fits into a baseline.
 */
import type { Json } from "../domain/monitoring/check.ts";
import { asObject, numberAt, objectAt, objectsAt } from "./read-json.ts";

export interface Vector {
  /** How many numbers it had. */
  readonly dimension: number;
  /** Of length 1, in units of 1/SCALE; every n-th of a long one. */
  readonly parts: readonly number[];
}

const SCALE = 10_000;
/** Five characters each in JSON; a baseline has 32 kB. */
const MOST_PARTS = 4_096;

/** OpenAI's `data[0].embedding`, Ollama's `embeddings[0]`, TEI's `[0]`; null: there is no vector, or one without direction. */
export function readEmbedding(json: unknown): Vector | null {
  const [first] = objectsAt(json, "data") ?? [];
  const lists = asObject(json)?.["embeddings"] ?? json;
  const numbers: unknown = first ? first["embedding"] : Array.isArray(lists) ? lists[0] : null;
  return Array.isArray(numbers) && numbers.every(Number.isFinite) ? toVector(numbers as number[]) : null;
}

function toVector(numbers: readonly number[]): Vector | null {
  const step = Math.ceil(numbers.length / MOST_PARTS);
  const kept = numbers.filter((_, index) => index % step === 0);
  const length = Math.hypot(...kept);
  if (kept.length === 0 || length === 0 || !Number.isFinite(length)) return null;
  return { dimension: numbers.length, parts: kept.map((each) => Math.round((each / length) * SCALE)) };
}

/** −1 to 1: the cosine of the angle between them; null: they have no angle, as their dimensions differ. */
export function similarity(one: Vector, other: Vector): number | null {
  if (one.dimension !== other.dimension) return null;
  const product = one.parts.reduce((sum, part, index) => sum + part * (other.parts[index] ?? 0), 0);
  const cosine = product / (Math.hypot(...one.parts) * Math.hypot(...other.parts));
  return Math.round(cosine * 10_000) / 10_000;
}

export function packVector({ dimension, parts }: Vector): Json {
  return { dimension, parts };
}

/** Null: none was kept. */
export function unpackVector(baseline: Json): Vector | null {
  const dimension = numberAt(baseline, "dimension");
  const parts = asObject(baseline)?.["parts"];
  return dimension !== null && Array.isArray(parts) ? { dimension, parts: parts as number[] } : null;
}

/** What the last comparison came to; null: there was none. */
export interface Drift {
  readonly dimension: number;
  readonly similarity: number | null;
  readonly firstDimension: number;
}

export function packDrift(drift: Drift | null): Json {
  return drift && { ...drift };
}

export function unpackDrift(memory: Json): Drift | null {
  const kept = objectAt(memory, "drift");
  const [dimension, firstDimension] = [numberAt(kept, "dimension"), numberAt(kept, "firstDimension")];
  if (dimension === null || firstDimension === null) return null;
  return { dimension, firstDimension, similarity: numberAt(kept, "similarity") };
}

/** In a sentence; null: it means what it meant. */
export function describeDrift({ dimension, firstDimension, similarity: found }: Drift, least: number): string | null {
  const advice = "embed stored texts again, or change `reference` if it was meant";
  if (found === null)
    return `Another model: its vectors have ${dimension} numbers, at first they had ${firstDimension}; ${advice}`;
  if (found >= least) return null;
  return `Another model, perhaps: a fixed sentence is only ${found} like it was at first; ${advice}`;
}

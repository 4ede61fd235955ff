/**
 * What a check tells of the models behind a service and of how occupied it is, read from the `data` of the check types that look into
 * their servers (shared/probes/README.md). Pure and total: of a plain check, and of whatever else stands there, nothing is known.
 * Invariant: a list of which a part was left out says so, as what is not in it may be there all the same.
 */
import type { Json } from "../monitoring/check.ts";

export interface Served {
  /** Names; null: not known. */
  readonly models: readonly string[] | null;
  /** Whether `models` are all. */
  readonly isComplete: boolean;
  /** Names of what is in memory; null: not known. That it is loaded does not mean that it is idle. */
  readonly loaded: readonly string[] | null;
  /** Of slots, 0 … 1; null: not known. */
  readonly busyShare: number | null;
}

const NOTHING_KNOWN: Served = { models: null, isComplete: false, loaded: null, busyShare: null };

/** As fit-data.ts ends a list for which there was no room. */
const AND_MORE = /^… and \d+ more$/;

export function readServed(data: Json | undefined): Served {
  if (!isObject(data)) return NOTHING_KNOWN;
  const { models: listed, model, loaded, sleeping, slots_total: total, slots_busy: busy } = data;
  const names = namesIn(listed) ?? (typeof model === "string" ? [model] : null);
  const models = names?.filter((name) => !AND_MORE.test(name)) ?? null;
  const isAwake = typeof model === "string" && sleeping === false;
  return {
    models,
    isComplete: models !== null && models.length === names?.length,
    loaded: namesIn(loaded) ?? (isAwake ? models : null),
    busyShare: shareOf(busy, total),
  };
}

function shareOf(busy: Json | undefined, total: Json | undefined): number | null {
  return typeof busy === "number" && typeof total === "number" && total > 0
    ? Math.min(1, Math.max(0, busy / total))
    : null;
}

/** Of a list of names, or of objects that have one; null: it is none. */
function namesIn(list: Json | undefined): string[] | null {
  if (!Array.isArray(list)) return null;
  const entries: readonly Json[] = list;
  return entries
    .map((entry) => (isObject(entry) ? (entry["name"] ?? entry["id"]) : entry))
    .filter((name) => typeof name === "string");
}

function isObject(value: Json | undefined): value is { readonly [key: string]: Json } {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

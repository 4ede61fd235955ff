/**
 * How long models of Ollama stay loaded after each call (their keep_alive), which no list says: learned from how `expires_at` moves.
 * Pure. Used by ollama.ts and ollama-canary.ts, since a canary that comes more often than that keeps a model loaded for ever.
 * Invariant: once a model was seen to be called, `keepAliveMs` is never less than what it really is.
 */
import type { Json } from "../domain/monitoring/check.ts";
import { isPinned, type LoadedModel } from "./ollama-state.ts";
import { numberAt, objectsOf, textAt } from "./read-json.ts";

export interface Resident {
  readonly key: string;
  readonly expiresAtMs: number | null;
  /** When it was last seen in the list. */
  readonly seenMs: number;
  /** At most; null: nothing is known of it. */
  readonly keepAliveMs: number | null;
  /** Why it is not to have canaries; null: it may. */
  readonly bar: Bar | null;
}

/** It makes no text, or a canary was seen to load it anew with other options than those of its users. */
export type Bar = "textless" | "reloaded";

const BARS: readonly Bar[] = ["textless", "reloaded"];
/** As they are kept: there is little room. */
const LETTERS: Readonly<Record<Bar, string>> = { textless: "t", reloaded: "r" };

/** What a look at the list of loaded models was like. */
export interface Look {
  readonly nowMs: number;
  /** By the clock of the server; null: it does not tell. */
  readonly serverNowMs: number | null;
  /** How long ago the look before this one was; null: there was none. */
  readonly sinceLastMs: number | null;
}

/** Also of what is not loaded any more; the clock of a model that comes back is known. */
const MOST_RESIDENTS = 5;

export function observeResidents(before: readonly Resident[], loaded: readonly LoadedModel[], look: Look): Resident[] {
  const now = loaded.map((model) => observeResident(residentOf(before, model), model, look));
  const gone = before.filter(({ key }) => loaded.every((model) => model.key !== key));
  // What is not in the list now has no expiry to compare with.
  return [...now, ...gone.map((resident) => ({ ...resident, expiresAtMs: null }))].slice(0, MOST_RESIDENTS);
}

export function residentOf(residents: readonly Resident[], { key }: Pick<LoadedModel, "key">): Resident | undefined {
  return residents.find((resident) => resident.key === key);
}

export function barResident(residents: readonly Resident[], { key }: LoadedModel, bar: Bar): Resident[] {
  return residents.map((resident) => (resident.key === key ? { ...resident, bar } : resident));
}

/** Ms until it is unloaded, if nobody calls it; Infinity: never; null: that cannot be told. */
export function leftMs(model: LoadedModel, serverNow: number | null): number | null {
  const { expiresAtMs } = model;
  if (isPinned(model)) return Infinity;
  return expiresAtMs === null || serverNow === null ? null : expiresAtMs - serverNow;
}

function observeResident(before: Resident | undefined, model: LoadedModel, look: Look): Resident {
  const { key, expiresAtMs } = model;
  const keepAliveMs = learn(before, model, look);
  return { key, seenMs: look.nowMs, expiresAtMs, keepAliveMs, bar: before?.bar ?? null };
}

function learn(before: Resident | undefined, model: LoadedModel, { serverNowMs, sinceLastMs }: Look): number | null {
  const known = before?.keepAliveMs ?? null;
  const left = leftMs(model, serverNowMs);
  if (left === null || left === Infinity || left <= 0) return known;
  const wasCalled = before ? before.expiresAtMs !== model.expiresAtMs : sinceLastMs !== null;
  // It was called since the last look, so what is left of its time is at most that much shorter than all of it.
  const most = wasCalled && sinceLastMs !== null ? left + sinceLastMs : Infinity;
  return Math.min(Math.max(known ?? (most < Infinity ? most : left), left), most);
}

export function packResidents(residents: readonly Resident[]): Json {
  return residents.map(({ key, seenMs, expiresAtMs, keepAliveMs, bar }) => ({
    k: key,
    s: seenMs,
    ...(expiresAtMs !== null && { x: expiresAtMs }),
    ...(keepAliveMs !== null && { a: keepAliveMs }),
    ...(bar && { b: LETTERS[bar] }),
  }));
}

/** What was never packed is none. */
export function unpackResidents(packed: Json): Resident[] {
  return (objectsOf(packed) ?? []).flatMap((row) => {
    const [key, letter] = [textAt(row, "k"), textAt(row, "b")];
    const bar = BARS.find((each) => LETTERS[each] === letter) ?? null;
    if (key === null) return [];
    const seenMs = numberAt(row, "s") ?? 0;
    return [{ key, seenMs, expiresAtMs: numberAt(row, "x"), keepAliveMs: numberAt(row, "a"), bar }];
  });
}

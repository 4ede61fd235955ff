/**
 * Makes what a deep probe tells of a server small enough to be kept whole: what is too large would be kept as a summary only.
 * Pure. Invariants: what a check type says first stays longest; nothing that a server nests recurses without end.
 */
import { MAX_DEPTH, TOO_DEEP, utf8Bytes } from "../domain/monitoring/body-data.ts";
import type { Json } from "../domain/monitoring/check.ts";

/** Cleaning replaces characters by what may be a few bytes longer; body-data.ts takes 1,024. */
const MOST_BYTES = 960;

const MOST_NAMES = 20;
const MOST_NAME_LENGTH = 64;

/** `undefined`: the server cannot tell, and it is not said. Facts at the end go first when there is no room. */
export function fitData(facts: Readonly<Record<string, Json | undefined>>): { readonly [key: string]: Json } {
  const told = Object.entries(facts).flatMap(([name, fact]): [string, Json][] =>
    fact === undefined ? [] : [[name, cutDeep(fact, 1)]],
  );
  while (told.length > 1 && utf8Bytes(JSON.stringify(Object.fromEntries(told))) > MOST_BYTES) told.pop();
  return Object.fromEntries(told);
}

/** What is nested deeper than body-data.ts takes cannot even be written as JSON when it is deep enough. */
function cutDeep(value: Json, depth: number): Json {
  if (typeof value !== "object" || value === null) return value;
  if (depth >= MAX_DEPTH) return TOO_DEEP;
  if (Array.isArray(value)) return value.map((item: Json) => cutDeep(item, depth + 1));
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, cutDeep(item, depth + 1)]));
}

/** At most twenty names, and at most so many bytes; the last entry then says how many there are beside them. */
export function listNames(names: readonly string[], mostBytes = Infinity): string[] {
  const shown = names.slice(0, MOST_NAMES).map(cutName);
  const told = () => (names.length > shown.length ? [...shown, `… and ${names.length - shown.length} more`] : shown);
  while (shown.length > 1 && utf8Bytes(JSON.stringify(told())) > mostBytes) shown.pop();
  return told();
}

export function cutName(name: string): string {
  return [...name].slice(0, MOST_NAME_LENGTH).join("");
}

/** Room for the list of models, so that the facts beside it stay. */
export function bytesBeside(facts: Readonly<Record<string, Json | undefined>>): number {
  return MOST_BYTES - utf8Bytes(JSON.stringify({ ...facts, models: 0 }));
}

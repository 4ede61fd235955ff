/**
 * Makes what a deep probe tells of a server small enough to be kept whole: what is too large would be kept as a summary only.
 * Pure. Invariant: what a check type says first stays longest.
 */
import { utf8Bytes } from "../domain/monitoring/body-data.ts";
import type { Json } from "../domain/monitoring/check.ts";

/** Cleaning replaces characters by what may be a few bytes longer; body-data.ts takes 1,024. */
const MOST_BYTES = 960;

const MOST_NAMES = 20;
const MOST_NAME_LENGTH = 64;

/** `undefined`: the server cannot tell, and it is not said. Facts at the end go first when there is no room. */
export function fitData(facts: Readonly<Record<string, Json | undefined>>): { readonly [key: string]: Json } {
  const told = Object.entries(facts).filter((fact): fact is [string, Json] => fact[1] !== undefined);
  while (told.length > 1 && utf8Bytes(JSON.stringify(Object.fromEntries(told))) > MOST_BYTES) told.pop();
  return Object.fromEntries(told);
}

/** At most twenty names, and at most so many bytes; the last entry then says how many there are beside them. */
export function listNames(names: readonly string[], mostBytes = Infinity): string[] {
  const shown = names.slice(0, MOST_NAMES).map(cutName);
  while (shown.length > 1 && utf8Bytes(JSON.stringify(shown)) > mostBytes) shown.pop();
  return names.length > shown.length ? [...shown, `… and ${names.length - shown.length} more`] : shown;
}

export function cutName(name: string): string {
  return [...name].slice(0, MOST_NAME_LENGTH).join("");
}

/** Room for the list, so that the facts beside it stay. */
export function bytesBeside(facts: Readonly<Record<string, Json | undefined>>): number {
  return MOST_BYTES - utf8Bytes(JSON.stringify(facts));
}

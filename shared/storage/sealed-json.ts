/**
 * JSON that comes back as it was or not at all: a byte that flipped on the disk may leave valid JSON that says something else.
 * Used for what probes have left, which nobody would ever see to be wrong. A guard against accidents, not against people.
 */
import type { Json } from "../domain/monitoring/check.ts";
import { fnv1a } from "../domain/text/fnv1a.ts";

export function seal(value: Json): string {
  const json = JSON.stringify(value);
  return `${fnv1a(json).toString(36)}:${json}`;
}

/** Throws for what `seal` has not returned. */
export function unseal(text: string): Json {
  const json = text.slice(text.indexOf(":") + 1);
  if (text !== `${fnv1a(json).toString(36)}:${json}`) throw new Error("not as it was stored");
  return JSON.parse(json);
}

/**
 * Parses one map of the configuration against a zod shape and reports everything that is wrong with it.
 * Called by `parse-config` and `parse-service` for each section. Knows no particular key.
 * Invariant: a value is returned only when nothing was reported, unknown keys aside.
 */
import type * as z from "zod/mini";
import { expectationOf } from "./expectation.ts";
import { quote } from "./fault.ts";
import type { FaultLog } from "./fault-log.ts";
import { isMap, plainOf, type Located, type LocatedMap, type Path } from "./located.ts";
import { nearestKey } from "./nearest-key.ts";

export interface SectionPlace {
  readonly path: Path;
  readonly log: FaultLog;
}

/** The map at a place; an absent one is empty, so that its defaults apply. Anything else is reported and gives null. */
export function mapOf(node: Located | undefined, { path, log }: SectionPlace, expected: string): LocatedMap | null {
  if (node === undefined) return new Map();
  if (isMap(node.value)) return node.value;
  log.add(path, expected);
  return null;
}

/** Which keys a section may have, and what to say about keys that are known not to belong there. */
export interface KeyRules {
  readonly known: readonly string[];
  readonly misplaced: ReadonlyMap<string, string>;
}

/** Reports the keys of a map that are not `known`: misplaced ones in their own words, others with a guess. */
export function checkKeys(map: LocatedMap, { known, misplaced }: KeyRules, { path, log }: SectionPlace): void {
  for (const key of map.keys()) {
    if (known.includes(key)) continue;
    log.add([...path, key], misplaced.get(key) ?? nearestOf(key, known), `the key ${quote(key)}`);
  }
}

/** All of a section whose keys are exactly those of `schema`; null after reporting at least one fault. */
export function parseSection<Shape extends z.core.$ZodLooseShape>(
  node: Located | undefined,
  { schema, misplaced }: { schema: z.ZodMiniObject<Shape>; misplaced: KeyRules["misplaced"] },
  place: SectionPlace,
): z.output<z.ZodMiniObject<Shape>> | null {
  const map = mapOf(node, place, "a map");
  if (map === null) return null;
  checkKeys(map, { known: Object.keys(schema.shape), misplaced }, place);
  return parseKeys(map, schema, place);
}

/** The parsed values of the keys of `schema`, other keys ignored; null after reporting what is wrong with them. */
export function parseKeys<Shape extends z.core.$ZodLooseShape>(
  map: LocatedMap,
  schema: z.ZodMiniObject<Shape>,
  place: SectionPlace,
): z.output<z.ZodMiniObject<Shape>> | null {
  const known = new Map([...map].filter(([key]) => Object.hasOwn(schema.shape, key)));
  const parsed = schema.safeParse(plainOf({ line: 0, value: known }), { error: expectationOf });
  if (parsed.success) return parsed.data;
  for (const issue of parsed.error.issues) reportIssue(issue, place);
  return null;
}

function reportIssue(issue: z.core.$ZodIssue, { path, log }: SectionPlace): void {
  const place = [...path, ...issue.path.map((step) => (typeof step === "number" ? step : String(step)))];
  if (issue.code === "unrecognized_keys") {
    for (const key of issue.keys) log.add([...place, key], issue.message, `the key ${quote(key)}`);
  } else if (issue.code === "invalid_key") {
    log.add(place, issue.message, `the key ${quote(String(issue.path.at(-1)))}`);
  } else {
    log.add(place, issue.message);
  }
}

function nearestOf(key: string, known: readonly string[]): string {
  const nearest = nearestKey(key, known);
  return nearest === undefined ? `one of ${known.join(", ")}` : `no such key; perhaps "${nearest}" is meant`;
}

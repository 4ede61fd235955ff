/**
 * Parses one map of the configuration against a zod shape and reports everything that is wrong with it.
 * Called by `parse-config` and `parse-service` for each section. Knows no particular key.
 * Invariant: a value is returned only when nothing was reported, unknown keys aside.
 */
import * as z from "zod/mini";
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

/** Reports the keys of a map that are not `known`; `planned` ones in their own words. */
export function checkKeys(
  map: LocatedMap,
  { known, planned }: { known: readonly string[]; planned: readonly string[] },
  { path, log }: SectionPlace,
): void {
  for (const key of map.keys()) {
    if (known.includes(key)) continue;
    log.add([...path, key], expectedInsteadOf(key, known, planned), `the key ${quote(key)}`);
  }
}

/** All of a section whose keys are exactly those of `schema`; null after reporting at least one fault. */
export function parseSection<Shape extends z.core.$ZodLooseShape>(
  node: Located | undefined,
  { schema, planned }: { schema: z.ZodMiniObject<Shape>; planned: readonly string[] },
  place: SectionPlace,
): z.output<z.ZodMiniObject<Shape>> | null {
  const map = mapOf(node, place, "a map");
  if (map === null) return null;
  checkKeys(map, { known: Object.keys(schema.shape), planned }, place);
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

function expectedInsteadOf(key: string, known: readonly string[], planned: readonly string[]): string {
  if (planned.includes(key)) return "no such key: not supported by this version";
  const nearest = nearestKey(key, known);
  return nearest === undefined ? `one of ${known.join(", ")}` : `no such key; perhaps "${nearest}" is meant`;
}

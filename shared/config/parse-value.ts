/**
 * Parses one value of the configuration by a zod schema and reports everything that is wrong with it.
 * Called for each section and for what is within. Knows no particular key.
 * Invariant: a value is returned only when nothing was reported.
 */
import * as z from "zod/mini";
import { describeExpectation, KNOWN_KEYS_SEPARATOR } from "./expectation.ts";
import type { Place } from "./fault-log.ts";
import { quote } from "./fault.ts";
import { suggestKey } from "./nearest-key.ts";

export type PlainMap = Readonly<Record<string, unknown>>;

export function isPlainMap(value: unknown): value is PlainMap {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** What a schema makes of a value; undefined after reporting what is wrong with it. */
export function parseValue<Schema extends z.ZodMiniType>(
  value: unknown,
  schema: Schema,
  place: Place,
): z.output<Schema> | undefined {
  const parsed = z.safeParse(schema, value, { error: describeExpectation });
  if (parsed.success) return parsed.data;
  for (const issue of parsed.error.issues) reportIssue(issue, place);
  return undefined;
}

const PLANNED = "no such key: not supported by this version";

const renamedTo = (name: string): string => `${name}, the new name of this key`;

/**
 * Keys that no file may have any more, or not yet, by their path, with what is expected instead; of all others a typing error is
 * guessed. To rename a public key: a line here.
 */
const REFUSED_KEYS: ReadonlyMap<string, string> = new Map([
  ["routes", PLANNED],
  ["slo", PLANNED],
  ["intervals.analysis", PLANNED],
  ["alerting.references", renamedTo("connectivity_targets")],
]);

/** Reports a key that is not among those that are known at a place. */
export function refuseKey(key: string, known: readonly string[], place: Place): void {
  const refused = place.at(key);
  refused.fault(REFUSED_KEYS.get(refused.toString()) ?? suggestKey(key, known), `the key ${quote(key)}`);
}

function reportIssue(issue: z.core.$ZodIssue, parent: Place): void {
  const steps = issue.path.map((step) => (typeof step === "number" ? step : String(step)));
  const place = parent.at(...steps);
  if (issue.code === "unrecognized_keys") {
    for (const key of issue.keys) refuseKey(key, issue.message.split(KNOWN_KEYS_SEPARATOR), place);
  } else if (issue.code === "invalid_key") {
    place.fault(issue.message, `the key ${quote(String(steps.at(-1)))}`);
  } else {
    place.fault(issue.message);
  }
}

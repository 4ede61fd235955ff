/**
 * Pieces of schemas that several sections share. A schema's `error` completes the sentence "expected …".
 * Invariant: an id is safe as a path segment of URLs and as a key of JavaScript and JSON objects.
 */
import * as z from "zod/mini";
import type { ReportFault } from "../domain/report-fault.ts";
import { cleanText } from "../domain/text/clean-text.ts";
import type { Path } from "./fault.ts";
import { suggestName } from "../domain/text/nearest-key.ts";

/** Of digits alone an id would lose its place in the order of a JSON object. */
const ID_PATTERN = /^(?!\d+$)[A-Za-z0-9_-]{1,64}$/;

/** A short text for people, as it may be shown anywhere: on one line, without what cannot be seen. */
export function sentenceSchema(mostCharacters: number) {
  const error = `1 to ${mostCharacters} characters without line breaks`;
  const fits = z.string().check(z.regex(new RegExp(`^\\P{Cc}{1,${mostCharacters}}$`, "u"), { error }));
  return z.pipe(
    fits,
    z.transform((text, { issues }) => {
      const seen = cleanText(text).trim();
      if (seen === "") issues.push(faultAt([], `${error}, not blank`));
      return seen;
    }),
  );
}

/** What people call something. */
export const nameSchema = sentenceSchema(100);

/** The key of a map by id. What every JavaScript object inherits would be found where nothing is. */
export const idSchema = z.string().check(
  z.regex(ID_PATTERN, { error: 'an id of letters, digits, "_" and "-", at most 64 characters, not digits alone' }),
  z.refine((id) => !(id in Object.prototype), { error: "another id: this one is reserved" }),
);

export function about<Schema extends z.ZodMiniType>(description: string, schema: Schema): Schema {
  return schema.check(z.describe(description));
}

/** A text that names one of what is configured elsewhere. */
export function knownName(kind: string, known: readonly string[]) {
  return z.string().check(({ value, issues }) => {
    if (!known.includes(value)) issues.push(faultAt([], suggestName(kind, value, known)));
  });
}

/** A fault that no schema expresses, for the issues of a check or a transformation. */
export function faultAt(path: Path, expected: string) {
  return { code: "custom" as const, message: expected, path: [...path], input: undefined };
}

/** What `make` makes of settings, or issues; `otherwise` is expected where it refuses them without saying why. */
export function configure<Value>(
  issues: z.core.$ZodRawIssue[],
  make: (report: ReportFault) => Value | null,
  otherwise: string,
): Value {
  const countBefore = issues.length;
  const made = make((key, expected) => issues.push(faultAt([key], expected)));
  if (made === null && issues.length === countBefore) issues.push(faultAt([], otherwise));
  return made ?? z.NEVER;
}

/**
 * The parameters that several endpoints share, each with its one meaning. Their schemas read texts.
 * Invariant: same name, same meaning everywhere.
 */
import * as z from "zod/mini";
import { LATEST_MS } from "../../shared/domain/text/timestamp.ts";
import { instantMs, noted } from "../wire/schemas.ts";

interface WholeNumber {
  readonly description: string;
  /** Default: 1. */
  readonly least?: number;
  /** At most 9999. */
  readonly most: number;
  readonly byDefault: number;
}

const DIGITS = /^(0|[1-9]\d{0,3})$/;

/** In plain digits. */
export function wholeNumber({ description, least = 1, most, byDefault }: WholeNumber) {
  const expected = `expected a whole number from ${least} to ${most}`;
  return noted(
    { description, type: "integer", minimum: least, maximum: most, default: byDefault, pattern: undefined },
    z._default(
      z.pipe(
        z
          .string()
          .check(z.refine((text) => DIGITS.test(text) && Number(text) >= least && Number(text) <= most, expected)),
        z.transform((text: string) => Number(text)),
      ),
      byDefault,
    ),
  );
}

export const limit = wholeNumber({
  description: "How many entries at most, in plain digits; a page of large entries may be shorter. Follow next_cursor.",
  most: 1000,
  byDefault: 50,
});

/** An instant, in epoch ms. */
export function instant(description: string) {
  return noted(description, z.optional(instantMs));
}

/** In epoch ms; everything, where an end is not given. `untilMs` is exclusive. */
export function openTimeRange({ since, until }: { since?: number | undefined; until?: number | undefined }) {
  return { sinceMs: since ?? 0, untilMs: until ?? LATEST_MS };
}

export function flag(description: string) {
  return noted(
    { description, type: "boolean", default: false, enum: undefined },
    z._default(
      z.pipe(
        z.enum(["true", "false"]),
        z.transform((text: "true" | "false") => text === "true"),
      ),
      false,
    ),
  );
}

/** What the configuration calls something, in a path. */
export function key(description: string) {
  return noted(description, z.string().check(z.regex(/^[A-Za-z0-9_-]{1,64}$/, "expected the key of a service")));
}

/** Whether it is configured, the endpoint looks up. */
export const capabilityName = z.string().check(z.regex(/^[A-Za-z0-9_-]{1,64}$/, "expected the name of a capability"));

/** What we have called something, in a path. */
export function id(description: string) {
  return noted(description, z.string().check(z.regex(/^[A-Za-z0-9_-]{1,150}$/)));
}

/**
 * The parameters that several endpoints share, each with its one meaning.
 * Used in endpoint declarations. Invariant: same name, same meaning everywhere.
 */
import * as z from "zod/mini";
import { parseTimestamp } from "../../shared/domain/text/timestamp.ts";
import type { Parameter } from "./parameter.ts";

const MAX_LIMIT = 1000;
const DEFAULT_LIMIT = 50;
const WHOLE_NUMBER = /^[1-9]\d{0,3}$/;

export const limit: Parameter<number> = {
  description: "How many entries at most; a page of large entries may be shorter. Follow next_cursor.",
  schema: z._default(z.int().check(z.gte(1), z.lte(MAX_LIMIT)), DEFAULT_LIMIT),
  expected: `a whole number from 1 to ${MAX_LIMIT}`,
  absent: DEFAULT_LIMIT,
  read: (text) => {
    const value = WHOLE_NUMBER.test(text) ? Number(text) : Infinity;
    return value <= MAX_LIMIT ? value : undefined;
  },
};

/** An instant in epoch ms; null when absent. */
export function instant(description: string): Parameter<number | null> {
  return {
    description,
    schema: z.iso.datetime({ offset: true }),
    expected: "an RFC 3339 instant with a zone, such as 2026-11-23T10:30:00Z",
    absent: null,
    read: (text) => parseTimestamp(text) ?? undefined,
  };
}

export function flag(description: string): Parameter<boolean> {
  return {
    description,
    schema: z._default(z.boolean(), false),
    expected: "true or false",
    absent: false,
    read: (text) => (text === "true" ? true : text === "false" ? false : undefined),
  };
}

/** Any text; what it means is for the endpoint to decide. Null when absent. */
export function shortText(description: string, expected: string, maxLength = 64): Parameter<string | null> {
  return {
    description,
    schema: z.string(),
    expected,
    absent: null,
    read: (value) => (value.length > 0 && value.length <= maxLength ? value : undefined),
  };
}

/** One of a few words; null when absent. */
export function oneOf<Word extends string>(description: string, words: readonly Word[]): Parameter<Word | null> {
  return {
    description,
    schema: z.enum(words),
    expected: `one of ${words.join(", ")}`,
    absent: null,
    read: (text) => words.find((word) => word === text),
  };
}

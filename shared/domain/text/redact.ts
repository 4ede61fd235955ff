/**
 * Removes known secrets from texts that leave the process: logs, messages, stored details, answers.
 * The monitor builds one redactor from the secrets of the configuration and gives it to whatever shows text. Pure.
 * Invariant: no character that belongs to a secret survives, whichever of the known encodings it stands in.
 * A guard, not a proof: a secret that was cut, hashed, compressed, spelled with blanks between its characters, or encoded in two
 * ways, in quoted-printable or as UTF-16 is not recognised.
 */
import type { Json } from "../monitoring/check.ts";
import { cleanText } from "./clean-text.ts";
import { percentDecode } from "./percent-decode.ts";
import { secretPatterns } from "./secret-patterns.ts";

/** Returns the text with every secret replaced by `<secret>`; the same text when it holds none. */
export type Redact = (text: string) => string;

/** What is made of no secret: whoever has large texts need not even ask it. */
export const redactNothing: Redact = (text) => text;

/** Where a secret stands: start (inclusive) and end (exclusive). */
type TextRange = readonly [start: number, end: number];

const PLACEHOLDER = "<secret>";

/** Shorter values occur in ordinary words: hiding them would garble texts and show where they stood. */
const MIN_SECRET_LENGTH = 4;

/** A body may be nested as deep as it is long; what is nested deeper than this becomes null. */
const MAX_JSON_DEPTH = 64;

/**
 * Recognises each secret of at least four characters as it is, percent-encoded (up to three times), escaped as in HTML or a literal of
 * JSON or a programming language, in hex, and within base64 or base64url text at each of the three alignments; the same of the number
 * that it is, and of what it stands for when it is kept encoded. Occurrences that overlap or touch become one placeholder.
 */
export function makeRedactor(secrets: readonly string[]): Redact {
  const hideable = new Set(
    secrets
      .flatMap(readingsOf)
      .flatMap(formsOf)
      .filter(({ length }) => length >= MIN_SECRET_LENGTH),
  );
  if (hideable.size === 0) return redactNothing;
  const patterns = [...hideable].flatMap(secretPatterns);
  return (text) => replaceRanges(text, findRanges(text, patterns));
}

/** As it is, as the number that whoever parses it has, and decoded as whoever gets it in a URL or in JSON does. */
function readingsOf(secret: string): string[] {
  const once = percentDecode(secret);
  const twice = percentDecode(once);
  const decoded = once === secret ? [] : [once, twice, once.replaceAll("+", " ")];
  return [secret, ...decoded, ...unescaped(secret), ...numberTexts(secret)];
}

function unescaped(secret: string): string[] {
  if (!secret.includes("\\")) return [];
  try {
    return [String(JSON.parse(`"${secret}"`))];
  } catch {
    return [];
  }
}

/** Without leading zeros, rounded to what a number can hold, and the digits of that as every language writes them. */
function numberTexts(secret: string): string[] {
  const value = Number(secret);
  if (secret.trim() === "" || !Number.isFinite(value)) return [];
  return Number.isSafeInteger(value) ? [String(value)] : [String(value), ...longDigits(value)];
}

function longDigits(value: number): string[] {
  const [digits = ""] = value.toExponential().split("e");
  return digits.length > FEWEST_TELLING_DIGITS ? [digits] : [];
}

/**
 * As it is, and on one line: in a header, a log or a title, line breaks and tabs become a space, and what is invisible goes.
 * Each also without the blanks around it, which servers take off a header.
 */
function formsOf(secret: string): string[] {
  const clean = cleanText(secret);
  return [secret, clean, clean.replace(/ +/g, " ")].flatMap((form) => [form, form.trim()]);
}

/** Redacts every text, key, number, boolean and null of a JSON value. Of keys that become equal, the last one stays. */
export function redactJson(value: Json, redact: Redact, depth: number = MAX_JSON_DEPTH): Json {
  if (redact === redactNothing) return value;
  if (typeof value === "string") return redact(value);
  if (typeof value === "number") return redactNumber(value, redact);
  if (typeof value === "boolean" || value === null) return redact(String(value)) === PLACEHOLDER ? PLACEHOLDER : value;
  if (depth === 0) return null;
  if (isList(value)) return value.map((item) => redactJson(item, redact, depth - 1));
  return Object.fromEntries(
    Object.entries(value).map(([key, item]) => [redact(key), redactJson(item, redact, depth - 1)]),
  );
}

/**
 * A password of digits comes back as a number from whoever parses it. A few digits of a secret stand in many a size and count, where
 * they tell nobody anything: short ones are hidden only where they are the whole number.
 */
function redactNumber(value: number, redact: Redact): Json {
  const redacted = redact(String(value));
  const isSecret = redacted.length - PLACEHOLDER.length <= String(value).length - FEWEST_TELLING_DIGITS;
  return redacted === PLACEHOLDER || (redacted.includes(PLACEHOLDER) && isSecret) ? redacted : value;
}

const FEWEST_TELLING_DIGITS = 8;

/** Every occurrence, also those that begin within another one; by start. */
function findRanges(text: string, patterns: readonly RegExp[]): TextRange[] {
  const ranges: TextRange[] = [];
  for (const pattern of patterns) {
    pattern.lastIndex = 0;
    for (let match = pattern.exec(text); match; match = pattern.exec(text)) {
      ranges.push([match.index, pattern.lastIndex]);
      pattern.lastIndex = match.index + 1;
    }
  }
  return ranges.sort(([left], [right]) => left - right);
}

function replaceRanges(text: string, ranges: readonly TextRange[]): string {
  if (ranges.length === 0) return text;
  let result = "";
  let copiedTo = 0;
  for (const [start, end] of ranges) {
    if (start > copiedTo || copiedTo === 0) result += text.slice(copiedTo, start) + PLACEHOLDER;
    copiedTo = Math.max(copiedTo, end);
  }
  return result + text.slice(copiedTo);
}

function isList(value: object): value is readonly Json[] {
  return Array.isArray(value);
}

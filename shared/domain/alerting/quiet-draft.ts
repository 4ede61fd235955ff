/**
 * What may be asked of a time in which nobody is told: how long and why.
 * Pure. `maintenance-window.ts` and the endpoints ask it about what somebody wants to add.
 * Invariant: a range without faults ends within 30 days of its beginning; quiet is never for ever.
 */
import type { FieldFault } from "../report-fault.ts";
import { utf8Bytes } from "../monitoring/body-data.ts";
import { DAY_MS } from "../text/timestamp.ts";

/** What is to be quiet for longer belongs into the configuration, where it is read again. */
const MAX_SPAN_DAYS = 30;

/** A start farther ahead is a mistyped year. */
const MAX_AHEAD_DAYS = 365;

/** What `cleanText` takes away, character by character: the document that clients read cannot say it by classes. */
const CLEANED_AWAY =
  String.raw`\u0000-\u001f\u007f-\u009f\u00ad\u034f\u0600-\u0605\u061c\u06dd\u070f\u0890\u0891\u08e2\u115f\u1160\u17b4\u17b5` +
  String.raw`\u180b-\u180f\u200b-\u200f\u2028-\u202e\u2060-\u206f\u3164\ufdd0-\ufdef\ufeff\uffa0\ufff0-\ufffb\ufffe\uffff` +
  "\u{110bd}\u{110cd}\u{13430}-\u{1343f}\u{1bca0}-\u{1bca3}\u{1d173}-\u{1d17a}\u{e0000}-\u{e0fff}" +
  Array.from({ length: 16 }, (_, plane) =>
    String.fromCodePoint(0x1fffe + plane * 0x10000, 0x1ffff + plane * 0x10000),
  ).join("");
const EMPTY_BRAILLE = String.raw`\u2800`;
const BLANK = String.raw` \u00a0\u1680\u2000-\u200a\u202f\u205f\u3000${EMPTY_BRAILLE}`;

/** Not blank, and nothing in it that `cleanText` would take away. Read from left to right without trying twice. */
export const PLAIN_LINE = new RegExp(`^[${BLANK}]*[^\\s${EMPTY_BRAILLE}${CLEANED_AWAY}][^${CLEANED_AWAY}]*$`, "u");

/** Of all silences, and of all windows, as JSON: they are stored with every sweep, in one value of 2 MB with everything that alerting remembers. */
const MOST_STORED_BYTES = 262_144;

/** True for a list of silences or of windows that may be stored with every sweep. */
export function fitsIntoSweep(list: readonly object[]): boolean {
  return utf8Bytes(JSON.stringify(list)) <= MOST_STORED_BYTES;
}

/** Epoch ms. */
export interface TimeRange {
  readonly startsAtMs: number;
  readonly endsAtMs: number;
}

/** Faults of a time range; their fields are `startsAtMs` and `endsAtMs`. */
export function rangeFaults(range: TimeRange, nowMs: number): FieldFault[] {
  const found = { startsAtMs: startFault(range.startsAtMs, nowMs), endsAtMs: endFault(range, nowMs) };
  return Object.entries(found).flatMap(([field, message]) => (message === null ? [] : [{ field, message }]));
}

function startFault(startsAtMs: number, nowMs: number): string | null {
  if (!Number.isSafeInteger(startsAtMs)) return "expected an instant";
  return startsAtMs - nowMs > MAX_AHEAD_DAYS * DAY_MS ? "expected at most a year from now" : null;
}

function endFault({ startsAtMs, endsAtMs }: TimeRange, nowMs: number): string | null {
  if (!Number.isSafeInteger(endsAtMs)) return "expected when it ends";
  if (endsAtMs <= startsAtMs) return "expected an end after the start";
  if (endsAtMs <= nowMs) return "expected an end in the future";
  return endsAtMs - startsAtMs > MAX_SPAN_DAYS * DAY_MS
    ? `expected an end at most ${MAX_SPAN_DAYS} days after the start`
    : null;
}

/** At most `maxLength` characters as Unicode counts them, in one line that can be shown as it is. */
export function isPlainLine(text: string, maxLength: number): boolean {
  return text.isWellFormed() && PLAIN_LINE.test(text) && [...text].length <= maxLength;
}

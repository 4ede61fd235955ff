/**
 * When a receiver wants to hear from us again, as the header Retry-After (RFC 9110 §10.2.3) or a number of seconds says it.
 * Invariant: never throws, never negative, never longer than is believed.
 */

/** Nobody's limits last longer; who asks for a day is mistaken about its clock or its units, and pages would be lost with it. */
const LONGEST_DELAY_MS = 3_600_000;

const SECONDS = /^\d{1,12}(?:\.\d{1,6})?$/;
/** The one form of a date that RFC 9110 lets senders write. */
const HTTP_DATE = /^[A-Z][a-z]{2}, \d{2} [A-Z][a-z]{2} \d{4} \d{2}:\d{2}:\d{2} GMT$/;

/** Milliseconds from `nowMs` (epoch ms) on; null when the header is absent or says nothing. A moment that has passed is 0. */
export function readRetryAfter(value: string | undefined, nowMs: number): number | null {
  if (value === undefined) return null;
  if (SECONDS.test(value)) return readDelaySeconds(Number(value));
  if (!HTTP_DATE.test(value)) return null;
  const atMs = Date.parse(value);
  return Number.isNaN(atMs) ? null : limited(atMs - nowMs);
}

/** Milliseconds of a number of seconds; null for what is none. */
export function readDelaySeconds(seconds: unknown): number | null {
  const isDelay = typeof seconds === "number" && Number.isFinite(seconds) && seconds >= 0;
  return isDelay ? limited(Math.ceil(seconds * 1_000)) : null;
}

function limited(delayMs: number): number {
  return Math.min(Math.max(delayMs, 0), LONGEST_DELAY_MS);
}

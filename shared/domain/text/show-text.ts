/**
 * How a text that somebody else wrote is shown: without secrets, clean, and short. Pure.
 * Invariant: secrets are looked for before the text is cleaned or cut, since what is left of one is not recognised any more,
 * and once more where cleaning has joined what stood apart.
 */
import { cleanText, truncateText } from "./clean-text.ts";
import type { Redact } from "./redact.ts";

export function showText(text: string, redact: Redact, maxLength: number = Infinity): string {
  return showRedacted(redact(text), redact, maxLength);
}

/** For a text that is made of what has been redacted already. */
export function showRedacted(text: string, redact: Redact, maxLength: number): string {
  const clean = cleanText(text);
  return truncateText(clean === text ? text : redact(clean), maxLength);
}

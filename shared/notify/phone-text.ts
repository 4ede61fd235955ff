/**
 * A line of text as one short message takes it: 160 characters of the GSM alphabet, or 70 of any other.
 * One segment only: each further one is paid again, and people read the first.
 * Invariant: the result fits one segment, by the way of counting that its characters ask for.
 */
import { cleanText } from "../domain/text/clean-text.ts";

const GSM_LENGTH = 160;
const OTHER_LENGTH = 70;

/** GSM 03.38, the default alphabet without its line feeds and escape. */
const BASIC: ReadonlySet<string> = new Set(
  "@£$¥èéùìòÇØøÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà",
);
/** Each of these takes the room of two. */
const EXTENSION: ReadonlySet<string> = new Set("^{}\\[~]|€");

/** One of these would more than halve what fits. */
const SUBSTITUTES: readonly (readonly [pattern: RegExp, substitute: string])[] = [
  [/…/g, "..."],
  [/[‘’‚‛`´]/g, "'"],
  [/[“”„‟«»]/g, '"'],
  [/[‐‑‒–—−]/g, "-"],
  [/[\u00a0\u2000-\u200a\u202f]/g, " "],
];

export function phoneText(text: string): string {
  const clean = SUBSTITUTES.reduce((line, [pattern, substitute]) => line.replace(pattern, substitute), cleanText(text));
  const isGsm = [...clean].every((character) => BASIC.has(character) || EXTENSION.has(character));
  if (isGsm) return cut(clean, GSM_LENGTH, (character) => (EXTENSION.has(character) ? 2 : 1));
  return cut(clean, OTHER_LENGTH, (character) => character.length);
}

function cut(text: string, maxLength: number, measure: (character: string) => number): string {
  let result = "";
  let length = 0;
  for (const character of text) {
    length += measure(character);
    if (length > maxLength) break;
    result += character;
  }
  return result;
}

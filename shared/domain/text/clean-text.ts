/**
 * Makes text of unknown origin safe to store and to show: well-formed, on one line, without invisible control.
 * Pure. Used for everything that targets send and that we keep or put into a message.
 * Invariant: cleaning twice changes nothing more; it never invents visible characters except U+FFFD and spaces.
 */

/** Controls that stand for white space; dropping them would join words. */
const WHITE_SPACE_CONTROLS = /[\t-\r\u0085\u2028\u2029]/g;

/**
 * Other controls, and what is there without being seen: marks that reverse or hide the text around them, tags, joiners, fillers, and
 * what is no character. Not the selectors (U+FE0F) that make a sign an emoji.
 */
const INVISIBLE =
  /[\u{34f}\p{Cc}\u{17b4}-\u{17b5}\p{Cf}\u{180b}-\u{180f}\p{Noncharacter_Code_Point}\u{115f}-\u{1160}\u{2065}\u{3164}\u{ffa0}\u{fff0}-\u{fff8}\u{e0000}-\u{e0fff}]/gu;

/** Nearly every text; the look at it costs less than the replacements. */
const PRINTABLE_ASCII = /^[ -~]*$/;

/** Lone surrogates become U+FFFD, white-space controls a space; other controls and invisible characters go. */
export function cleanText(text: string): string {
  if (PRINTABLE_ASCII.test(text)) return text;
  return text.toWellFormed().replace(WHITE_SPACE_CONTROLS, " ").replace(INVISIBLE, "");
}

/** At most `maxLength` characters, the last of which is "…" when something was cut off; never half a surrogate pair. */
export function truncateText(text: string, maxLength: number): string {
  if (text.length <= maxLength) return text;
  const cut = text.slice(0, maxLength - 1);
  const last = cut.charCodeAt(cut.length - 1);
  const isHalfPair = last >= 0xd800 && last <= 0xdbff;
  return `${isHalfPair ? cut.slice(0, -1) : cut}…`;
}

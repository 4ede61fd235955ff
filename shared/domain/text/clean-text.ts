/**
 * Makes text of unknown origin safe to store and to show: well-formed, on one line, without invisible control.
 * Pure. Used for everything that targets send and that we keep or put into a message.
 * Invariant: cleaning twice changes nothing more; it never invents visible characters except U+FFFD and spaces.
 */

/** Controls that stand for white space; dropping them would join words. */
const WHITE_SPACE_CONTROLS = /[\t-\r\u0085\u2028\u2029]/g;

/** Other C0 and C1 controls, DEL, and the marks that reverse or hide the text around them. */
const INVISIBLE_CONTROLS =
  // oxlint-disable-next-line no-control-regex -- removing control characters is the purpose
  /[\u0000-\u0008\u000e-\u001f\u007f-\u0084\u0086-\u009f\u200e\u200f\u202a-\u202e\u2066-\u2069\ufeff]/g;

/** Lone surrogates become U+FFFD, white-space controls a space; other controls and bidirectional marks go. */
export function cleanText(text: string): string {
  return text.toWellFormed().replace(WHITE_SPACE_CONTROLS, " ").replace(INVISIBLE_CONTROLS, "");
}

/** At most `maxLength` characters, the last of which is "…" when something was cut off; never half a surrogate pair. */
export function truncateText(text: string, maxLength: number): string {
  if (text.length <= maxLength) return text;
  const cut = text.slice(0, maxLength - 1);
  const last = cut.charCodeAt(cut.length - 1);
  const isHalfPair = last >= 0xd800 && last <= 0xdbff;
  return `${isHalfPair ? cut.slice(0, -1) : cut}…`;
}

/**
 * Percent-decoding that refuses nothing: what is no escape, or no UTF-8, stays as it is.
 * Redaction looks by it at what a text may stand for. Pure.
 */
const ESCAPES = /(?:%[0-9A-Fa-f]{2})+/g;

/** @example percentDecode("p%40ss %zz"); // "p@ss %zz" */
export function percentDecode(text: string): string {
  return text.replace(ESCAPES, (escapes) => {
    try {
      return decodeURIComponent(escapes);
    } catch {
      return escapes;
    }
  });
}

/**
 * What stands in a `<time>`: an instant, or how long it is since. views/parts.tsx writes it; in the browser client/times.ts writes it
 * anew, in the reader's zone, and lets it count on.
 * Pure. Invariant: the markup tells by itself what is to stand there (`datetime`, `data-run`), so the text can be left out.
 */

/** Only our own markup has elements: text of others is escaped. */
const TIMES = /(<time [^>]*>)[^<]*(?=<\/time>)/g;

/** The markup without the texts that depend on when it was made. */
export function untimed(html: string): string {
  return html.replace(TIMES, "$1");
}

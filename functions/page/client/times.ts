/**
 * Puts the instants of a page into the reader's zone and language; the server writes them in UTC.
 * Used by page.ts. Invariant: what cannot be read as an instant stays as the server wrote it.
 */

const TIME = new Intl.DateTimeFormat(undefined, { timeStyle: "medium" });
const DAY_AND_TIME = new Intl.DateTimeFormat(undefined, { dateStyle: "medium", timeStyle: "medium" });
const DAY = new Intl.DateTimeFormat(undefined, { dateStyle: "medium" });

export function localiseTimes(root: ParentNode, nowMs: number): void {
  for (const element of root.querySelectorAll("time")) {
    const atMs = Date.parse(element.dateTime);
    if (Number.isNaN(atMs)) continue;
    const text = formatInstant(atMs, nowMs);
    if (element.textContent !== text) element.textContent = text;
  }
}

/** Of today the time alone, else the day as well. */
function formatInstant(atMs: number, nowMs: number): string {
  const isToday = DAY.format(atMs) === DAY.format(nowMs);
  return (isToday ? TIME : DAY_AND_TIME).format(atMs);
}

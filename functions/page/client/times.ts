/**
 * What stands in the `<time>` elements of a page: instants in the reader's zone and language, and durations that count on.
 * The server writes them in UTC and as they were when it made the page. Called by page.ts and when something has come new.
 * Invariants: what cannot be read as an instant stays as the server wrote it, and so does what stands under a day of another zone.
 */
import { isRunningKind, runningText } from "../../../shared/domain/text/running-text.ts";
import { serviceNowMs } from "./clock.ts";

const TIME = new Intl.DateTimeFormat(undefined, { timeStyle: "medium" });
const DAY_AND_TIME = new Intl.DateTimeFormat(undefined, { dateStyle: "medium", timeStyle: "medium" });

/** Where a page says since when the service has not been heard. */
const SILENCE = ":is(#currency, .stale-note)";

/** Writes what stands there, and goes on every second; while nothing is heard only the silence goes on. */
export function startClocks(): void {
  writeTimes(document);
  setInterval(() => {
    if (!document.hidden) countOn(document, document.body.classList.contains("is-cut-off") ? SILENCE : "");
  }, 1_000);
}

/** All below `root`. */
export function writeTimes(root: ParentNode): void {
  for (const element of root.querySelectorAll<HTMLTimeElement>("time:not([data-zone])")) write(element, instantText);
  countOn(root);
}

/** The durations alone. */
export function countOn(root: ParentNode, within = ""): void {
  for (const element of root.querySelectorAll<HTMLTimeElement>(`${within} time[data-run]`))
    write(element, durationText);
}

/** That the service was heard at `at`; what it has said since may not be shown yet. */
export function tellHeard(at: string): void {
  for (const element of document.querySelectorAll<HTMLTimeElement>(`${SILENCE} [data-run="for"]`))
    element.dateTime = at;
}

function write(element: HTMLTimeElement, textOf: (atMs: number, element: HTMLTimeElement) => string): void {
  const atMs = Date.parse(element.dateTime);
  if (Number.isNaN(atMs)) return;
  const text = textOf(atMs, element);
  if (element.textContent !== text) element.textContent = text;
}

/** Of today the time alone, else the day as well. */
function instantText(atMs: number, { dataset, textContent }: HTMLTimeElement): string {
  if (dataset["run"] !== undefined) return textContent;
  const isToday = new Date(atMs).toDateString() === new Date().toDateString();
  return (isToday ? TIME : DAY_AND_TIME).format(atMs);
}

function durationText(atMs: number, { dataset, textContent }: HTMLTimeElement): string {
  const kind = dataset["run"] ?? "";
  return isRunningKind(kind) ? runningText(kind, atMs, serviceNowMs()) : textContent;
}

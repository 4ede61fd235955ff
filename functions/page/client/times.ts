/**
 * What stands in the `<time>` elements of a page: instants in the reader's zone and language, and durations that count on.
 * The server writes them in UTC and as they were when it made the page. Called by page.ts and when something has come new.
 * Invariant: what cannot be read as an instant stays as the server wrote it.
 */
import { formatDuration } from "../../../shared/domain/text/duration-text.ts";
import { serviceNowMs } from "./clock.ts";

const TIME = new Intl.DateTimeFormat(undefined, { timeStyle: "medium" });
const DAY_AND_TIME = new Intl.DateTimeFormat(undefined, { dateStyle: "medium", timeStyle: "medium" });

/** All below `root`. */
export function writeTimes(root: ParentNode): void {
  for (const element of root.querySelectorAll("time")) write(element, instantText);
  countOn(root);
}

/** The durations alone: called every second. */
export function countOn(root: ParentNode): void {
  for (const element of root.querySelectorAll<HTMLTimeElement>("time[data-run]")) write(element, durationText);
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

function durationText(atMs: number, { dataset }: HTMLTimeElement): string {
  const text = formatDuration(serviceNowMs() - atMs);
  return dataset["run"] === "ago" ? `${text} ago` : `for ${text}`;
}

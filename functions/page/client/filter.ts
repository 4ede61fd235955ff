/**
 * Shows the rows of the services that have what is typed, or whose group has. Made once by page.ts.
 * Invariants: it finds what the server finds (group-rows.ts), and leaves to it what is not on the page; what a row says is read once, and
 * again only when it has changed: reading 200 rows at each key takes too long.
 */
import { matchesWords } from "../../../shared/domain/text/matches-words.ts";

const texts = new WeakMap<Element, string>();

/** The row has changed. */
export function forgetText(row: Element): void {
  texts.delete(row);
}

function textOf(row: Element): string {
  const known = texts.get(row);
  if (known !== undefined) return known;
  let text = row.id.slice("row-".length);
  for (const part of row.querySelectorAll(".status, th a, .reason")) text += ` ${part.textContent}`;
  texts.set(row, text);
  return text;
}

/** To be called when something has been typed, and when rows have changed. */
export function filterRows(): void {
  const input = document.querySelector<HTMLInputElement>("#filter");
  const output = document.getElementById("filtered");
  if (!input || !output) return;
  const isAsked = input.value.trim() !== "";
  let [shown, all] = [0, 0];
  for (const body of document.querySelectorAll<HTMLTableSectionElement>("tbody.rows")) {
    const group = body.closest("details");
    const found = filterBody(body, input.value, group?.querySelector("strong")?.textContent ?? "");
    shown += found;
    all += body.rows.length;
    // What is found must be seen; who looks for nothing any more may fold it again.
    if (isAsked && found > 0) group?.setAttribute("open", "");
  }
  const text = isAsked ? `${shown} of ${all}${moreOf(input)}` : "";
  if (output.textContent !== text) output.textContent = text;
}

/** Where not all services stand on the page, that the server looks for the others; else empty. */
function moreOf({ dataset }: HTMLInputElement): string {
  return dataset["more"] ?? "";
}

/** How many rows are shown. */
function filterBody({ rows }: HTMLTableSectionElement, words: string, group: string): number {
  let shown = 0;
  for (const row of rows) {
    const isWanted = matchesWords(`${group} ${textOf(row)}`, words);
    if (row.hidden === isWanted) row.hidden = !isWanted;
    if (isWanted) shown += 1;
  }
  return shown;
}

export function startFilter(): void {
  const input = document.querySelector<HTMLInputElement>("#filter");
  input?.addEventListener("input", filterRows);
  input?.form?.addEventListener("submit", (event) => {
    if (!moreOf(input)) event.preventDefault();
  });
}

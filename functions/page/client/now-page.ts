/**
 * Brings the page of the present moment up to date by fragments. Called by page.ts.
 * Invariants: afterwards it is what the server would send now; a row that moves keeps its focus.
 */
import { filterRows, forgetText } from "./filter.ts";
import { morph, parseFragments } from "./morph.ts";
import { sentenceOf, stateOf, type RowState } from "./row-state.ts";
import { countOn, tellHeard, writeTimes } from "./times.ts";
import type { Update } from "./update.ts";

const row = (key: string): HTMLElement | null => document.getElementById(`row-${key}`);

/** What the whole is, alone. */
export function applyVerdict({ sections: { verdict } }: Update): void {
  if (verdict !== undefined) applyFragment(document.getElementById("now-verdict"), verdict);
}

/** In sentences, what services have become. */
export function applyUpdate({ at, order, sections, rows }: Update): string[] {
  const neededLook = summariesThatNeedLook();
  for (const [key, html] of Object.entries(sections)) applyFragment(document.getElementById(`now-${key}`), html);
  for (const summary of summariesThatNeedLook())
    if (!neededLook.has(summary)) summary.closest("details")?.setAttribute("open", "");
  const states = Object.keys(rows).map((key) => ({ key, before: stateOf(row(key)) }));
  const fresh = new Map<string, Element>();
  for (const [key, html] of Object.entries(rows)) {
    const added = applyFragment(row(key), html);
    if (added) fresh.set(key, added);
  }
  arrange(order, fresh);
  filterRows();
  if (at !== null) tellTime(at);
  return states.flatMap(({ key, before }) => noteChange(before, row(key)));
}

/** The new element where there was none. */
function applyFragment(element: Element | null, html: string): Element | null {
  const next = parseFragments(html).firstElementChild;
  if (!next) return null;
  writeTimes(next);
  if (!element) return next;
  morph(element, next);
  forgetText(element);
  return null;
}

/** Each row in the table of its group; a new one where its markup says. */
function arrange(order: readonly string[], fresh: ReadonlyMap<string, Element>): void {
  const focused = document.activeElement;
  const rows = order.map((key) => fresh.get(key) ?? row(key)).filter((element) => element !== null);
  for (const body of document.querySelectorAll("tbody.rows"))
    fill(
      body,
      rows.filter((element) => element instanceof HTMLElement && `rows-${element.dataset["group"]}` === body.id),
    );
  // A node that is moved loses it.
  if (focused instanceof HTMLElement && focused !== document.activeElement && focused.isConnected)
    focused.focus({ preventScroll: true });
}

function fill(body: Element, rows: readonly Element[]): void {
  let place = body.firstElementChild;
  for (const element of rows) {
    if (element === place) place = place.nextElementSibling;
    else body.insertBefore(element, place);
  }
  // What is left behind the last one is watched no more.
  while (place) {
    const next = place.nextElementSibling;
    place.remove();
    place = next;
  }
}

/** A group is unfolded when something in it begins to need a look. */
function summariesThatNeedLook(): ReadonlySet<Element> {
  return new Set(document.querySelectorAll("summary.needs-look"));
}

function tellTime(at: string): void {
  const currency = document.getElementById("currency");
  if (!currency) return;
  currency.hidden = false;
  for (const element of currency.querySelectorAll("time")) element.dateTime = at;
  tellHeard(at);
  countOn(currency);
}

/** A row that shows another state is tinted for a moment. */
function noteChange(before: RowState | null, element: Element | null): string[] {
  const after = stateOf(element);
  if (!element || !after || !before || before.group === after.group) return [];
  element.classList.add("changed");
  return [sentenceOf(after)];
}

/**
 * What single keys do: the one table of them. Shown as a list by views/keys.tsx, which is also what the scripts go by
 * (client/listed-keys.ts). Pure. Invariant: a key that does something is in it, as test/functions/page/controls.test.ts tries them all.
 */

export interface ListedKeys {
  /** As they stand on keys. */
  readonly shown: string;
  readonly does: string;
  /** What each of them is to the scripts, by `KeyboardEvent.key`; none where the browser does it by itself. */
  readonly actions: Readonly<Record<string, string>>;
}

/** On every page. */
export const PAGE_KEYS: readonly ListedKeys[] = [
  { shown: "/", does: "filter the services", actions: { "/": "filter" } },
  { shown: "j k", does: "next, previous service", actions: { j: "next", k: "previous" } },
  { shown: "Enter", does: "open it", actions: {} },
  {
    shown: "a s",
    does: "acknowledge, silence the alert that has the focus, or go to the first one",
    actions: { a: "acknowledge", s: "silence" },
  },
  { shown: "g", does: "and then n, a, h or s: Now, Alerts, History, Setup", actions: { g: "go" } },
  { shown: "l", does: "logarithmic scale of the chart, and back", actions: { l: "scale" } },
  { shown: "t", does: "theme: dark, light, as the system", actions: { t: "theme" } },
  { shown: "?", does: "this list", actions: { "?": "help" } },
  { shown: "Esc", does: "back", actions: { Escape: "back" } },
];

/** While a chart has the focus. */
export const CHART_KEYS: readonly ListedKeys[] = [
  {
    shown: "← →",
    does: "the cursor of the chart that has the focus, with Shift by ten",
    actions: { ArrowLeft: "left", ArrowRight: "right" },
  },
  { shown: "Home End", does: "its first, its last value", actions: { Home: "first", End: "last" } },
];

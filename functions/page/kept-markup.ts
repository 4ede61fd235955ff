/**
 * Parts of a page that are written once for as long as they show the same object: most of a row of Now is its past, which changes
 * every other minute, while the page is made for every commit that somebody looks at.
 * Used by views. Invariant: whoever shows something else shows another object.
 */
import { raw } from "hono/html";
import type { Markup } from "./html.tsx";

/** `write` must not wait for anything. */
export function keepMarkup<Shown extends object>(write: (shown: Shown) => Markup): (shown: Shown) => Markup {
  const kept = new WeakMap<Shown, Markup>();
  return (shown) => {
    const known = kept.get(shown);
    if (known) return known;
    const markup = raw(write(shown).toString());
    kept.set(shown, markup);
    return markup;
  };
}

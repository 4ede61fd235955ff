/**
 * Makes an element what new markup says it is, and leaves alone what is the reader's: focus, selection, what is open, what is typed.
 * The only place where text becomes markup. Invariant: that text is an answer of our own service to this page.
 */
import { Idiomorph } from "idiomorph";

interface TrustedTypes {
  createPolicy(name: string, rules: { createHTML(html: string): string }): { createHTML(html: string): string };
}

/** Browsers that know no trusted types take the text itself. */
const { trustedTypes } = globalThis as { readonly trustedTypes?: TrustedTypes };
const POLICY = trustedTypes?.createPolicy("monitoring", { createHTML: (html) => html });

const trusted = (html: string): string => POLICY?.createHTML(html) ?? html;

export function parseFragments(html: string): DocumentFragment {
  const template = document.createElement("template");
  template.innerHTML = trusted(html);
  return template.content;
}

export function parsePage(html: string): Document {
  return new DOMParser().parseFromString(trusted(html), "text/html");
}

/** What the server does not know of stays: whether it is open, and what a script has made of it (`data-keep`, `hidden` of a row). */
export function morph(element: Element, next: Element): void {
  void Idiomorph.morph(element, next, {
    morphStyle: "outerHTML",
    callbacks: {
      beforeNodeMorphed: (node, to) => !isReaders(node) && !isSameInstant(node, to),
      beforeNodeRemoved: (node) => !isKept(node),
      beforeAttributeUpdated: (name, node) =>
        !(name === "open" && node.matches("details, dialog")) && !(name === "hidden" && node.matches("tr")),
    },
  });
}

const isKept = (node: Node): boolean => node instanceof HTMLElement && node.dataset["keep"] !== undefined;

function isReaders(node: Node): boolean {
  if (node instanceof HTMLInputElement || node instanceof HTMLTextAreaElement)
    return node.value !== node.defaultValue || ("checked" in node && node.checked !== node.defaultChecked);
  if (node instanceof HTMLSelectElement)
    return [...node.options].some((each) => each.selected !== each.defaultSelected);
  return isKept(node);
}

/** Its text is ours to write (times.ts). */
function isSameInstant(node: Node, to: Node): boolean {
  return node instanceof HTMLTimeElement && to instanceof HTMLTimeElement && node.dateTime === to.dateTime;
}

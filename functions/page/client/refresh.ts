/**
 * Brings a page up to date by loading it again and taking over what is different: for pages that nobody tells, and where nobody can.
 * Called by page.ts. Invariant: what it takes is the page at its own address, without what was said once.
 */
import { morph, parsePage } from "./morph.ts";
import { writeTimes } from "./times.ts";

let etag = "";

/** True: the service has committed something since it was asked last. Rejects when it does not answer. */
export async function hasNews(): Promise<boolean> {
  const answer = await fetch("/cluster_health", { headers: { "if-none-match": etag }, cache: "no-store" });
  if (answer.status === 401) location.reload(); // the page asks who one is
  if (!answer.ok) return false; // 304 as well
  etag = answer.headers.get("etag") ?? "";
  return true;
}

/** Rejects when the service does not answer with the page. */
export async function refresh(address: string): Promise<void> {
  const answer = await fetch(address, { cache: "no-store" });
  if (!answer.ok) throw new Error(`HTTP ${answer.status}`);
  const next = parsePage(await answer.text());
  writeTimes(next);
  for (const id of ["main", "currency"]) {
    const [element, to] = [document.getElementById(id), next.getElementById(id)];
    if (element && to) morph(element, to);
  }
  document.title = next.title;
  document.body.className = next.body.className;
  const [icon, to] = [document.querySelector<HTMLLinkElement>("#icon"), next.querySelector<HTMLLinkElement>("#icon")];
  if (icon && to) icon.href = to.href;
}

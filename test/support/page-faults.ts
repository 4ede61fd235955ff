/** What is wrong with a page for somebody who cannot see it, or has a small screen, by axe. Policies of the page do not keep it out. */
import axe from "axe-core";
import type { Page } from "playwright-core";

/** What is looked at there. */
interface InBrowser {
  readonly axe: typeof axe;
  readonly document: {
    readonly documentElement: { readonly scrollWidth: number; readonly clientWidth: number };
    querySelectorAll(selector: "details"): Iterable<{ open: boolean }>;
  };
}

/** What axe calls a violation, and what is wider than the screen. */
export async function findFaults(page: Page): Promise<string[]> {
  await page.evaluate(axe.source);
  return page.evaluate(async () => {
    const { axe: here, document } = globalThis as unknown as InBrowser;
    // What can be unfolded is looked at as well.
    for (const details of document.querySelectorAll("details")) details.open = true;
    const { violations } = await here.run();
    const { scrollWidth, clientWidth } = document.documentElement;
    const tooWide = scrollWidth > clientWidth ? [`${scrollWidth} px wide on ${clientWidth}`] : [];
    return [...violations.flatMap(({ id, nodes }) => nodes.map(({ html }) => `${id}: ${html}`)), ...tooWide];
  });
}

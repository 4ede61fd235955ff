/** What is wrong with a page for somebody who cannot see it, or has a small screen, by axe. Policies of the page do not keep it out. */
import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import type axe from "axe-core";
import type { Page } from "playwright-core";

/** As it comes from npm, half as long as the one with comments: each new page has to read it. */
const AXE = readFileSync(fileURLToPath(import.meta.resolve("axe-core/axe.min.js")), "utf8");

/** What is looked at there. */
interface InBrowser {
  readonly axe: typeof axe;
  readonly document: {
    readonly documentElement: { readonly scrollWidth: number; readonly clientWidth: number };
    querySelectorAll(selector: "details"): Iterable<{ open: boolean }>;
  };
}

/** What axe calls a violation, and what is wider than the screen. Again and again on one page, as it looks otherwise. */
export async function findFaults(page: Page): Promise<string[]> {
  if (!(await page.evaluate("'axe' in globalThis"))) await page.evaluate(AXE);
  return page.evaluate(async () => {
    const { axe: here, document } = globalThis as unknown as InBrowser;
    // What can be unfolded is looked at as well.
    for (const details of document.querySelectorAll("details")) details.open = true;
    const { violations } = await here.run({ resultTypes: ["violations"] });
    const { scrollWidth, clientWidth } = document.documentElement;
    const tooWide = scrollWidth > clientWidth ? [`${scrollWidth} px wide on ${clientWidth}`] : [];
    return [...violations.flatMap(({ id, nodes }) => nodes.map(({ html }) => `${id}: ${html}`)), ...tooWide];
  });
}

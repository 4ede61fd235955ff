/**
 * A page of the running service in Debian's chromium, as a person has it who runs no script: signed in, on a desk or on a phone.
 * Used by the browser tests of the views. Invariant: what the browser complains about, or asks of others, is a fault.
 */
import { mkdirSync } from "node:fs";
import type { Browser, BrowserContextOptions, Page } from "playwright-core";
import { expect } from "vitest";
import { launchChromium } from "./chromium.ts";
import { WAIT_LIMIT_MS } from "./time-limits.ts";

/** For people to look at after a run. */
const PICTURES = ".cache/pictures";
const VIEWPORTS = { phone: { width: 390, height: 844 }, desk: { width: 1440, height: 900 } } as const;

export interface PageBench {
  open(options?: BrowserContextOptions): Promise<Page>;
  /** With this token, from the page that asks for it. */
  signIn(page: Page, token: string): Promise<void>;
  /** A view in both themes, on a desk and on a phone, each checked for its width. */
  takePictures(path: string, name: string, token: string | null): Promise<void>;
  /** What was complained about since the last time. */
  takeFaults(): string[];
  close(): Promise<void>;
}

export async function startPageBench(origin: string): Promise<PageBench> {
  mkdirSync(PICTURES, { recursive: true });
  const browser: Browser = await launchChromium();
  let faults: string[] = [];
  const bench: PageBench = {
    async open(options = {}) {
      const context = await browser.newContext({ javaScriptEnabled: false, viewport: VIEWPORTS.desk, ...options });
      context.setDefaultTimeout(WAIT_LIMIT_MS);
      const page = await context.newPage();
      // What is refused on purpose is no fault of the page.
      const isFault = (text: string): boolean => !/status of 4(00|03|09|22) /.test(text);
      page.on("console", (message) => {
        if (message.type() === "error" && isFault(message.text())) faults.push(message.text());
      });
      page.on("request", (asked) => {
        if (!asked.url().startsWith(origin) && !asked.url().startsWith("data:")) faults.push(asked.url());
      });
      return page;
    },
    async signIn(page, token) {
      await page.goto(`${origin}/dashboard/login`);
      await page.getByLabel("Token").fill(token);
      await page.getByRole("button", { name: "Sign in" }).click();
    },
    async takePictures(path, name, token) {
      for (const [device, viewport] of Object.entries(VIEWPORTS)) {
        for (const colorScheme of ["light", "dark"] as const) {
          const page = await bench.open({ viewport, colorScheme });
          if (token !== null) await bench.signIn(page, token);
          await page.goto(origin + path);
          await page.screenshot({ path: `${PICTURES}/${name}-${device}-${colorScheme}.png`, fullPage: true });
          const width = await page.evaluate<number>("document.documentElement.scrollWidth");
          expect(width, `${name} on a ${device}`).toBeLessThanOrEqual(viewport.width);
          await page.context().close();
        }
      }
    },
    takeFaults() {
      const found = faults;
      faults = [];
      return found;
    },
    close: () => browser.close(),
  };
  return bench;
}

/** By the keyboard alone: steps to what has this name, as a screen reader tells it, and presses Enter there. */
export async function pressByKeyboard(page: Page, role: "button" | "link", name: string): Promise<void> {
  const wanted = page.getByRole(role, { name, exact: true });
  await wanted.waitFor();
  for (let steps = 0; steps < 200; steps += 1) {
    await page.keyboard.press("Tab");
    if ((await wanted.and(page.locator(":focus")).count()) > 0) return page.keyboard.press("Enter");
  }
  throw new Error(`${name} cannot be reached by Tab`);
}

/** What browser tests of every view do alike: look at a page once it is as it should be, and have a form shown again with its faults. */
import type { Page } from "playwright-core";

interface Look {
  /** Evaluated in the browser: a list of what is wrong. */
  readonly find: string;
  /** Where a picture goes, for people. */
  readonly picture: string;
  /** Default: all of it; a page may be longer than any picture. */
  readonly isWhole?: boolean;
}

/** What is wrong with it. The page is gone then. */
export async function lookAt(page: Page, { find, picture, isWhole = true }: Look): Promise<string[]> {
  const faults = await page.evaluate<string[]>(find);
  await page.screenshot({ path: picture, fullPage: isWhole });
  await page.context().close();
  return faults;
}

/** On the view Alerts: resolves when the form is there again, with a fault at each of its fields. */
export async function sendFaultyMaintenance(page: Page): Promise<void> {
  const form = page.locator(".planning details", { hasText: "maintenance" });
  await form.locator("summary").click();
  await form.getByLabel("Services").fill("nobody-has-this");
  await form.getByLabel("Until").fill("2020-01-01T08:00");
  await form.getByRole("button").click();
  await page.locator("[aria-invalid]").waitFor();
}

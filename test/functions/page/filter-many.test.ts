/** The filter of Now where there are more services than a page has rows, with scripts and without. Needs Debian's chromium. */
import { mkdirSync } from "node:fs";
import type { Browser } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { CHROMIUM, launchChromium } from "../../support/chromium.ts";
import { skipWithout } from "../../support/installed.ts";

import { startService, type ServiceProcess } from "../../support/service-process.ts";
import { startTarget, type TargetServer } from "../../support/target-server.ts";
import { openPage } from "./live-page.ts";

const PICTURES = ".cache/pictures";

describe.skipIf(skipWithout(CHROMIUM))("the filter of many services (needs chromium)", () => {
  let browser: Browser;
  let target: TargetServer;
  let service: ServiceProcess;

  beforeAll(async () => {
    mkdirSync(PICTURES, { recursive: true });
    [browser, target] = await Promise.all([launchChromium(), startTarget()]);
    const names = Array.from({ length: 260 }, (_, index) => `s${index}`);
    const services = Object.fromEntries(names.map((name) => [name, { url: target.url, interval: 3_600 }]));
    service = await startService({ config: JSON.stringify({ services }) });
    await service.saw("overall status is healthy");
  });
  afterAll(async () => {
    await browser?.close();
    await service?.stop();
    await target?.close();
  });

  it.each([true, false])("find those that are not by the server; scripts: %s", async (javaScriptEnabled) => {
    const one = await openPage(browser, `http://127.0.0.1:${service.port}/dashboard`, { javaScriptEnabled });
    const { page } = one;
    const [input, told, rows] = [
      page.getByLabel("Filter"),
      page.locator("#filtered"),
      page.locator(".rows tr:visible"),
    ];
    await expect.poll(() => page.locator(".rows tr").count()).toBe(200);
    await input.fill("s259");
    if (javaScriptEnabled) await expect.poll(() => told.innerText()).toBe("0 of 200 here: Enter searches all");
    await input.press("Enter");
    await page.waitForURL("**/dashboard?filter=s259");
    await expect.poll(() => told.innerText()).toBe("1 of 260");
    expect(await rows.locator("th a").allInnerTexts()).toEqual(["s259"]);
    expect(await page.locator("#main").getAttribute("data-reloads")).toBe("/dashboard?filter=s259");
    await page.screenshot({ path: `${PICTURES}/controls-filter-many.png` });
    await input.fill("s");
    await input.press("Enter");
    await page.waitForURL("**/dashboard?filter=s");
    await expect.poll(() => told.innerText()).toBe("260 of 260, the first 200 are shown");
    await one.close();
    expect(one.faults).toEqual([]);
  });
});

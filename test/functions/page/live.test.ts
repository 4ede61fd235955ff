/** The page in a real browser that runs its scripts: what somebody sees who leaves it open. Needs Debian's chromium. */
import { mkdirSync } from "node:fs";
import type { Browser } from "playwright-core";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { skipWithout } from "../../support/installed.ts";
import { startService, type ServiceProcess } from "../../support/service-process.ts";
import { sendJson, startTarget, type TargetServer } from "../../support/target-server.ts";
import { WAIT_LIMIT_MS } from "../../support/time-limits.ts";
import { CHROMIUM, launchBrowser, openPage, type OpenPage } from "./live-page.ts";

/** For people to look at after a run. */
const PICTURES = ".cache/pictures";

describe.skipIf(skipWithout(CHROMIUM))("the page in a browser with scripts (needs chromium)", () => {
  let browser: Browser;
  let target: TargetServer;
  let service: ServiceProcess;
  const opened: OpenPage[] = [];

  beforeAll(async () => {
    mkdirSync(PICTURES, { recursive: true });
    browser = await launchBrowser();
    target = await startTarget();
    const services = {
      tools: { name: "Tools Server", url: target.url, critical: true, interval: 0.3 },
      ollama: { name: "Jetson Ollama Server", url: target.url + "/well", critical: true, interval: 0.5 },
    };
    service = await startService({ config: JSON.stringify({ node: "worker-node4", services }) });
  });
  afterEach(async () => {
    target.response = sendJson(200, {});
    for (const { close } of opened.splice(0)) await close();
  });
  afterAll(async () => {
    await browser?.close();
    await service?.stop();
    await target?.close();
  });

  const open = async (path = "/dashboard", options: Parameters<typeof openPage>[2] = {}): Promise<OpenPage> => {
    const one = await openPage(browser, `http://127.0.0.1:${service.port}${path}`, options);
    one.page.setDefaultTimeout(WAIT_LIMIT_MS);
    opened.push(one);
    return one;
  };

  it("shows what a service has become, without being loaded again", async () => {
    const { page, faults } = await open();
    await page.evaluate("window.isTheSame = true");
    await page.locator("#row-tools .status.healthy").waitFor();
    target.response = sendJson(503, {});
    await page.locator("#row-tools .status.down").waitFor();
    await expect.poll(() => page.title()).toBe("Unhealthy · worker-node4");
    expect(await page.locator("h1").innerText()).toMatch(/^■ Unhealthy/);
    await page.screenshot({ path: `${PICTURES}/live-down.png`, fullPage: true });
    target.response = sendJson(200, {});
    await page.locator("#row-tools .status.healthy").waitFor();
    await expect.poll(() => page.title()).toBe("Healthy · worker-node4");
    expect(await page.evaluate("window.isTheSame")).toBe(true);
    expect(faults).toEqual([]);
  });

  it("takes its verdict back when it hears nothing, says so, and returns by itself", async () => {
    const { page, faults } = await open();
    await page.locator("#row-tools .status.healthy").waitFor();
    service.signal("SIGSTOP");
    try {
      await page.locator("body.is-cut-off").waitFor();
      expect(await page.locator("h1").innerText()).toMatch(/^◌ Last known: Healthy$/);
      expect(await page.title()).toMatch(/^No update · worker-node4/);
      expect(await page.locator("#alarm").textContent()).toMatch(/^No update for \d+ s, trying again\.$/);
      expect(await page.locator("#currency").innerText()).toMatch(/^■ no update for \d+ s, trying again$/);
      await page.screenshot({ path: `${PICTURES}/live-stale.png`, fullPage: true });
    } finally {
      service.signal("SIGCONT");
    }
    await page.locator("body:not(.is-cut-off):not(.is-stale)").waitFor();
    await page.locator("h1").filter({ hasText: "Healthy" }).waitFor(); // of what it knew before it was stopped nothing is of now
    expect(await page.locator("#alarm").textContent()).toBe("");
    expect(faults).toEqual([]);
  });
});

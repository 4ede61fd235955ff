/** The page of a service in a real browser that runs its scripts: the chart and the card of a day. Needs Debian's chromium. */
import { mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Browser, Page } from "playwright-core";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { CHROMIUM, launchChromium } from "../../support/chromium.ts";
import { skipWithout } from "../../support/installed.ts";
import { storeQuarter } from "../../support/lived-quarter.ts";
import { startService, type ServiceProcess } from "../../support/service-process.ts";
import { startTarget, type TargetServer } from "../../support/target-server.ts";
import { openPage, type OpenPage } from "./live-page.ts";

/** For people to look at after a run. */
const PICTURES = ".cache/pictures";
const PHONE = { width: 390, height: 844 };
const MOST_BYTES = 50_000;
/** What has moved since the page began. */
const LAYOUT_SHIFTS = `new Promise((resolve) => {
  const tell = (list) => list.flatMap(({ sources }) => sources.map(({ node }) => String(node?.parentElement?.outerHTML)));
  new PerformanceObserver((list) => resolve(tell(list.getEntries()))).observe({ type: "layout-shift", buffered: true });
  requestAnimationFrame(() => requestAnimationFrame(() => resolve([])));
})`;

describe.skipIf(skipWithout(CHROMIUM))("the page of a service in a browser with scripts (needs chromium)", () => {
  let browser: Browser;
  let target: TargetServer;
  let service: ServiceProcess;
  let folder: string;
  const opened: OpenPage[] = [];

  beforeAll(async () => {
    mkdirSync(PICTURES, { recursive: true });
    browser = await launchChromium();
    target = await startTarget();
    folder = mkdtempSync(join(tmpdir(), "monitoring-"));
    await storeQuarter(folder, "tools", Date.now());
    const tools = { name: "Tools Server", url: target.url, critical: true, interval: 1, slow_after: 9 };
    service = await startService({ folder, config: JSON.stringify({ node: "worker-node4", services: { tools } }) });
    await service.saw("overall status is healthy");
  });
  afterEach(async () => {
    for (const { close } of opened.splice(0)) await close();
  });
  afterAll(async () => {
    await browser?.close();
    await service?.stop();
    rmSync(folder, { recursive: true, force: true });
    await target?.close();
  });

  const open = async (query = "", options: Parameters<typeof openPage>[2] = {}): Promise<OpenPage> => {
    const url = `http://127.0.0.1:${service.port}/dashboard/services/tools${query}`;
    const shown = await openPage(browser, url, options);
    opened.push(shown);
    await shown.page.locator(".chart-frame.alive canvas").waitFor();
    return shown;
  };
  const valuesOf = (page: Page) => page.locator(".chart-tools output");

  it("puts the chart where the picture was, and moves nothing by it", async () => {
    const { page, faults } = await open();
    expect(await page.locator("svg.chart").isVisible()).toBe(false);
    const frame = await page.locator(".chart-frame").boundingBox();
    const canvas = await page.locator(".chart-frame .uplot").boundingBox();
    expect([canvas?.height, canvas?.width]).toEqual([frame?.height, frame?.width]);
    const shifts = await page.evaluate<string[]>(LAYOUT_SHIFTS);
    expect(shifts).toEqual([]);
    expect(faults).toEqual([]);
  });

  it("tells the values at the cursor, which keys move and take away", async () => {
    const { page, faults } = await open();
    await page.locator(".chart-frame").focus();
    await page.keyboard.press("End");
    const last = await valuesOf(page).innerText();
    expect(last).toMatch(/ · p50 [\d.]+ ms · p95 [\d.]+ m?s · latest [\d.]+ m?s · \d+ answers?$/);
    await page.keyboard.press("Shift+ArrowLeft");
    const tenEarlier = await valuesOf(page).innerText();
    expect(tenEarlier).not.toBe(last);
    for (let count = 0; count < 10; count += 1) await page.keyboard.press("ArrowRight");
    expect(await valuesOf(page).innerText()).toBe(last);
    await page.keyboard.press("Home");
    expect(await valuesOf(page).innerText()).not.toBe(last);
    await page.keyboard.press("Escape");
    expect(await valuesOf(page).innerText()).toBe("");
    await page.keyboard.press("l");
    expect(await page.getByRole("button", { name: "Log scale" }).getAttribute("aria-pressed")).toBe("true");
    await page.screenshot({ path: `${PICTURES}/chart-log-desk.png` });
    expect(faults).toEqual([]);
  });

  it("shows a mark as the text that it is", async () => {
    const { page, faults } = await open();
    await page.locator(".chart-frame").focus();
    await page.keyboard.press("End");
    let [values, tries] = ["", 0];
    while (!values.includes("⚑") && tries < 288) {
      await page.keyboard.press("ArrowLeft");
      values = await valuesOf(page).innerText();
      tries += 1;
    }
    expect(values).toContain('⚑ <script>alert("mark")</script>');
    expect(faults).toEqual([]);
  });

  it("takes the colours of the theme that somebody chooses", async () => {
    const { page, faults } = await open("", { colorScheme: "light" });
    const picture = (): Promise<string> =>
      page.evaluate<string>('document.querySelector(".chart-frame canvas").toDataURL()');
    const before = await picture();
    await page.getByRole("button", { name: "Theme" }).click();
    await expect.poll(picture).not.toBe(before);
    expect(faults).toEqual([]);
  });

  it("zooms into what is dragged over, and out again by a double click", async () => {
    const { page } = await open();
    const box = await page.locator(".u-over").boundingBox();
    if (!box) throw new Error("no plot");
    const firstOf = async (): Promise<string> => {
      await page.locator(".chart-frame").focus();
      await page.keyboard.press("Home");
      return valuesOf(page).innerText();
    };
    const whole = await firstOf();
    await page.mouse.move(box.x + box.width * 0.6, box.y + 50);
    await page.mouse.down();
    await page.mouse.move(box.x + box.width * 0.8, box.y + 60, { steps: 4 });
    await page.mouse.up();
    await expect.poll(firstOf).not.toBe(whole);
    await page.screenshot({ path: `${PICTURES}/chart-zoomed-desk.png` });
    await page.mouse.dblclick(box.x + box.width / 2, box.y + 50);
    await expect.poll(firstOf).toBe(whole);
  });

  it("keeps the chart and its cursor while the page is brought up to date", async () => {
    const { page, faults } = await open("", {});
    await page.clock.install();
    await page.reload();
    await page.locator(".chart-frame.alive canvas").waitFor();
    const before = await page.locator(".verdict time").last().getAttribute("datetime");
    const refreshed = page.waitForResponse((response) => response.url().includes("/dashboard/services/tools"));
    await page.clock.runFor(16_000);
    await refreshed;
    await expect.poll(() => page.locator(".verdict time").last().getAttribute("datetime")).not.toBe(before);
    expect(await page.locator(".chart-frame.alive canvas").count()).toBe(1);
    expect(await page.getByRole("button", { name: "Log scale" }).count()).toBe(1);
    expect(faults).toEqual([]);
  });

  it("asks for what is new, but not while somebody looks into it", async () => {
    const { page, faults } = await open();
    await page.clock.install();
    await page.goto(`${page.url()}?range=1h`);
    await page.locator(".chart-frame.alive canvas").waitFor();
    const asked: string[] = [];
    page.on("request", (request) => request.url().includes("/series/tools") && asked.push(request.url()));
    const answered = page.waitForResponse((response) => response.url().includes("/series/tools"));
    await page.clock.runFor(16_000);
    await answered;
    const box = await page.locator(".u-over").boundingBox();
    if (!box) throw new Error("no plot");
    await page.mouse.move(box.x + box.width * 0.2, box.y + 50);
    await page.mouse.down();
    await page.mouse.move(box.x + box.width * 0.8, box.y + 60, { steps: 4 });
    await page.mouse.up();
    const before = asked.length;
    // The page itself is brought up to date meanwhile.
    const refreshed = page.waitForResponse((response) => response.url().includes("/dashboard/services/tools"));
    await page.clock.runFor(31_000);
    await refreshed;
    expect(asked).toHaveLength(before);
    expect(faults).toEqual([]);
  });

  it("shows what a day was, under the pointer", async () => {
    const { page, faults } = await open();
    const frame = page.locator(".day-frame");
    await frame.scrollIntoViewIfNeeded();
    const box = await frame.boundingBox();
    if (!box) throw new Error("no days");
    await page.mouse.move(box.x + (box.width * 83.5) / 90, box.y + 10);
    const card = page.locator(".day-card");
    expect(await card.innerText()).toMatch(/^\d{4}-\d\d-\d\d\n+(?:down 3 min|Healthy all day\.)/);
    await page.mouse.move(box.x + box.width / 180, box.y + 10);
    expect(await card.innerText()).toContain("Nobody watched.");
    await page.mouse.move(box.x + box.width * 0.995, box.y + 10);
    const today = await card.innerText();
    // Nine hours ago, which may have been yesterday.
    await page.mouse.move(box.x + (box.width * 88.5) / 90, box.y + 10);
    expect(`${today}\n${await card.innerText()}`).toMatch(/maintenance \d+ min/);
    await page.locator(".quarter-view").screenshot({ path: `${PICTURES}/day-card-desk.png` });
    await page.mouse.move(box.x, box.y - 200);
    expect(await card.isVisible()).toBe(false);
    expect(faults).toEqual([]);
  });

  it("needs few bytes", async () => {
    const context = await browser.newContext();
    const page = await context.newPage();
    const session = await context.newCDPSession(page);
    await session.send("Network.enable");
    let bytes = 0;
    session.on("Network.loadingFinished", ({ encodedDataLength }) => (bytes += encodedDataLength));
    await page.goto(`http://127.0.0.1:${service.port}/dashboard/services/tools`);
    await page.locator(".chart-frame.alive canvas").waitFor();
    await context.close();
    expect(bytes).toBeGreaterThan(20_000);
    expect(bytes).toBeLessThanOrEqual(MOST_BYTES);
  });

  it.each(["light", "dark"] as const)("fits on a phone and on a desk, %s", async (colorScheme) => {
    for (const [name, viewport] of Object.entries({ phone: PHONE, desk: { width: 1440, height: 900 } })) {
      const { page, faults } = await open("?range=24h", { viewport, colorScheme });
      await page.locator(".chart-frame").focus();
      await page.keyboard.press("End");
      await page.screenshot({ path: `${PICTURES}/chart-${name}-${colorScheme}.png`, fullPage: name === "desk" });
      if (name === "phone")
        await page.locator(".chart-figure").screenshot({ path: `${PICTURES}/chart-figure-phone-${colorScheme}.png` });
      const width = await page.evaluate<number>("document.documentElement.scrollWidth");
      expect(width).toBeLessThanOrEqual(viewport.width);
      expect(faults).toEqual([]);
    }
  });
});

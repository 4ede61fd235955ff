/** The page in a real browser that runs its scripts: what somebody sees who leaves it open. Needs Debian's chromium. */
import { mkdirSync } from "node:fs";
import type { Browser, Page } from "playwright-core";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { CHROMIUM, launchChromium } from "../../support/chromium.ts";
import { skipWithout } from "../../support/installed.ts";
import { startService, type ServiceProcess } from "../../support/service-process.ts";
import { sendJson, startTarget, type TargetServer } from "../../support/target-server.ts";
import { WAIT_LIMIT_MS } from "../../support/time-limits.ts";
import { openPage, type OpenPage } from "./live-page.ts";

/** For people to look at after a run. */
const PICTURES = ".cache/pictures";

/** Those that bring themselves up to date. */
const REFRESHED = {
  service: "/dashboard/services/tools",
  alerts: "/dashboard/alerts",
  history: "/dashboard/history",
  setup: "/dashboard/setup",
};

describe.skipIf(skipWithout(CHROMIUM))("the page in a browser with scripts (needs chromium)", () => {
  let browser: Browser;
  let target: TargetServer;
  let service: ServiceProcess;
  const opened: OpenPage[] = [];
  /** Paths of the target that fail. */
  const ill = new Set<string>();

  beforeAll(async () => {
    mkdirSync(PICTURES, { recursive: true });
    browser = await launchChromium();
    target = await startTarget((asked, reply) => sendJson(ill.has(asked.url ?? "") ? 503 : 200, {})(asked, reply));
    const services = {
      tools: { name: "Tools Server", url: target.url, critical: true, interval: 0.3 },
      ollama: { name: "Jetson Ollama Server", url: `${target.url}/well`, critical: true, interval: 0.5 },
    };
    service = await startService({ config: JSON.stringify({ node: "worker-node4", services }) });
  });
  afterEach(async () => {
    ill.clear();
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
    ill.add("/");
    await page.locator("#row-tools .status.down").waitFor();
    await expect.poll(() => page.title()).toBe("Unhealthy · worker-node4");
    expect(await page.locator("h1").innerText()).toMatch(/^■ Unhealthy/);
    await page.screenshot({ path: `${PICTURES}/live-down.png`, fullPage: true });
    ill.clear();
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

  it("takes back on every view what it said, in words as well, when the service is not heard, and returns by itself", async () => {
    const views = await Promise.all(
      Object.entries(REFRESHED).map(async ([name, path]) => ({ name, ...(await open(path)) })),
    );
    await expect.poll(() => views[0]?.page.title()).toMatch(/^Healthy: Tools Server/);
    const titles = await Promise.all(views.map(({ page }) => page.title()));
    for (const { page } of views) expect(await page.locator("#currency").innerText()).toMatch(/^● updated \d+ s ago$/);
    service.signal("SIGSTOP");
    try {
      for (const { name, page } of views) {
        await page.locator("body.is-cut-off").waitFor();
        expect(await page.title()).toBe("No update · worker-node4");
        expect(await page.locator("#currency").innerText()).toMatch(/^■ no update for \d+ s, trying again$/);
        expect(await page.locator("#alarm").textContent()).toMatch(/^No update for \d+ s, trying again\.$/);
        expect(await page.locator(".stale-note").innerText()).toMatch(/^■ No update for \d+ s: this is what was known/);
        expect(
          await page.evaluate(
            `Math.min(...Array.from(document.querySelectorAll("main > *, .service > *"), (each) => getComputedStyle(each).opacity))`,
          ),
        ).toBe(0.6);
        await page.screenshot({ path: `${PICTURES}/stale-${name}.png` });
      }
      const verdict = views[0]?.page.locator(".verdict");
      expect(await verdict?.innerText()).toMatch(/^◌ Tools Server\s+Last known: Healthy\s+checked \d+ s ago · every/);
    } finally {
      service.signal("SIGCONT");
    }
    for (const [index, { page, faults }] of views.entries()) {
      await page.locator("body:not(.is-cut-off):not(.is-stale)").waitFor();
      expect(await page.locator("#alarm").textContent()).toBe("");
      await expect.poll(() => page.title()).toBe(titles[index]);
      expect(faults).toEqual([]);
    }
  });

  it("counts on on the page of a service while it is open", async () => {
    const { page } = await open("/dashboard/services/tools");
    const lasting = page.locator('.verdict time[data-run="for"]');
    const first = await lasting.innerText();
    await expect.poll(() => lasting.innerText()).not.toBe(first);
    // Why it is so counts on with it.
    const why = page
      .locator("section", { has: page.locator("#why") })
      .locator('time[data-run="for"]')
      .first();
    expect(await why.innerText()).not.toBe(first);
    await expect
      .poll(() => page.locator(".verdict").innerText())
      .toMatch(/ for \d+ s, since .*\s+checked \d+ s ago · (next check (in \d+ s|now) · )?every/);
  });

  it("says without a script when it was made, and nothing in it counts", async () => {
    for (const path of Object.values(REFRESHED)) {
      const { page } = await open(path, { javaScriptEnabled: false });
      expect(await page.locator("#currency").innerText()).toMatch(/^● updated \d+ s ago\s+as of \d\d:\d\d:\d\d UTC$/);
    }
  });

  it("says in a sentence what a service has become, and leaves the focus where it is though the row moves", async () => {
    const { page, faults } = await open();
    const link = page.locator("#row-ollama th a");
    await link.focus();
    await page.locator(".rows tr").first().and(page.locator("#row-tools")).waitFor();
    ill.add("/well");
    await page.locator(".rows tr").first().and(page.locator("#row-ollama")).waitFor();
    await expect.poll(() => page.locator("#said").textContent()).toBe("Jetson Ollama Server is down: HTTP 503.");
    expect(await link.evaluate((element) => element.matches(":focus"))).toBe(true);
    expect(faults).toEqual([]);
  });

  it("shows in the background its verdict, and the rest when somebody looks", async () => {
    const { page, faults } = await open();
    await setHidden(page, true);
    ill.add("/");
    await expect.poll(() => page.title()).toBe("Unhealthy · worker-node4");
    expect(await page.locator("#row-tools .status").innerText()).toBe("● Healthy");
    await setHidden(page, false);
    await page.locator("#row-tools .status.down").waitFor();
    expect(faults).toEqual([]);
  });

  it("asks by itself where it may not listen", async () => {
    const { page, faults } = await open("/dashboard", { refuseEvents: true });
    await page.evaluate("window.isTheSame = true");
    ill.add("/");
    await page.locator("#row-tools .status.down").waitFor();
    expect(await page.title()).toBe("Unhealthy · worker-node4");
    expect(await page.evaluate("window.isTheSame")).toBe(true);
    expect(faults.filter((fault) => !fault.includes("503"))).toEqual([]);
  });

  it("keeps open what somebody has opened on pages that are loaded again", async () => {
    const { page, faults } = await open("/dashboard/services/tools");
    await expect.poll(() => page.title()).toMatch(/^Healthy: Tools Server/);
    const details = page.locator("details", { hasText: "Its configuration" });
    await details.locator("summary").click();
    const before = await page.locator("#main").innerText();
    ill.add("/");
    await expect.poll(() => page.title()).toMatch(/^Unhealthy: Tools Server/);
    expect(await page.locator("#main").innerText()).not.toBe(before);
    expect(await details.evaluate((element) => element.hasAttribute("open"))).toBe(true);
    expect(faults).toEqual([]);
  });
});

/** As when another tab is shown. */
async function setHidden(page: Page, isHidden: boolean): Promise<void> {
  await page.evaluate(`
    Object.defineProperty(document, "hidden", { configurable: true, get: () => ${isHidden} });
    document.dispatchEvent(new Event("visibilitychange"));
  `);
}

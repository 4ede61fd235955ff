/** The page of a service in a real browser without scripts, on a quarter of history. Needs Debian's chromium. */
import { mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Browser, Page } from "playwright-core";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { CHROMIUM, launchChromium } from "../../support/chromium.ts";
import { skipWithout } from "../../support/installed.ts";
import { storeQuarter } from "../../support/lived-quarter.ts";
import { startService, type ServiceProcess } from "../../support/service-process.ts";
import { sendJson, startTarget, type TargetServer } from "../../support/target-server.ts";

/** For people to look at after a run. */
const PICTURES = ".cache/pictures";
const PHONE = { width: 390, height: 844 };
const DESKTOP = { width: 1440, height: 900 };
const LONG = "x".repeat(65_536);

describe.skipIf(skipWithout(CHROMIUM))("the page of a service in a browser without scripts (needs chromium)", () => {
  let browser: Browser;
  let targets: TargetServer[];
  let service: ServiceProcess;
  /** Answers of a service that is being checked from the start, for whoever waits for it. */
  const held: (() => void)[] = [];
  let folder: string;
  let page: Page;
  let faults: string[];
  const address = (id: string, query = "") => `http://127.0.0.1:${service.port}/dashboard/services/${id}${query}`;

  beforeAll(async () => {
    mkdirSync(PICTURES, { recursive: true });
    browser = await launchChromium();
    targets = [await startTarget(), await startTarget(sendJson(503, { error: LONG })), await startTarget()];
    folder = mkdtempSync(join(tmpdir(), "monitoring-"));
    await storeQuarter(folder, "tools", Date.now());
    const [well, broken, late] = targets;
    if (!late) throw new Error("no target");
    const { response } = late;
    late.response = (request, reply) => {
      late.response = response;
      held.push(() => response(request, reply));
    };
    const services = {
      late: { name: "Late Server", url: late.url, timeout: 120, interval: 1 },
      tools: {
        name: "Tools Server",
        url: `${well?.url}/health`,
        critical: true,
        interval: 1,
        slow_after: 9,
        impact: "no agent can use a tool",
        depends_on: ["embeddings"],
      },
      embeddings: {
        name: "<b>Embeddings</b> \u202eServer",
        url: broken?.url,
        impact: "<img src=x onerror=alert(1)> all semantic search disabled",
        interval: 1,
        failures: 1,
      },
    };
    service = await startService({ folder, config: JSON.stringify({ node: "worker-node4", services }) });
    await service.saw("alert is firing");
  });
  afterAll(async () => {
    await browser?.close();
    await service?.stop();
    rmSync(folder, { recursive: true, force: true });
    await Promise.all((targets ?? []).map((target) => target.close()));
  });

  const open = async (options: Parameters<Browser["newContext"]>[0]): Promise<void> => {
    const context = await browser.newContext({ javaScriptEnabled: false, ...options });
    page = await context.newPage();
    faults = [];
    page.on("console", (message) => message.type() === "error" && faults.push(message.text()));
  };
  beforeEach(() => open({ viewport: DESKTOP }));
  afterEach(() => page.context().close());

  it("shows a quarter: figures, chart, days, outages and checks", async () => {
    await page.goto(address("tools"));
    expect(await page.locator("h1").innerText()).toBe("● Tools Server");
    const figures = await page.locator(".figures").innerText();
    expect(figures).toMatch(/Uptime 24 h\s+9\d\.\d\d %/);
    expect(await page.locator("figcaption").innerText()).toContain("one outage of 41 min at ");
    expect(await page.locator(".chart .outage").count()).toBeGreaterThan(0);
    expect(await page.locator(".chart .maintenance-bar").count()).toBe(1);
    expect(await page.locator(".chart .mark-flag").count()).toBe(2);
    expect(await page.locator(".chart .clipped").count()).toBeGreaterThan(0);
    await page.getByText(/^The \d+ days on which it was not healthy$/).click();
    expect(await page.locator(".day-table tbody tr").count()).toBeGreaterThan(5);
    expect(await page.locator(".outage-item").count()).toBe(3);
    expect(await page.locator(".phase-bar rect").count()).toBeGreaterThan(0);
    expect(faults).toEqual([]);
  });

  it("goes to another range and to what it needs by links", async () => {
    await page.goto(address("tools"));
    await page.getByRole("link", { name: "Last 7 d" }).click();
    expect(new URL(page.url()).search).toBe("?range=7d");
    expect(await page.locator("figcaption").innerText()).toMatch(/^Last 7 days: half of [\d,]+ answers/);
    await page.getByRole("link", { name: "<b>Embeddings</b> Server" }).click();
    expect(await page.locator("h1").innerText()).toBe("■ <b>Embeddings</b> Server");
    expect(await page.locator(".verdict .impact").innerText()).toContain("<img src=x onerror=alert(1)> all semantic");
    expect(await page.locator("main img, main b").count()).toBe(0);
    expect(faults).toEqual([]);
  });

  it("lets who waits for a check leave while it goes on", async () => {
    await page.goto(address("tools"));
    await page.getByRole("button", { name: "Check now" }).click();
    await page.locator("progress").waitFor();
    expect(await page.locator("main").innerText()).toContain("that takes 2 min at most");
    await page.getByRole("link", { name: "Back to the service" }).click();
    expect(await page.locator("h1").innerText()).toBe("● Tools Server");
    for (const send of held.splice(0)) send();
    expect(faults).toEqual([]);
  });

  it("checks now, shows that it does, and comes back", async () => {
    await page.goto(address("tools"));
    await page.getByRole("button", { name: "Check now" }).click();
    await page.waitForURL(/services\/tools$/);
    expect(await page.getByRole("status").innerText()).toBe("Checked just now.");
    await page.reload();
    expect(await page.getByRole("status").count()).toBe(0);
    expect(faults).toEqual([]);
  });

  it("has a past where the service has been removed", async () => {
    await page.goto(address("removed", "?range=30d"));
    expect(await page.locator(".verdict").innerText()).toContain("Not monitored any more");
    expect(await page.title()).toBe("Removed: removed · worker-node4");
    expect(await page.getByRole("button", { name: "Check now" }).count()).toBe(0);
    expect(await page.locator(".outage-item").count()).toBe(1);
    await page.screenshot({ path: `${PICTURES}/service-removed-desk.png`, fullPage: true });
  });

  it.each(["light", "dark"] as const)("fits on a phone and on a desk, %s", async (colorScheme) => {
    for (const [name, viewport] of Object.entries({ phone: PHONE, desk: DESKTOP })) {
      await page.context().close();
      await open({ viewport, colorScheme });
      for (const [view, path] of Object.entries({
        quarter: address("tools"),
        down: address("embeddings", "?range=1h"),
      })) {
        await page.goto(path);
        for (const summary of await page.locator("summary").all()) await summary.click();
        await page.screenshot({ path: `${PICTURES}/service-${view}-${name}-${colorScheme}.png`, fullPage: true });
        const width = await page.evaluate<number>("document.documentElement.scrollWidth");
        expect(width).toBeLessThanOrEqual(viewport.width);
      }
      expect(faults).toEqual([]);
    }
  });
});

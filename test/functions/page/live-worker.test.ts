/**
 * The page in a real browser that runs its scripts, served by the Worker in workerd with its D1: what comes as it happens, what a page says
 * when nothing comes, and when the database fails. Needs Debian's chromium.
 */
import { globSync, mkdirSync } from "node:fs";
import { join } from "node:path";
import Database from "better-sqlite3";
import type { Browser } from "playwright-core";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { CHROMIUM, launchChromium } from "../../support/chromium.ts";
import { startProxy, type HeldProxy } from "../../support/held-proxy.ts";
import { skipWithout } from "../../support/installed.ts";
import { request } from "../../support/raw-http.ts";
import { sendJson, startTarget, type TargetServer } from "../../support/target-server.ts";
import { WAIT_LIMIT_MS } from "../../support/time-limits.ts";
import { startWorker, TEST_AUTH, TEST_TOKEN, type WorkerProcess } from "../../support/worker-process.ts";
import { openPage, type OpenPage } from "./live-page.ts";

/** For people to look at after a run. */
const PICTURES = ".cache/pictures/edge";

const NOW = "/dashboard";
const VIEWS = {
  now: NOW,
  service: "/dashboard/services/tools",
  alerts: "/dashboard/alerts",
  history: "/dashboard/history",
  setup: "/dashboard/setup",
};
const UNREADABLE = "What is stored cannot be read now. The log of the Worker says why: npm run wrangler -- tail.";

/** Of its local D1, as another program sees it. */
function openD1({ state }: WorkerProcess): Database.Database {
  const [path = ""] = globSync(join(state, "v3/d1/miniflare-D1DatabaseObject/*.sqlite"), {
    exclude: (name) => name.endsWith("metadata.sqlite"),
  });
  return new Database(path, { fileMustExist: true });
}

describe.skipIf(skipWithout(CHROMIUM))("the page of the Worker in a browser with scripts (needs chromium)", () => {
  let target: TargetServer;
  let worker: WorkerProcess;
  let proxy: HeldProxy;
  let browser: Browser;
  const opened: OpenPage[] = [];

  beforeAll(async () => {
    mkdirSync(PICTURES, { recursive: true });
    target = await startTarget();
    const services = { tools: { name: "Tools Server", url: target.url, critical: true } };
    worker = await startWorker(JSON.stringify({ node: "edge", services, auth: TEST_AUTH }));
    proxy = await startProxy(worker.port);
    browser = await launchChromium();
    await look();
  });
  afterAll(async () => {
    await browser?.close();
    await proxy?.close();
    await worker?.stop();
    await target?.close();
  });
  beforeEach(() => {
    target.response = sendJson(200, {});
  });
  afterEach(async () => {
    proxy.release();
    for (const { close } of opened.splice(0)) await close();
  });

  const open = async (path: string, hasClock = false): Promise<OpenPage> => {
    const origin = `http://127.0.0.1:${proxy.port}`;
    const cookies = [{ name: "lgm", value: TEST_TOKEN, url: origin }];
    const one = await openPage(browser, origin + path, { cookies, hasClock });
    one.page.setDefaultTimeout(WAIT_LIMIT_MS);
    opened.push(one);
    return one;
  };
  const look = async (): Promise<string> => {
    const headers = { authorization: `Bearer ${TEST_TOKEN}` };
    return (await request(worker.port, "/cluster_health?fresh=true", { headers })).json.overall_status;
  };

  it("shows what a service has become, without being loaded again, and breaks no rule of its policy", async () => {
    const { page, faults } = await open(NOW);
    await page.evaluate("window.isTheSame = true");
    await page.locator("#row-tools .status.healthy").waitFor();
    target.response = sendJson(503, {});
    // Checks younger than 10 s are left alone.
    await expect.poll(look, { interval: 1_000 }).toBe("unhealthy");
    await page.locator("#row-tools .status.down").waitFor();
    expect(await page.title()).toBe("Unhealthy · edge");
    expect(await page.evaluate("window.isTheSame")).toBe(true);
    expect(faults).toEqual([]);
  });

  it("takes back on every view what it said when nothing passes any more, and returns by itself", async () => {
    const views = await Promise.all(
      Object.entries(VIEWS).map(async ([name, path]) => ({ name, ...(await open(path, true)) })),
    );
    proxy.hold();
    for (const { name, page } of views) {
      await page.clock.fastForward("05:00");
      await page.locator("body.is-cut-off").waitFor();
      expect(await page.title()).toBe("No update · edge");
      expect(await page.locator("#currency").innerText()).toMatch(/^■ no update for \d+ min( \d+ s)?, trying again$/);
      expect(await page.locator("#alarm").textContent()).toMatch(/^No update for \d+ min( \d+ s)?, trying again\.$/);
      expect(await page.locator(".stale-note").innerText()).toMatch(/^■ No update for \d+ min/);
      await page.screenshot({ path: `${PICTURES}/silent-${name}.png`, fullPage: true });
    }
    expect(await views[0]?.page.locator("h1").innerText()).toMatch(/^◌ Last known: /);
    proxy.release();
    for (const { page, faults } of views) {
      await page.locator("body:not(.is-cut-off):not(.is-stale)").waitFor();
      expect(await page.title()).not.toMatch(/^No update/);
      expect(await page.locator("#alarm").textContent()).toBe("");
      expect(faults).toEqual([]);
    }
  });

  it("stays what it is while the past cannot be read, and says so", async () => {
    const d1 = openD1(worker);
    d1.exec("alter table transitions rename to lost");
    try {
      const { page, faults } = await open(NOW);
      expect(await page.locator("h1").innerText()).toMatch(/(Healthy|Unhealthy)/);
      expect(await page.locator("#now-faults").innerText()).toBe(UNREADABLE);
      await page.screenshot({ path: `${PICTURES}/no-past-now.png`, fullPage: true });
      const service = await open(VIEWS.service);
      expect(await service.page.locator(".verdict").innerText()).toMatch(/Tools Server\s+(Healthy|Unhealthy) for/);
      expect(await service.page.locator("main").innerText()).toContain("How it was cannot be told now");
      await service.page.screenshot({ path: `${PICTURES}/no-past-service.png`, fullPage: true });
      expect(faults).toEqual([]);
    } finally {
      d1.exec("alter table lost rename to transitions");
      d1.close();
    }
  });

  it("is an error in the frame of all pages while nothing can be read, and the page itself as soon as it can", async () => {
    const d1 = openD1(worker);
    d1.exec("alter table snapshot rename to lost");
    let views: (OpenPage & { readonly name: string })[];
    try {
      views = await Promise.all(Object.entries(VIEWS).map(async ([name, path]) => ({ name, ...(await open(path)) })));
      for (const { name, page } of views) {
        expect(await page.locator("main").innerText()).toContain(UNREADABLE);
        expect(await page.locator('[aria-label="Views"] a').count()).toBe(5);
        expect(await page.locator(".status.healthy").count()).toBe(0);
        await page.screenshot({ path: `${PICTURES}/nothing-${name}.png`, fullPage: true });
      }
    } finally {
      d1.exec("alter table lost rename to snapshot");
      d1.close();
    }
    for (const { page } of views) await page.getByText(UNREADABLE).waitFor({ state: "detached" });
    expect(await views[0]?.page.locator("h1").innerText()).toMatch(/(Healthy|Unhealthy)/);
  });
});

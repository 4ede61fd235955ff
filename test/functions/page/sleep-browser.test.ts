/** What pages say that are open while the machine of the service sleeps, and when it is awake again. Needs Debian's chromium. */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Browser } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { CHROMIUM, launchChromium } from "../../support/chromium.ts";
import { skipWithout } from "../../support/installed.ts";
import { startService, type ServiceProcess } from "../../support/service-process.ts";
import { sendJson, startTarget, type TargetServer } from "../../support/target-server.ts";
import { WAIT_LIMIT_MS } from "../../support/time-limits.ts";
import { openPage } from "./live-page.ts";
import { fallAsleep, setClock, SLEEPY } from "./state-strikes.ts";

const PATHS = ["/dashboard", "/dashboard/services/tools", "/dashboard/history", "/status"];

describe.skipIf(skipWithout(CHROMIUM))("a page that is open while the monitor sleeps (needs chromium)", () => {
  let browser: Browser;
  let target: TargetServer;
  let service: ServiceProcess;
  const folder = mkdtempSync(join(tmpdir(), "monitoring-"));

  beforeAll(async () => {
    setClock(folder, 0);
    browser = await launchChromium();
    target = await startTarget();
    const services = { tools: { name: "Tools Server", url: target.url, critical: true, interval: 1, timeout: 300 } };
    const shown = { groups: [{ name: "Cluster", services: ["tools"] }] };
    const config = JSON.stringify({ node: "worker-node4", services, public: shown });
    service = await startService({ config, folder, env: SLEEPY });
    await service.saw("overall status is healthy");
  });
  afterAll(async () => {
    await browser?.close();
    await service?.stop();
    await target?.close();
    rmSync(folder, { recursive: true });
  });

  it("says for how long nothing was heard of the services, and is of now again with the first check", async () => {
    const pages = await Promise.all(
      PATHS.map((path) => openPage(browser, `http://127.0.0.1:${service.port}${path}`, { hasClock: true })),
    );
    const unanswered = await fallAsleep(service, target);
    for (const { page } of pages) {
      page.setDefaultTimeout(WAIT_LIMIT_MS);
      // Whoever looks on was awake.
      await page.clock.fastForward("01:00:00");
      await page.locator("body.is-stale:not(.is-cut-off)").waitFor();
      // What counts on has done so.
      await page.clock.runFor(2_000);
      expect([page.url(), await page.locator("#currency").innerText()]).toEqual([
        page.url(),
        expect.stringMatching(/^■ no update for 1 h/),
      ]);
      expect(await page.locator(".stale-note").innerText()).toMatch(/^■ No update for 1 h/);
    }
    target.response = sendJson(200, {});
    unanswered.end("{}");
    for (const { page, faults } of pages) {
      await page.locator("body:not(.is-stale)").waitFor();
      expect(await page.locator("#currency").innerText()).toMatch(/^● updated \d+ s ago/);
      expect(faults).toEqual([]);
    }
  });
});

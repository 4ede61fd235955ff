/** The pages of a service that has watched for a year, in a real browser. Needs Debian's chromium. */
import { mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { settle, writeHistory, YEAR_OF_SIX } from "../../../scripts/bench/stored-history.ts";
import { CHROMIUM, launchChromium } from "../../support/chromium.ts";
import { skipWithout } from "../../support/installed.ts";
import { startService, type ServiceProcess } from "../../support/service-process.ts";
import { startTarget, type TargetServer } from "../../support/target-server.ts";

const PICTURES = ".cache/pictures";
const DESK = { width: 1440, height: 900 };
const RANGES = ["24h", "30d", "1y"];

describe.skipIf(skipWithout(CHROMIUM))("the page after a year (needs chromium)", () => {
  let browser: Browser;
  let target: TargetServer;
  let service: ServiceProcess;
  let folder: string;

  beforeAll(async () => {
    mkdirSync(PICTURES, { recursive: true });
    folder = mkdtempSync(join(tmpdir(), "monitoring-year-"));
    // As startService names it.
    const databasePath = join(folder, "test.db");
    await writeHistory(databasePath, YEAR_OF_SIX);
    await settle(databasePath);
    target = await startTarget();
    const services = Object.fromEntries(
      Array.from({ length: YEAR_OF_SIX.serviceCount }, (_, index) => [
        `service_${index}`,
        { name: `Service ${index}`, url: target.url, critical: true, interval: 1 },
      ]),
    );
    service = await startService({ config: JSON.stringify({ node: "worker-node4", services }), folder });
    await service.saw("overall status is healthy");
    browser = await launchChromium();
  });
  afterAll(async () => {
    await browser?.close();
    await service?.stop();
    await target?.close();
    rmSync(folder, { recursive: true, force: true });
  });

  const open = async (path: string): Promise<{ page: Page; faults: string[] }> => {
    const page = await browser.newPage({ viewport: DESK });
    const faults: string[] = [];
    page.on("console", (message) => message.type() === "error" && faults.push(message.text()));
    page.on("pageerror", (error) => faults.push(error.message));
    await page.goto(`http://127.0.0.1:${service.port}${path}`);
    return { page, faults };
  };

  it("tells of ninety days, and of the uptime of each service", async () => {
    const { page, faults } = await open("/dashboard");
    const pictures = page.getByRole("img", { name: /^90 days: \d+(\.\d+)? percent up, / });
    expect(await pictures.count()).toBe(YEAR_OF_SIX.serviceCount);
    await page.screenshot({ path: `${PICTURES}/year-now.png`, fullPage: true });
    expect(faults).toEqual([]);
    await page.close();
  });

  it.each(RANGES)("draws how fast it was within %s", async (range) => {
    const { page, faults } = await open(`/dashboard/services/service_0?range=${range}`);
    await expect.poll(() => page.locator("figure").first().isVisible()).toBe(true);
    await page.screenshot({ path: `${PICTURES}/year-service-${range}.png`, fullPage: true });
    expect(faults).toEqual([]);
    await page.close();
  });
});

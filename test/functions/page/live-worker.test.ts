/** The page in a real browser that runs its scripts, served by the Worker in workerd. Needs Debian's chromium. */
import { afterEach, describe, expect, it } from "vitest";
import { CHROMIUM, launchChromium } from "../../support/chromium.ts";
import { skipWithout } from "../../support/installed.ts";
import { request } from "../../support/raw-http.ts";
import { sendJson, startTarget } from "../../support/target-server.ts";
import { WAIT_LIMIT_MS } from "../../support/time-limits.ts";
import { startWorker, TEST_AUTH, TEST_TOKEN } from "../../support/worker-process.ts";
import { openPage } from "./live-page.ts";

const closing: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const close of closing.splice(0).toReversed()) await close();
});

describe.skipIf(skipWithout(CHROMIUM))("the page of the Worker in a browser with scripts (needs chromium)", () => {
  it("shows what a service has become, without being loaded again, and breaks no rule of its policy", async () => {
    const target = await startTarget();
    closing.push(() => target.close());
    const services = { tools: { name: "Tools Server", url: target.url, critical: true } };
    const worker = await startWorker(JSON.stringify({ node: "edge", services, auth: TEST_AUTH }));
    closing.push(() => worker.stop());
    const browser = await launchChromium();
    closing.push(() => browser.close());
    const look = async (): Promise<string> => {
      const headers = { authorization: `Bearer ${TEST_TOKEN}` };
      return (await request(worker.port, "/cluster_health?fresh=true", { headers })).json.overall_status;
    };
    await look();
    const origin = `http://127.0.0.1:${worker.port}`;
    const cookies = [{ name: "lgm", value: TEST_TOKEN, url: origin }];
    const { page, faults } = await openPage(browser, `${origin}/dashboard`, { cookies });
    page.setDefaultTimeout(WAIT_LIMIT_MS);
    await page.evaluate("window.isTheSame = true");
    await page.locator("#row-tools .status.healthy").waitFor();
    target.response = sendJson(503, {});
    // Checks younger than 10 s are left alone.
    await expect.poll(look, { timeout: 30_000, interval: 1_000 }).toBe("unhealthy");
    await page.locator("#row-tools .status.down").waitFor();
    expect(await page.title()).toBe("Unhealthy · edge");
    expect(await page.evaluate("window.isTheSame")).toBe(true);
    expect(faults).toEqual([]);
  });
});

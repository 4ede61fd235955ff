/** What becomes of a page that is open when whoever looks at it may read no more. Needs Debian's chromium. */
import type { Browser } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { newToken } from "../../../functions/cli/new-token.ts";
import { CHROMIUM, launchChromium } from "../../support/chromium.ts";
import { skipWithout } from "../../support/installed.ts";
import { startService, type ServiceProcess } from "../../support/service-process.ts";
import { startTarget, type TargetServer } from "../../support/target-server.ts";
import { WAIT_LIMIT_MS } from "../../support/time-limits.ts";
import { openPage } from "./live-page.ts";

const anna = newToken("anna");
const other = newToken("other");
const PAGES = ["/dashboard", "/dashboard/services/tools", "/dashboard/alerts"];

describe.skipIf(skipWithout(CHROMIUM))("a page whose reader may read no more (needs chromium)", () => {
  let browser: Browser;
  let target: TargetServer;
  let service: ServiceProcess;
  const configFor = (hash: string): string => {
    const services = { tools: { url: target.url, critical: true, interval: 1 } };
    return JSON.stringify({ services, auth: { reads: "token", tokens: { anna: { hash, scopes: ["read"] } } } });
  };
  const open = async (path: string, hasClock = false) => {
    const origin = `http://127.0.0.1:${service.port}`;
    const opened = await openPage(browser, origin + path, {
      cookies: [{ name: "lgm", value: anna.token, url: origin }],
      hasClock,
    });
    opened.page.setDefaultTimeout(WAIT_LIMIT_MS);
    return opened;
  };

  beforeAll(async () => {
    browser = await launchChromium();
    target = await startTarget();
    service = await startService({ config: configFor(anna.hash) });
  });
  afterAll(async () => {
    await browser?.close();
    await service?.stop();
    await target?.close();
  });

  it("asks to sign in when somebody looks at it who has signed out in another tab", async () => {
    const { page, close } = await open("/dashboard");
    await page.locator("#currency time").first().waitFor();
    const another = await page.context().newPage();
    await another.goto(page.url());
    await another.getByRole("button", { name: "Sign out" }).click();
    await another.getByLabel("Token").waitFor();
    expect(await page.getByLabel("Token").count()).toBe(0);
    await page.evaluate('document.dispatchEvent(new Event("visibilitychange"))');
    await page.getByLabel("Token").waitFor();
    await close();
  });

  it("asks to sign in when somebody has signed out in a window beside it, which hides neither", async () => {
    const { page, close } = await open("/dashboard", true);
    await page.locator("#currency time").first().waitFor();
    await page.context().request.post(new URL("/dashboard/logout", page.url()).href, {
      headers: { origin: new URL(page.url()).origin },
    });
    expect(await page.getByLabel("Token").count()).toBe(0);
    // The stream, which was let in, would go on for as long as it is heard.
    const asked = page.waitForRequest((each) => each.method() === "HEAD" && each.url().endsWith("/cluster_health"));
    await page.clock.fastForward(30_000);
    await asked;
    await page.getByLabel("Token").waitFor();
    await close();
  });

  it("asks to sign in by itself, and leads back to where it was, when the token is taken away", async () => {
    const opened = await Promise.all(PAGES.map((path) => open(path)));
    for (const { page } of opened) await page.locator("#currency time").first().waitFor();
    service.writeConfig(configFor(other.hash));
    service.signal("SIGHUP");
    for (const [index, { page, close }] of opened.entries()) {
      await page.getByLabel("Token").waitFor();
      expect(await page.locator('input[name="next"]').getAttribute("value")).toMatch(new RegExp(`^${PAGES[index]}`));
      await close();
    }
  });
});

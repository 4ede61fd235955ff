/** The page in a real browser, which runs no script here: what a person sees and does. Needs Debian's chromium. */
import { mkdirSync } from "node:fs";
import type { Browser, Page } from "playwright-core";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { newToken } from "../../../functions/cli/new-token.ts";
import { CHROMIUM, launchChromium } from "../../support/chromium.ts";
import { skipWithout } from "../../support/installed.ts";
import { request } from "../../support/raw-http.ts";
import { startService, type ServiceProcess } from "../../support/service-process.ts";
import { sendJson, startTarget, type TargetServer } from "../../support/target-server.ts";

/** For people to look at after a run. */
const PICTURES = ".cache/pictures";
const VIEWS = { now: "/dashboard", service: "/dashboard/services/tools", login: "/dashboard/login" };
const PHONE = { width: 390, height: 844 };
const DESKTOP = { width: 1440, height: 900 };

const { token, hash } = newToken("anna");

describe.skipIf(skipWithout(CHROMIUM))("the page in a browser without scripts (needs chromium)", () => {
  let browser: Browser;
  let targets: TargetServer[];
  let service: ServiceProcess;
  let page: Page;
  let faults: string[];
  const origin = () => `http://127.0.0.1:${service.port}`;

  beforeAll(async () => {
    mkdirSync(PICTURES, { recursive: true });
    browser = await launchChromium();
    targets = [await startTarget(), await startTarget(sendJson(503, {}))];
    const [well, broken] = targets;
    const services = {
      tools: { name: "Tools Server", url: broken?.url, critical: true, interval: 0.3 },
      ollama: { name: "Jetson Ollama Server", url: well?.url, critical: true, interval: 1 },
    };
    const auth = { tokens: { anna: { hash, scopes: ["read", "alerts:write"] } } };
    service = await startService({ config: JSON.stringify({ node: "worker-node4", services, auth }) });
    await service.saw("alert is firing");
  });
  afterAll(async () => {
    await browser?.close();
    await service?.stop();
    await Promise.all((targets ?? []).map((target) => target.close()));
  });

  const open = async (options: Parameters<Browser["newContext"]>[0]): Promise<void> => {
    const context = await browser.newContext({ javaScriptEnabled: false, ...options });
    page = await context.newPage();
    faults = [];
    page.on("console", (message) => message.type() === "error" && faults.push(message.text()));
    page.on(
      "request",
      (asked) => asked.url().startsWith(origin()) || asked.url().startsWith("data:") || faults.push(asked.url()),
    );
  };
  beforeEach(() => open({ viewport: DESKTOP }));
  afterEach(() => page.context().close());

  it("is where / leads to, and says what is wrong", async () => {
    await page.goto(`${origin()}/`);
    expect(new URL(page.url()).pathname).toBe("/dashboard");
    expect(await page.title()).toBe("Unhealthy · worker-node4");
    expect(await page.locator("h1").innerText()).toMatch(/^■ Unhealthy for \d/);
    expect(await page.getByText("1 of 2 critical services is failing: Tools Server.").isVisible()).toBe(true);
    const card = page.locator(".card").first();
    expect(await card.innerText()).toContain("HTTP 503");
    expect(await card.innerText()).toContain("Nobody is told");
    await page.getByRole("link", { name: "Tools Server" }).click();
    expect(await page.title()).toBe("Unhealthy: Tools Server · worker-node4");
    expect(await page.getByRole("img").getAttribute("aria-label")).toContain("down on 1 day");
    expect(faults).toEqual([]);
  });

  it("lets who has signed in acknowledge and silence, and sign out", async () => {
    await page.goto(`${origin()}/dashboard`);
    await page.getByRole("button", { name: "Acknowledge: Tools Server" }).click();
    expect(await page.getByRole("alert").innerText()).toContain("Nothing has been done yet");
    expect(faults.splice(0)).toEqual([expect.stringContaining("401")]); // as the console notes it
    await page.getByLabel("Token").fill(token);
    await page.getByRole("button", { name: "Sign in" }).click();
    expect(new URL(page.url()).pathname).toBe("/dashboard");
    expect(await page.getByRole("link", { name: "Sign in" }).count()).toBe(0);
    await page.getByRole("button", { name: "Acknowledge: Tools Server" }).click();
    expect(await page.getByRole("status").innerText()).toContain("Acknowledged");
    expect((await request(service.port, "/alerts")).json.details[0]).toMatchObject({ acknowledged_by: "anna" });
    expect(await page.locator(".card").first().innerText()).toContain("Acknowledged by anna until ");
    await page.getByRole("button", { name: "Silence 1 h: Tools Server" }).click();
    expect(await page.getByRole("status").innerText()).toContain("Silenced for an hour");
    expect((await request(service.port, "/silences")).json.silences).toMatchObject([
      { author: "anna", covers: ["tools"] },
    ]);
    await page.getByRole("button", { name: "Sign out" }).click();
    expect(new URL(page.url()).pathname).toBe("/dashboard/login");
    expect(await page.context().cookies()).toEqual([]);
    expect(faults).toEqual([]);
  });

  it("says that a token is good for something else, in the words of the API", async () => {
    await page.goto(`${origin()}/dashboard/login`);
    await page.getByLabel("Token").fill(`${token.slice(0, -1)}!`);
    await page.getByRole("button", { name: "Sign in" }).click();
    expect(await page.getByRole("alert").innerText()).toBe("This token is not known here, or has expired.");
  });

  it.each(["light", "dark"] as const)("fits on a phone and on a desk, %s", async (colorScheme) => {
    for (const [name, viewport] of Object.entries({ phone: PHONE, desk: DESKTOP })) {
      await page.context().close();
      await open({ viewport, colorScheme });
      for (const [view, path] of Object.entries(VIEWS)) {
        await page.goto(origin() + path);
        await page.screenshot({ path: `${PICTURES}/${view}-${name}-${colorScheme}.png`, fullPage: true });
        const width = await page.evaluate<number>("document.documentElement.scrollWidth");
        expect(width).toBeLessThanOrEqual(viewport.width);
      }
      expect(faults).toEqual([]);
    }
  });
});

/** The page about the API in a real browser, without scripts; one of its lines is asked as it stands there. Needs Debian's chromium. */
import { execFileSync } from "node:child_process";
import { mkdirSync } from "node:fs";
import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { newToken } from "../../../../functions/cli/new-token.ts";
import { CHROMIUM, launchChromium } from "../../../support/chromium.ts";
import { findProgram, skipWithout } from "../../../support/installed.ts";
import { findFaults } from "../../../support/page-faults.ts";
import { startService, type ServiceProcess } from "../../../support/service-process.ts";

const CURL = findProgram("curl");
const PICTURES = ".cache/pictures";
const SIZES = { desk: { width: 1440, height: 900 }, phone: { width: 390, height: 844 } };
const { token, hash } = newToken("anna");

describe.skipIf(skipWithout(CHROMIUM))("the page about the API in a browser (needs chromium)", () => {
  let browser: Browser;
  let service: ServiceProcess;
  const origin = () => `http://127.0.0.1:${service.port}`;

  beforeAll(async () => {
    mkdirSync(PICTURES, { recursive: true });
    browser = await launchChromium();
    const services = { tools: { name: "Tools Server", url: "http://127.0.0.1:1/", interval: 60 } };
    const auth = { tokens: { anna: { hash, scopes: ["read", "alerts:write"] } } };
    service = await startService({ config: JSON.stringify({ node: "worker-node4", services, auth }) });
  });
  afterAll(async () => {
    await browser?.close();
    await service?.stop();
  });

  const open = async (options: Parameters<Browser["newPage"]>[0]): Promise<{ page: Page; faults: string[] }> => {
    const page = await browser.newPage({ javaScriptEnabled: false, ...options });
    const faults: string[] = [];
    page.on("console", (message) => message.type() === "error" && faults.push(message.text()));
    return { page, faults };
  };

  it("is where the navigation leads, and its index leads to each operation", async () => {
    const { page, faults } = await open({ viewport: SIZES.desk });
    await page.goto(`${origin()}/dashboard`);
    await page.getByRole("link", { name: "API" }).click();
    expect(await page.title()).toBe("API · worker-node4");
    await page.getByRole("navigation", { name: "Contents" }).getByRole("link", { name: "POST /marks" }).click();
    expect(new URL(page.url()).hash).toBe("#createMark");
    expect(await page.getByRole("heading", { name: "POST /marks" }).isVisible()).toBe(true);
    expect(faults).toEqual([]);
    await page.close();
  });

  it.skipIf(!CURL)("has lines that work as they stand there (needs curl)", async () => {
    const { page } = await open({});
    await page.goto(`${origin()}/docs`);
    const run = async (about: string): Promise<unknown> => {
      const line = await page.getByRole("region", { name: about, exact: true }).innerText();
      const env = { ...process.env, MONITORING_TOKEN: token };
      return JSON.parse(execFileSync("sh", ["-c", line], { env }).toString());
    };
    expect(await run("How to ask POST /marks")).toMatchObject({ author: "anna", text: "something" });
    expect(await run("How to ask POST /silences")).toMatchObject({ covers: ["tools"] });
    expect(await run("How to ask POST /maintenance")).toMatchObject({ covers: ["tools"], active: false });
    expect(await run("How to ask GET /transitions")).toHaveProperty("transitions");
    await page.close();
  });

  /** axe takes seconds for so long a page: each size and each theme once. */
  const LOOKED_AT = { light: "phone", dark: "desk" };

  it.each(["light", "dark"] as const)("is for everybody, on a phone and on a desk, %s", async (colorScheme) => {
    for (const [name, viewport] of Object.entries(SIZES)) {
      const { page, faults } = await open({ viewport, colorScheme, javaScriptEnabled: true });
      await page.goto(`${origin()}/docs`);
      await page.screenshot({ path: `${PICTURES}/docs-${name}-${colorScheme}.png` });
      expect(await page.evaluate<number>("document.documentElement.scrollWidth")).toBeLessThanOrEqual(viewport.width);
      if (LOOKED_AT[colorScheme] === name) expect(await findFaults(page)).toEqual([]);
      expect(faults).toEqual([]);
      await page.goto(`${origin()}/docs#createMaintenance`);
      await page.screenshot({ path: `${PICTURES}/docs-operation-${name}-${colorScheme}.png` });
      await page.close();
    }
  });
});

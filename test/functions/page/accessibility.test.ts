/**
 * Every view in every state (page-states.ts), light and dark, on a desk and on a phone: whether it says so, what axe finds, whether it
 * scrolls sideways, and what the browser reports of our own policy. Leaves pictures. Needs Debian's chromium.
 */
import { mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { CHROMIUM, launchChromium } from "../../support/chromium.ts";
import { skipWithout } from "../../support/installed.ts";
import { findFaults } from "../../support/page-faults.ts";
import { startService, type ServiceProcess } from "../../support/service-process.ts";
import { sendJson, startTarget } from "../../support/target-server.ts";
import { STATES, VIEWS, type View } from "./page-states.ts";
import { setClock, TOKEN, type Targets } from "./state-strikes.ts";

const PICTURES = ".cache/pictures/states";

/** A picture takes as long as axe does, and two of the four show both sizes and both themes. */
const LOOKS = [
  { name: "desk light", viewport: { width: 1440, height: 900 }, colorScheme: "light", isPictured: true },
  { name: "desk dark", viewport: { width: 1440, height: 900 }, colorScheme: "dark", isPictured: false },
  { name: "phone light", viewport: { width: 390, height: 844 }, colorScheme: "light", isPictured: false },
  { name: "phone dark", viewport: { width: 390, height: 844 }, colorScheme: "dark", isPictured: true },
] as const;

async function startTargets(): Promise<Targets> {
  const [well, broken, mute, fickle] = await Promise.all([
    startTarget(),
    startTarget(sendJson(503, {})),
    startTarget(() => {}),
    startTarget(),
  ]);
  return { well, broken, mute, fickle };
}

describe.skipIf(skipWithout(CHROMIUM))("the page (needs chromium)", () => {
  let browser: Browser;
  let targets: Targets;
  /** Markup that has been looked at, such as of signing in: in another state it is the same to axe and to the eye. */
  const known = new Set<string>();
  beforeAll(async () => {
    mkdirSync(PICTURES, { recursive: true });
    [browser, targets] = await Promise.all([launchChromium(), startTargets()]);
  });
  afterAll(async () => {
    await browser?.close();
    await Promise.all(Object.values(targets ?? {}).map((target) => target.close()));
  });

  describe.each(Object.entries(STATES))("%s", (name, state) => {
    const { config, until, env = {}, paths = {}, says, isSignedIn = true, strike, interrupt } = state;
    let folder: string;
    let service: ServiceProcess;
    let recover: (() => void) | undefined;
    /** One for all views: a new one begins with a process of its own, which takes as long as looking at it. */
    let page: Page;
    let reports: string[] = [];
    beforeAll(async () => {
      folder = mkdtempSync(join(tmpdir(), "monitoring-"));
      setClock(folder, 0);
      const written = config(targets);
      const node = "worker-node4";
      service = await startService({ config: written && JSON.stringify({ node, ...written }), folder, env });
      const origin = `http://127.0.0.1:${service.port}`;
      const context = await browser.newContext({ reducedMotion: "reduce", baseURL: origin });
      const cookie = { name: "lgm", value: TOKEN, url: origin, httpOnly: true, sameSite: "Strict" } as const;
      if (isSignedIn) await context.addCookies([cookie]);
      if (interrupt) await context.clock.install();
      page = await context.newPage();
      page.on("console", (message) => message.type() === "error" && reports.push(message.text()));
      page.on("pageerror", (error) => reports.push(error.message));
      await service.saw(until);
      recover = await strike?.(service, targets);
    });
    afterAll(async () => {
      await page?.context().close();
      recover?.();
      await service?.stop();
      rmSync(folder, { recursive: true, force: true });
    });

    const shown = Object.entries(says).filter((row): row is [View, RegExp] => row[1] instanceof RegExp);
    it.each(shown)("%s is for everybody", async (view, said) => {
      reports = [];
      const answer = await page.goto(paths[view] ?? VIEWS[view]);
      const resume = await interrupt?.(service, page);
      const found: Record<string, readonly string[]> = {};
      try {
        expect(await page.locator("main").innerText()).toMatch(said);
        const markup = await page.content();
        const isKnown = known.has(markup);
        known.add(markup);
        for (const { name: look, viewport, colorScheme, isPictured } of isKnown ? [] : LOOKS) {
          await page.setViewportSize(viewport);
          await page.emulateMedia({ colorScheme });
          found[look] = await findFaults(page);
          const path = `${PICTURES}/${view} ${name} ${look}.png`;
          if (isPictured) await page.screenshot({ path, fullPage: true });
        }
      } finally {
        resume?.();
      }
      expect(Object.entries(found).filter(([, faults]) => faults.length > 0)).toEqual([]);
      // An answer that is an error is one by itself.
      const status = answer?.status() ?? 0;
      expect(reports.filter((report) => status < 400 || !report.includes(`status of ${status}`))).toEqual([]);
    });
  });
});

/**
 * Every view in every state, light and dark, on a desk and on a phone: what axe finds, whether it scrolls sideways, and what the browser
 * reports of our own policy. Leaves a picture of each. Needs Debian's chromium.
 */
import { mkdirSync } from "node:fs";
import { join } from "node:path";
import Database from "better-sqlite3";
import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { newToken } from "../../../functions/cli/new-token.ts";
import { CHROMIUM, launchChromium } from "../../support/chromium.ts";
import { skipWithout } from "../../support/installed.ts";
import { findFaults } from "../../support/page-faults.ts";
import { request } from "../../support/raw-http.ts";
import { startService, type ServiceProcess } from "../../support/service-process.ts";
import { sendJson, startTarget, type TargetServer } from "../../support/target-server.ts";

const PICTURES = ".cache/pictures/states";

const VIEWS = {
  now: "/dashboard",
  service: "/dashboard/services/tools",
  alerts: "/dashboard/alerts",
  history: "/dashboard/history",
  setup: "/dashboard/setup",
  status: "/status",
  login: "/dashboard/login",
  nothing: "/dashboard/services/nobody",
};
type View = keyof typeof VIEWS;
const EVERY_VIEW = Object.keys(VIEWS) as View[];
const SAYING_WHAT_IS = ["now", "service", "alerts", "history", "setup"] as const;
const SIZES = { desk: { width: 1440, height: 900 }, phone: { width: 390, height: 844 } };
const THEMES = ["light", "dark"] as const;

const { token, hash } = newToken("anna");
const AUTH = { tokens: { anna: { hash, scopes: ["admin"] } } };

interface State {
  readonly config: (urls: { readonly well: string; readonly broken: string; readonly mute: string }) => object | null;
  /** What the log says when it has come. */
  readonly until: string;
  /** Default: Now, the only one that differs. */
  readonly views?: readonly View[];
  /** What each of them says. Default: it is no matter here. */
  readonly says?: RegExp;
  /** What then happens to the service; what ends it, if there is something, is called when all views have been seen. */
  readonly strike?: (service: ServiceProcess) => Promise<(() => void) | undefined>;
  /** What happens to it while a page of it is open; its end is called when that one has been seen. */
  readonly interrupt?: (service: ServiceProcess, page: Page) => Promise<() => void>;
}

const ONE_HEALTHY: State["config"] = ({ well }) => ({
  services: { tools: { name: "Tools Server", url: well, critical: true, interval: 1 } },
});

const ONE_FAILING: State["config"] = ({ well, broken }) => ({
  auth: AUTH,
  public: { groups: [{ name: "Cluster", services: ["tools", "ollama"] }] },
  services: {
    tools: {
      name: "Tools Server",
      url: broken,
      critical: true,
      interval: 0.3,
      impact: "No agent can call a tool.",
    },
    ollama: { name: "Jetson Ollama Server", url: well, interval: 1 },
  },
});

/** Another program has the database for itself. */
async function lockStorage({ folder, saw }: ServiceProcess): Promise<() => void> {
  const locker = new Database(join(folder, "test.db"));
  locker.exec("begin exclusive");
  await saw("checks are held");
  return () => locker.close();
}

/** Everything that leaves something to be seen. */
async function doAll({ port }: ServiceProcess): Promise<undefined> {
  const authorization = `Bearer ${token}`;
  const post = async (path: string, value: object = {}): Promise<void> => {
    const body = JSON.stringify(value);
    const headers = { authorization, "content-type": "application/json", "content-length": String(body.length) };
    const { status } = await request(port, path, { method: "POST", headers, body });
    expect([path, status < 300]).toEqual([path, true]);
  };
  const { details } = (await request(port, "/alerts")).json;
  const [comment, services] = ["a new disk", ["ollama"]];
  const [starts_at, ends_at] = [60_000, 3_600_000].map((ms) => new Date(Date.now() + ms).toISOString());
  await post(`/alerts/${details[0].id}/acknowledge`, { comment });
  await post("/silences", { services, ends_at, comment });
  await post("/maintenance", { services, schedule: { kind: "once", starts_at, ends_at }, comment });
  await post("/marks", { text: "deployed", service: "tools" });
  await post("/channels/lines/test");
  await post("/drill");
}

/** As when its machine sleeps, for longer than any page waits. */
async function freeze(service: ServiceProcess, page: Page): Promise<() => void> {
  service.signal("SIGSTOP");
  await page.clock.fastForward("02:00");
  await page.locator("body.is-cut-off").waitFor();
  return () => service.signal("SIGCONT");
}

const STATES: Readonly<Record<string, State>> = {
  "first second": {
    config: ({ mute }) => ({ services: { tools: { name: "Tools Server", url: mute, critical: true, timeout: 60 } } }),
    until: "monitoring",
    views: SAYING_WHAT_IS,
  },
  healthy: {
    config: ONE_HEALTHY,
    until: "overall status is healthy",
  },
  "failing, nobody told": {
    config: ONE_FAILING,
    until: "alert is firing",
    views: EVERY_VIEW,
  },
  many: {
    config: ({ well, broken }) => ({
      services: Object.fromEntries(
        Array.from({ length: 32 }, (_, index) => {
          const url = index % 3 === 0 ? broken : well;
          const group = `rack ${index % 3}`;
          return [`s${index}`, { name: `Service ${index}`, url, group, critical: index > 9, interval: 1 }];
        }),
      ),
    }),
    until: "alert is firing",
  },
  standby: {
    config: ({ well }) => ({
      role: "standby",
      primary: { url: well },
      services: { tools: { name: "Tools Server", url: well, interval: 1 } },
    }),
    until: "overall status is healthy",
    views: ["now", "alerts", "setup"],
  },
  "storage fault": {
    config: ONE_HEALTHY,
    until: "overall status is healthy",
    views: SAYING_WHAT_IS,
    // Of the reader's zone.
    says: /History is not being saved since [\d:]+ [AP]M: another program keeps the database locked\. End that program/,
    strike: lockStorage,
  },
  "gone stale": {
    config: ONE_FAILING,
    until: "alert is firing",
    views: [...SAYING_WHAT_IS, "status"],
    interrupt: freeze,
  },
  "acted upon": {
    config: (urls) => ({ ...ONE_FAILING(urls), alerting: { channels: { lines: { type: "log" } } } }),
    until: "alert is firing",
    views: SAYING_WHAT_IS,
    strike: doAll,
  },
  demo: { config: () => null, until: "overall status is healthy", views: ["now", "alerts", "history", "setup"] },
};

describe.skipIf(skipWithout(CHROMIUM))("the page (needs chromium)", () => {
  let browser: Browser;
  let targets: readonly TargetServer[];
  beforeAll(async () => {
    mkdirSync(PICTURES, { recursive: true });
    browser = await launchChromium();
    targets = [await startTarget(), await startTarget(sendJson(503, {})), await startTarget(() => {})];
  });
  afterAll(async () => {
    await browser?.close();
    await Promise.all((targets ?? []).map((target) => target.close()));
  });

  describe.each(Object.entries(STATES))(
    "%s",
    (state, { config, until, views = ["now"], says = /./, strike, interrupt }) => {
      let service: ServiceProcess;
      let recover: (() => void) | undefined;
      beforeAll(async () => {
        const [well = "", broken = "", mute = ""] = targets.map(({ url }) => url);
        const written = config({ well, broken, mute });
        service = await startService({ config: written && JSON.stringify({ node: "worker-node4", ...written }) });
        await service.saw(until);
        recover = await strike?.(service);
      });
      afterAll(async () => {
        recover?.();
        await service?.stop();
      });

      it.each(views)("%s is for everybody", async (view) => {
        const origin = `http://127.0.0.1:${service.port}`;
        const context = await browser.newContext({ reducedMotion: "reduce" });
        await context.addCookies([{ name: "lgm", value: token, url: origin, httpOnly: true, sameSite: "Strict" }]);
        const page = await context.newPage();
        const reports: string[] = [];
        page.on("console", (message) => message.type() === "error" && reports.push(message.text()));
        page.on("pageerror", (error) => reports.push(error.message));
        if (interrupt) await page.clock.install();
        await page.goto(origin + VIEWS[view]);
        const resume = await interrupt?.(service, page);
        expect(await page.locator("main").innerText()).toMatch(says);
        const found: Record<string, readonly string[]> = {};
        for (const [size, viewport] of Object.entries(SIZES))
          for (const theme of THEMES) {
            await page.setViewportSize(viewport);
            await page.emulateMedia({ colorScheme: theme });
            found[`${size}, ${theme}`] = await findFaults(page);
            await page.screenshot({ path: `${PICTURES}/${view} ${state} ${size} ${theme}.png`, fullPage: true });
          }
        await context.close();
        resume?.();
        expect(found).toEqual({ "desk, light": [], "desk, dark": [], "phone, light": [], "phone, dark": [] });
        // The answer 404 of the view that is none is one by itself.
        expect(reports.filter((report) => !report.includes("status of 404"))).toEqual([]);
      });
    },
  );
});

/** The public page and badges as a real browser takes them, with a past of ninety days. Needs Debian's chromium. */
import { mkdirSync } from "node:fs";
import { join } from "node:path";
import type { Browser, Page } from "playwright-core";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { newToken } from "../../../functions/cli/new-token.ts";
import { openDatabase } from "../../../shared/node/database.ts";
import { DAY_MS } from "../../../shared/domain/text/timestamp.ts";
import { MINUTE } from "../../support/checks.ts";
import { CHROMIUM, launchChromium } from "../../support/chromium.ts";
import { skipWithout } from "../../support/installed.ts";
import { findFaults } from "../../support/page-faults.ts";
import { request } from "../../support/raw-http.ts";
import { startService, type ServiceProcess } from "../../support/service-process.ts";
import { sendJson, startTarget, type TargetServer } from "../../support/target-server.ts";
import { WAIT_LIMIT_MS } from "../../support/time-limits.ts";

/** For people to look at after a run. */
const PICTURES = ".cache/pictures";
const PHONE = { width: 390, height: 844 };
const DESKTOP = { width: 1440, height: 900 };
const VIEWS = { status: "/status", "status-service": "/status/tools", "status-missing": "/status/hidden" };

const NAMES = {
  jetson_ollama: "Jetson Ollama Server",
  cpu_llama: "CPU Llama.cpp Server",
  embeddings: "Embeddings Server",
  tools: "Tools Server",
  redis: "Redis Cache",
  haproxy: "HAProxy Load Balancer",
};
const GROUPS = [
  { name: "Language models", services: ["*llama"] },
  { name: "Around them", services: ["*"] },
];

const { token, hash } = newToken("anna");

/** Every few days something, of each kind. */
function addPast(service: ServiceProcess): void {
  const database = openDatabase(join(service.folder, "test.db"));
  const add = database.prepare(
    "insert or ignore into transitions (service_id, at_ms, from_status, to_status, reason) values (?, ?, 'healthy', ?, ?)",
  );
  const kinds = [
    ["timeout", "deadline_response"],
    ["degraded", "slow"],
    ["maintenance", null],
    ["error", "refused"],
  ] as const;
  const nowMs = Date.now();
  Object.keys(NAMES).forEach((id, number) => {
    const since = id === "redis" ? 40 : 120;
    add.run(id, nowMs - since * DAY_MS, "healthy", null);
    for (let day = 85 - number; day > 0; day -= 4 + number) {
      const [status, reason] = kinds[(day + number) % kinds.length] ?? kinds[0];
      const atMs = nowMs - day * DAY_MS;
      if (day > since) continue;
      add.run(id, atMs, status, reason);
      add.run(id, atMs + (day % 3 === 0 ? 500 : 3) * MINUTE, "healthy", null);
    }
  });
  database.close();
}

describe.skipIf(skipWithout(CHROMIUM))("the public page in a browser (needs chromium)", () => {
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
    const services = Object.fromEntries(
      Object.entries(NAMES).map(([id, name]) => {
        const url = id === "tools" ? broken?.url : well?.url;
        return [id, { name, url, critical: true, interval: 1 }];
      }),
    );
    const shown = { title: "Home cluster", groups: GROUPS };
    const auth = { tokens: { anna: { hash, scopes: ["read", "alerts:write"] } } };
    service = await startService({ config: JSON.stringify({ node: "worker-node4", services, auth, public: shown }) });
    await service.saw("alert is firing");
    addPast(service);
  });
  afterAll(async () => {
    await browser?.close();
    await service?.stop();
    await Promise.all((targets ?? []).map((target) => target.close()));
  });

  const open = async (options: Parameters<Browser["newContext"]>[0]): Promise<void> => {
    const context = await browser.newContext(options);
    page = await context.newPage();
    faults = [];
    page.on("console", (message) => message.type() === "error" && faults.push(message.text()));
    page.on(
      "request",
      (asked) => asked.url().startsWith(origin()) || asked.url().startsWith("data:") || faults.push(asked.url()),
    );
  };
  beforeEach(() => open({ viewport: DESKTOP, javaScriptEnabled: false }));
  afterEach(() => page.context().close());

  it("says what is wrong, and leads to a service and to earlier days, without a script", async () => {
    await page.goto(`${origin()}/status`);
    expect(await page.title()).toBe("Degraded · Home cluster");
    expect(await page.locator("h1").innerText()).toMatch(/^▲ Degraded for \d/);
    expect(await page.locator(".card").innerText()).toContain("Unhealthy: It answers with an error.");
    expect(await page.getByRole("img").count()).toBe(6);
    await page.getByRole("link", { name: "Earlier days" }).click();
    expect(await page.getByRole("heading", { level: 3 }).count()).toBe(15); // and the card
    await page.getByRole("link", { name: "Tools Server" }).first().click();
    expect(await page.getByRole("heading", { level: 1 }).innerText()).toBe("■ Tools Server");
    await page.getByRole("link", { name: "Home cluster" }).click();
    expect(new URL(page.url()).pathname).toBe("/status");
    expect(faults).toEqual([]);
  });

  it("tells times in the reader's zone where scripts run, by nothing but its own files", async () => {
    await page.context().close();
    await open({ viewport: DESKTOP, timezoneId: "Asia/Tokyo", locale: "de-DE" });
    await page.goto(`${origin()}/status`);
    const time = page.locator("time:not([data-run])").first();
    const instant = new Date((await time.getAttribute("datetime")) ?? "");
    const inTokyo = new Intl.DateTimeFormat("de-DE", { timeStyle: "medium", timeZone: "Asia/Tokyo" }).format(instant);
    expect(await time.innerText()).toBe(inTokyo);
    expect(faults).toEqual([]);
  });

  it("brings itself up to date where scripts run, and leaves what has the focus", async () => {
    await page.context().close();
    await open({ viewport: DESKTOP });
    await page.clock.install();
    await page.goto(`${origin()}/status`);
    await page.getByRole("link", { name: "Embeddings Server" }).first().focus();
    const body = JSON.stringify({ text: "We are moving house", public: true });
    const headers = {
      authorization: `Bearer ${token}`,
      "content-type": "application/json",
      "content-length": String(body.length),
    };
    expect((await request(service.port, "/marks", { method: "POST", headers, body })).status).toBe(201);
    const news = page.getByText("We are moving house");
    await expect
      .poll(async () => {
        await page.clock.runFor(60_000);
        return news.count();
      })
      .toBe(1);
    expect(await page.evaluate("document.activeElement.textContent")).toBe("Embeddings Server");
    expect(faults).toEqual([]);
  });

  it("takes its verdict back when nobody answers, says so, and returns by itself", async () => {
    await page.context().close();
    await open({ viewport: DESKTOP });
    await page.goto(`${origin()}/status`);
    expect(await page.locator("#currency").innerText()).toMatch(/^● updated \d+ s ago$/);
    service.signal("SIGSTOP");
    try {
      await page.locator("body.is-cut-off").waitFor({ timeout: WAIT_LIMIT_MS });
      expect(await page.title()).toBe("No update · Home cluster");
      expect(await page.locator("h1").innerText()).toBe("◌ Last known: Degraded");
      expect(await page.locator("#alarm").textContent()).toMatch(/^No update for \d+ s, trying again\.$/);
      expect(await page.locator("#currency").innerText()).toMatch(/^■ no update for \d+ s, trying again$/);
      await page.screenshot({ path: `${PICTURES}/status-stale.png` });
      await page.setViewportSize(PHONE);
      await page.screenshot({ path: `${PICTURES}/status-stale-phone.png` });
    } finally {
      service.signal("SIGCONT");
    }
    await page.locator("body:not(.is-cut-off):not(.is-stale)").waitFor({ timeout: WAIT_LIMIT_MS });
    await expect.poll(() => page.title()).toBe("Degraded · Home cluster");
    expect(await page.locator("#alarm").textContent()).toBe("");
    expect(faults).toEqual([]);
  });

  it("is small", async () => {
    expect(Buffer.byteLength((await request(service.port, "/status")).body)).toBeLessThan(15_000);
  });

  it("draws badges, as pictures of other pages and by themselves", async () => {
    const badges = ["tools.svg", "overall.svg", "redis.svg?style=uptime&days=30", "nobody.svg", "tools.svg?days=0"];
    await page.setContent(badges.map((badge) => `<p><img src="${origin()}/badge/${badge}" /></p>`).join(""));
    await page.waitForLoadState("networkidle");
    const widths = await page.evaluate<number[]>("Array.from(document.images, (image) => image.naturalWidth)");
    expect(widths.filter((width) => width > 60)).toHaveLength(badges.length);
    await page.screenshot({ path: `${PICTURES}/badges.png`, clip: { x: 0, y: 0, width: 480, height: 220 } });
    await page.goto(`${origin()}/badge/tools.svg`);
    expect(await page.evaluate("document.documentElement.getAttribute('aria-label')")).toMatch(
      /^Tools Server: unhealthy/,
    );
    expect(await page.evaluate("document.querySelectorAll('parsererror').length")).toBe(0);
  });

  it.each(["light", "dark"] as const)("is for everybody, on a phone and on a desk, %s", async (colorScheme) => {
    for (const [name, viewport] of Object.entries({ phone: PHONE, desk: DESKTOP })) {
      await page.context().close();
      await open({ viewport, colorScheme });
      for (const [view, path] of Object.entries(VIEWS)) {
        await page.goto(origin() + path);
        await page.screenshot({ path: `${PICTURES}/${view}-${name}-${colorScheme}.png`, fullPage: true });
        expect([view, await findFaults(page)]).toEqual([view, []]);
      }
    }
  });
});

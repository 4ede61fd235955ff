/**
 * Every view with tables in a real browser, on a desk and on a phone, with names as long as they get and without a blank: nothing is wider
 * than the screen, no other word is broken for them, no lines lie over each other. Leaves pictures. Needs Debian's chromium.
 */
import type { Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { newToken } from "../../../functions/cli/new-token.ts";
import { CHROMIUM } from "../../support/chromium.ts";
import { skipWithout } from "../../support/installed.ts";
import { lookAt, sendFaultyMaintenance } from "../../support/looked-at.ts";
import { startPageBench, type PageBench } from "../../support/page-bench.ts";
import { startService, type ServiceProcess } from "../../support/service-process.ts";
import { sendJson, startTarget, type TargetServer } from "../../support/target-server.ts";

const SIZES = { desk: { width: 1440, height: 900 }, phone: { width: 390, height: 844 } } as const;
const VIEWS = {
  now: "/dashboard",
  service: "/dashboard/services/tools",
  alerts: "/dashboard/alerts",
  history: "/dashboard/history",
  routes: "/dashboard/routes",
  setup: "/dashboard/setup",
  status: "/status",
  docs: "/docs",
};

const LONG = "LongestNameOfAService".repeat(5).slice(0, 100);
const KEY = "averylongkeyofsomebody".repeat(3).slice(0, 60);
const TOKEN = "somebodywhosenameislong".repeat(2).slice(0, 32);
const someone = newToken(TOKEN);

/** In the browser: words of cells and of headings that stand on several lines, and lines that are lower than their letters. */
const FIND_FAULTS = `(() => {
  for (const details of document.querySelectorAll("details")) details.open = true;
  const faults = [];
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  const isPartOfLong = (word) => word.length > 30;
  for (let node = walker.nextNode(); node; node = walker.nextNode()) {
    const { lineHeight, fontSize } = getComputedStyle(node.parentElement);
    const isShown = node.parentElement.checkVisibility() && !node.parentElement.closest(".hidden, .skip, script, svg");
    if (!isShown || node.data.trim() === "") continue;
    if (parseFloat(lineHeight) < parseFloat(fontSize)) faults.push("lines overlap: " + node.data);
    if (!node.parentElement.closest("td, th, h1, h2, h3")) continue;
    for (const { 0: word, index } of node.data.matchAll(/[\\p{L}\\p{N}]+/gu)) {
      const range = document.createRange();
      range.setStart(node, index);
      range.setEnd(node, index + word.length);
      const lines = new Set([...range.getClientRects()].map(({ top }) => Math.round(top)));
      if (lines.size > 1 && !isPartOfLong(word)) faults.push("broken: " + word);
    }
  }
  const { scrollWidth, clientWidth } = document.documentElement;
  if (scrollWidth > clientWidth) faults.push(scrollWidth + " px wide on " + clientWidth);
  return faults;
})()`;

describe.skipIf(skipWithout(CHROMIUM))("with the longest names (needs chromium)", () => {
  let bench: PageBench;
  let targets: TargetServer[];
  let service: ServiceProcess;
  const origin = () => `http://127.0.0.1:${service.port}`;

  beforeAll(async () => {
    targets = [await startTarget(), await startTarget(sendJson(503, { error: LONG }))];
    const [well, broken] = targets;
    const services = {
      tools: { name: LONG, url: `${broken?.url}/${LONG}`, critical: true, interval: 0.3, impact: LONG },
      llama: { name: "CPU Llama.cpp Server", url: broken?.url, interval: 0.4 },
      [KEY]: { name: LONG.toLowerCase(), url: well?.url, interval: 1 },
    };
    const steps = [{ after: 0, channels: [KEY] }];
    const alerting = { channels: { [KEY]: { type: "log" } }, policies: { critical: { steps }, warning: { steps } } };
    const auth = { tokens: { [TOKEN]: { hash: someone.hash, scopes: ["admin"] } } };
    const llm = { service: "tools", url: `http://${KEY}.example/${LONG}`, models: { [LONG]: LONG } };
    const routes = { [KEY]: [llm, "llama", KEY] };
    const shown = { title: LONG, groups: [{ name: LONG, services: Object.keys(services) }] };
    const config = {
      node: "worker-node4",
      timezone: "America/Argentina/Buenos_Aires",
      services,
      alerting,
      auth,
      routes,
    };
    service = await startService({ config: JSON.stringify({ ...config, public: shown }) });
    bench = await startPageBench(origin());
    await service.saw(LONG);
  });
  afterAll(async () => {
    await bench?.close();
    await service?.stop();
    await Promise.all((targets ?? []).map((target) => target.close()));
  });

  describe.each(Object.entries(SIZES))("on a %s", (size, viewport) => {
    const open = async (path: string): Promise<Page> => {
      const page = await bench.open({ viewport });
      await bench.signIn(page, someone.token);
      await page.goto(origin() + path);
      return page;
    };
    const look = (page: Page, name: string): Promise<string[]> => {
      const picture = `.cache/pictures/long-${name}-${size}.png`;
      return lookAt(page, { find: FIND_FAULTS, picture, isWhole: name !== "docs" });
    };

    it.each(Object.entries(VIEWS))("%s can be read", async (name, path) => {
      expect(await look(await open(path), name)).toEqual([]);
    });

    it("a form that is shown again can be read", async () => {
      const page = await open(VIEWS.alerts);
      await sendFaultyMaintenance(page);
      expect(await look(page, "form")).toEqual([]);
    });
  });
});

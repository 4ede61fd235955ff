/**
 * Every view on a phone: whatever is touched is 44 px high and wide at least, with all that unfolds unfolded and all that scripts add.
 * A link within a sentence is as high as its line (WCAG 2.2, 2.5.8, Inline). Leaves pictures. Needs Debian's chromium.
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

const PHONE = { width: 390, height: 844 };
const VIEWS = {
  now: "/dashboard",
  service: "/dashboard/services/tools",
  alerts: "/dashboard/alerts",
  history: "/dashboard/history",
  routes: "/dashboard/routes",
  setup: "/dashboard/setup",
  login: "/dashboard/login?next=/dashboard/setup",
  nothing: "/dashboard/services/nobody",
  docs: "/docs",
  status: "/status",
  "status-service": "/status/tools",
  "status-nothing": "/status/nobody",
};
const anna = newToken("anna");

/** In the browser. Names of types stand within the line of their field. A box within a label is touched by its label; what is off the screen comes there by the keyboard only. */
const FIND_SMALL = `(() => {
  for (const details of document.querySelectorAll("details")) details.open = true;
  const textOf = (node) => (node?.nodeType === Node.TEXT_NODE ? node.data.trim() : "");
  const isInSentence = ({ parentElement, previousSibling, nextSibling }) =>
    parentElement.matches(".kind") || parentElement.matches("p, dd") && (/[^.·]$/.test(textOf(previousSibling)) || /^\\p{L}/u.test(textOf(nextSibling)));
  const small = [];
  for (const element of document.querySelectorAll("a[href], button, input:not([type=hidden]), select, textarea, summary")) {
    const touched = element.matches("[type=checkbox], [type=radio]") ? element.closest("label") ?? element : element;
    const { width, height, right } = touched.getBoundingClientRect();
    if (!element.checkVisibility({ visibilityProperty: true }) || width === 0 || right < 0 || isInSentence(element)) continue;
    if (Math.min(width, height) < 43.5)
      small.push(Math.round(width) + " x " + Math.round(height) + " " + element.tagName + ": " + (element.textContent || element.name).trim().slice(0, 40));
  }
  return [...new Set(small)];
})()`;

describe.skipIf(skipWithout(CHROMIUM))("on a phone (needs chromium)", () => {
  let bench: PageBench;
  let targets: TargetServer[];
  let service: ServiceProcess;
  const origin = () => `http://127.0.0.1:${service.port}`;

  beforeAll(async () => {
    targets = [await startTarget(), await startTarget(sendJson(503, {}))];
    const [well, broken] = targets;
    const services = {
      tools: { name: "Tools Server", url: broken?.url, critical: true, interval: 0.3, depends_on: ["redis"] },
      llama: { name: "CPU Llama.cpp Server", url: broken?.url, interval: 0.4 },
      redis: { name: "Redis Cache", url: well?.url, interval: 1 },
    };
    const steps = [{ after: 0, channels: ["lines"] }];
    const alerting = { channels: { lines: { type: "log" } }, policies: { critical: { steps } } };
    const auth = { tokens: { anna: { hash: anna.hash, scopes: ["admin"] } } };
    const config = {
      node: "worker-node4",
      services,
      alerting,
      auth,
      public: { title: "Home cluster", services: ["*"] },
    };
    service = await startService({ config: JSON.stringify(config) });
    bench = await startPageBench(origin());
    await service.saw("alert is firing");
    const headers = { authorization: `Bearer ${anna.token}`, "content-type": "application/json" };
    const post = async (path: string, body: object): Promise<void> => {
      const { status } = await fetch(origin() + path, { method: "POST", headers, body: JSON.stringify(body) });
      expect(status).toBe(201);
    };
    await post("/marks", { text: "Deploy 1.4.2", service: "tools", public: true });
    const endsAt = new Date(Date.now() + 3_600_000).toISOString();
    await post("/silences", { services: ["llama"], ends_at: endsAt, comment: "new model" });
    const schedule = { kind: "once", starts_at: endsAt, ends_at: new Date(Date.now() + 7_200_000).toISOString() };
    await post("/maintenance", { services: ["redis"], schedule, comment: "new disk" });
  });
  afterAll(async () => {
    await bench?.close();
    await service?.stop();
    await Promise.all((targets ?? []).map((target) => target.close()));
  });

  const open = async (path: string): Promise<Page> => {
    const page = await bench.open({ viewport: PHONE, javaScriptEnabled: true });
    if (!path.startsWith("/dashboard/login")) await bench.signIn(page, anna.token);
    await page.goto(origin() + path, { waitUntil: "load" });
    return page;
  };
  const look = (page: Page, name: string): Promise<string[]> =>
    lookAt(page, { find: FIND_SMALL, picture: `.cache/pictures/touch-${name}.png`, isWhole: name !== "docs" });

  it.each(Object.entries(VIEWS))("%s can be touched", async (name, path) => {
    expect(await look(await open(path), name)).toEqual([]);
  });

  it("the list of keys can be touched", async () => {
    const page = await open(VIEWS.now);
    await page.getByRole("button", { name: "Keys" }).click();
    expect(await look(page, "keys")).toEqual([]);
  });

  it("a form that is shown again can be touched", async () => {
    const page = await open(VIEWS.alerts);
    await sendFaultyMaintenance(page);
    expect(await look(page, "form")).toEqual([]);
  });
});

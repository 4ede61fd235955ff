/** The view History in a real browser without scripts. Needs Debian's chromium. */
import type { Page } from "playwright-core";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { newToken } from "../../../functions/cli/new-token.ts";
import { CHROMIUM } from "../../support/chromium.ts";
import { skipWithout } from "../../support/installed.ts";
import { startPageBench, type PageBench } from "../../support/page-bench.ts";
import { request } from "../../support/raw-http.ts";
import { startService, type ServiceProcess } from "../../support/service-process.ts";
import { sendJson, startTarget, type TargetServer } from "../../support/target-server.ts";

const HISTORY = "/dashboard/history";
const anna = newToken("anna");

describe.skipIf(skipWithout(CHROMIUM))("the view History without scripts (needs chromium)", () => {
  let bench: PageBench;
  let targets: TargetServer[];
  let service: ServiceProcess;
  let page: Page;
  const origin = () => `http://127.0.0.1:${service.port}`;

  beforeAll(async () => {
    targets = [await startTarget(), await startTarget(sendJson(503, { error: "loading" }))];
    const [well, broken] = targets;
    const services = {
      gateway: { name: "Gateway", url: broken?.url, critical: true, interval: 0.5 },
      tools: { name: "Tools Server", url: broken?.url, interval: 0.5, depends_on: ["gateway"] },
      agents: { name: "Agents <b>hostile</b>", url: broken?.url, interval: 0.5, depends_on: ["tools"] },
      ollama: { name: "Jetson Ollama Server", url: well?.url, critical: true, interval: 1 },
    };
    const tokens = { anna: { hash: anna.hash, scopes: ["read", "alerts:write"] } };
    service = await startService({ config: JSON.stringify({ node: "worker-node4", services, auth: { tokens } }) });
    bench = await startPageBench(origin());
    await service.saw("alert is firing");
  });
  afterAll(async () => {
    await bench?.close();
    await service?.stop();
    await Promise.all((targets ?? []).map((target) => target.close()));
  });
  beforeEach(async () => {
    page = await bench.open();
    await bench.signIn(page, anna.token);
    await page.goto(origin() + HISTORY);
  });
  afterEach(() => page.context().close());

  it("shows what fails together as one incident with how far it reaches, beside a picture that says the same", async () => {
    const incident = page.locator(".incident");
    expect(await incident.innerText()).toMatch(/3 services failed .*, behind Gateway/);
    expect(await incident.innerText()).toContain("It and 2 of the 2 services that need it.");
    expect(await page.getByRole("img", { name: /^Gateway: down \d+ s/ }).count()).toBe(1);
    expect(await page.getByRole("img", { name: "Jetson Ollama Server: healthy all the time" }).count()).toBe(1);
    expect(await page.locator("b").count()).toBe(0);
  });

  it("takes a mark, which then stands in the list and in the picture as text", async () => {
    await page.getByRole("textbox", { name: "What happened" }).fill("<script>alert(1)</script> =cmd()");
    await page.getByLabel("About").selectOption("Tools Server");
    await page.getByRole("button", { name: "Add mark" }).click();
    expect(await page.getByRole("status").innerText()).toContain("Noted");
    expect(new URL(page.url()).pathname).toBe(HISTORY);
    expect(await page.locator(".events").first().innerText()).toContain(
      "Mark Tools Server: <script>alert(1)</script> =cmd() anna",
    );
    expect(await page.getByRole("img", { name: "1 mark, listed below" }).count()).toBe(1);
    await bench.takePictures(HISTORY, "history", anna.token);
  });

  it("goes through ranges by links, and leads to the report of each", async () => {
    await page.getByRole("link", { name: "7 days" }).click();
    expect(await page.title()).toContain("History of 7 days");
    for (const [name, type] of [
      ["Markdown", "text/markdown"],
      ["CSV", "text/csv"],
      ["JSON", "application/json"],
    ] as const) {
      const address = await page.getByRole("link", { name }).getAttribute("href");
      const { status, headers } = await request(service.port, address ?? "");
      expect([status, headers["content-type"]]).toEqual([200, expect.stringContaining(type)]);
    }
  });

  it("with scripts keeps what stands under a day in the zone of that day, wherever the reader is", async () => {
    const abroad = await bench.open({ javaScriptEnabled: true, timezoneId: "Asia/Tokyo" });
    await abroad.goto(origin() + HISTORY);
    await expect.poll(() => abroad.locator("header time:not([data-run])").first().innerText()).not.toContain("UTC");
    const time = abroad.locator(".events time").first();
    expect(await time.innerText()).toBe((await time.getAttribute("datetime"))?.slice(11, 19));
    await abroad.context().close();
  });

  it("complains of nothing in all of that, and asks nobody else", () => {
    expect(bench.takeFaults()).toEqual([]);
  });
});

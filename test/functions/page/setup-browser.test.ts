/** The view Setup in a real browser, mostly without scripts: tests of channels and drills that take their time. Needs Debian's chromium. */
import type { ServerResponse } from "node:http";
import type { Page } from "playwright-core";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { newToken } from "../../../functions/cli/new-token.ts";
import { CHROMIUM } from "../../support/chromium.ts";
import { skipWithout } from "../../support/installed.ts";
import { pressByKeyboard, startPageBench, type PageBench } from "../../support/page-bench.ts";
import { startService, type ServiceProcess } from "../../support/service-process.ts";
import { startTarget, type TargetServer } from "../../support/target-server.ts";

const SETUP = "/dashboard/setup";
const admin = newToken("admin");
const anna = newToken("anna");
const SECRET = `whsec_${Buffer.from("a key that nobody may ever see").toString("base64")}`;

describe.skipIf(skipWithout(CHROMIUM))("the view Setup (needs chromium)", () => {
  let bench: PageBench;
  let target: TargetServer;
  let receiver: TargetServer;
  let service: ServiceProcess;
  let page: Page;
  /** Messages that the receiver has not answered yet. */
  let held: ServerResponse[];
  const origin = () => `http://127.0.0.1:${service.port}`;
  const release = () => held.splice(0).forEach((response) => response.writeHead(200).end());
  const card = (name: string) => page.locator(".card", { has: page.getByRole("heading", { name }) });
  const drill = () => page.locator("section", { has: page.locator("#drill") });

  const config = () => ({
    node: "worker-node4",
    services: { tools: { name: "Tools Server", url: target.url, critical: true } },
    alerting: {
      channels: { lines: { type: "log" }, hook: { type: "webhook", url: receiver.url, secret: "${HOOK_SECRET}" } },
      policies: { critical: { steps: [{ after: 0, channels: ["hook"] }] } },
    },
    auth: {
      tokens: {
        admin: { hash: admin.hash, scopes: ["admin"] },
        anna: { hash: anna.hash, scopes: ["read", "alerts:write"], expires: "2099-01-01T00:00:00Z" },
      },
    },
  });

  beforeAll(async () => {
    held = [];
    target = await startTarget();
    receiver = await startTarget((request, response) => void request.resume().on("end", () => held.push(response)));
    service = await startService({ config: JSON.stringify(config()), env: { HOOK_SECRET: SECRET } });
    bench = await startPageBench(origin());
  });
  afterAll(async () => {
    release();
    await bench?.close();
    await service?.stop();
    await Promise.all([target, receiver].map((server) => server?.close()));
  });
  beforeEach(async () => {
    page = await bench.open();
    await bench.signIn(page, admin.token);
    await page.goto(origin() + SETUP);
  });
  afterEach(() => page.context().close());

  it("says of each channel what it is for, and what became of a test that was quick", async () => {
    expect(await card("hook").innerText()).toContain("for critical at once");
    expect(await card("lines").innerText()).toContain("no policy names it");
    await page.getByRole("button", { name: "Test lines" }).click();
    expect(await page.getByRole("status").innerText()).toContain("The test has ended");
    expect(await card("lines").innerText()).toMatch(/Test at .* by admin: ● taken by the receiver, after \d+ ms/);
    expect(await page.locator('meta[http-equiv="refresh"]').count()).toBe(0);
  });

  it("shows a test that takes its time with its progress, and comes to its end by itself", async () => {
    await page.getByRole("button", { name: "Test hook" }).click();
    expect(await page.getByRole("status").innerText()).toContain("under way");
    expect(await card("hook").innerText()).toMatch(/under way, for \d+ s/);
    expect(await card("hook").locator("progress").count()).toBe(1);
    release();
    // The page is loaded again by itself.
    await page.getByText("taken by the receiver").nth(1).waitFor();
    expect(await card("hook").locator("progress").count()).toBe(0);
  });

  it("shows how a test goes on with scripts as well, in the page that is there", async () => {
    await page.context().close();
    page = await bench.open({ javaScriptEnabled: true });
    await bench.signIn(page, admin.token);
    await page.goto(origin() + SETUP);
    await page.getByRole("button", { name: "Test hook" }).click();
    await page.getByRole("status").waitFor();
    expect(await page.locator('meta[http-equiv="refresh"]').count()).toBe(0);
    await page.evaluate("window.isTheSame = true");
    release();
    await card("hook").getByText("taken by the receiver").waitFor();
    await page.locator("#main:not([data-after-s])").waitFor();
    expect(await page.evaluate("window.isTheSame")).toBe(true);
  });

  it("shows a drill with who has answered, begun by the keyboard alone, and may be left", async () => {
    // It is tried again until that is over.
    receiver.response = (_request, response) => void response.writeHead(503).end();
    await pressByKeyboard(page, "button", "Start a drill");
    expect(await page.getByRole("status").innerText()).toMatch(/drill (has begun|begins)/);
    await page.getByText("1 of 2 have answered").waitFor();
    expect(await drill().locator("progress").getAttribute("value")).toBe("1");
    expect(await drill().innerText()).toMatch(/Under way for \d+ s/);
    await bench.takePictures(SETUP, "setup", admin.token);
    await page.getByRole("link", { name: "Now" }).click();
    receiver.response = (_request, response) => void response.writeHead(200).end();
    await page.getByRole("link", { name: "Setup" }).click();
    await page.getByText("Every receiver has taken it.").waitFor();
    expect(await drill().innerText()).toMatch(/It took \d+ (s|min)/);
  });

  it("shows who may come in and what is configured, and neither a token nor a secret", async () => {
    await page.getByText("What it says, without secrets").click();
    expect(await page.locator("pre").innerText()).toContain('"secret": "${HOOK_SECRET}"');
    expect(await page.locator(".listed tbody").innerText()).toMatch(
      /admin\s+admin\s+never[^]*anna\s+read, alerts:write\s+2099/,
    );
    const html = await page.content();
    for (const secret of [
      SECRET,
      SECRET.slice("whsec_".length),
      admin.token,
      admin.hash,
      anna.hash.slice("sha256:".length),
    ])
      expect(html).not.toContain(secret);
  });

  it("says what a reload has refused, until another one is in force", async () => {
    service.writeConfig('services: { tools: { url: "no url" } }');
    service.signal("SIGHUP");
    await service.saw("configuration not reloaded");
    await page.reload();
    const refused = page.locator(".banner", { hasText: "A reload was refused" });
    expect(await refused.innerText()).toContain("services.tools.url");
    await page.screenshot({ path: ".cache/pictures/setup-refused.png", fullPage: true });
    service.writeConfig(JSON.stringify({ ...config(), alerting: {} }));
    service.signal("SIGHUP");
    await service.saw("configuration reloaded");
    await page.reload();
    expect(await refused.count()).toBe(0);
    expect(await page.getByText("Nobody is told of anything").count()).toBe(1);
    expect(await page.locator("pre").first().innerText()).toContain(
      'slack: { type: slack, webhook_url: "${SLACK_WEBHOOK_URL}" }',
    );
    await page.screenshot({ path: ".cache/pictures/setup-no-channels.png", fullPage: true });
  });

  it("keeps from who is no admin what is not theirs, in words", async () => {
    await page.context().close();
    page = await bench.open();
    await bench.signIn(page, anna.token);
    await page.goto(origin() + SETUP);
    expect(await page.getByText("Your token may not try channels").innerText()).toContain("admin");
    expect(await page.getByRole("button", { name: /Test|drill/ }).count()).toBe(0);
    expect(await page.getByText("Who may come in").count()).toBe(0);
  });

  it("complains of nothing in all of that, and asks nobody else", () => {
    expect(bench.takeFaults()).toEqual([]);
  });
});

/** The view Alerts in a real browser without scripts: everything that may be done there. Needs Debian's chromium. */
import type { Page } from "playwright-core";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { newToken } from "../../../functions/cli/new-token.ts";
import { CHROMIUM } from "../../support/chromium.ts";
import { skipWithout } from "../../support/installed.ts";
import { pressByKeyboard, startPageBench, type PageBench } from "../../support/page-bench.ts";
import { request } from "../../support/raw-http.ts";
import { startService, type ServiceProcess } from "../../support/service-process.ts";
import { sendJson, startTarget, type TargetServer } from "../../support/target-server.ts";

const ALERTS = "/dashboard/alerts";
const anna = newToken("anna");
const reader = newToken("reader");

describe.skipIf(skipWithout(CHROMIUM))("the view Alerts without scripts (needs chromium)", () => {
  let bench: PageBench;
  let targets: TargetServer[];
  let service: ServiceProcess;
  let page: Page;
  const origin = () => `http://127.0.0.1:${service.port}`;
  const api = async (path: string) => (await request(service.port, path)).json;
  const status = () => page.getByRole("status").innerText();

  beforeAll(async () => {
    targets = [await startTarget(), await startTarget(sendJson(503, { error: "loading" }))];
    const [well, broken] = targets;
    const services = {
      tools: { name: "Tools Server", url: broken?.url, critical: true, interval: 0.3, impact: "Agents have no tools." },
      llama: { name: "CPU Llama.cpp Server", url: broken?.url, interval: 0.4 },
      ollama: { name: "Jetson Ollama Server", url: well?.url, critical: true, interval: 1 },
    };
    const tokens = {
      anna: { hash: anna.hash, scopes: ["read", "alerts:write"] },
      reader: { hash: reader.hash, scopes: ["read"] },
    };
    const steps = [{ after: 0, channels: ["ops"] }];
    const policies = { critical: { steps }, warning: { steps: [{ after: 600, channels: ["ops"] }] } };
    const alerting = { channels: { ops: { type: "log" } }, policies };
    const config = { node: "worker-node4", timezone: "Europe/Berlin", services, alerting, auth: { tokens } };
    service = await startService({ config: JSON.stringify(config) });
    bench = await startPageBench(origin());
    await service.saw("Tools Server");
  });
  afterAll(async () => {
    await bench?.close();
    await service?.stop();
    await Promise.all((targets ?? []).map((target) => target.close()));
  });
  beforeEach(async () => {
    page = await bench.open();
    await bench.signIn(page, anna.token);
    await page.goto(origin() + ALERTS);
  });
  afterEach(() => page.context().close());

  const card = (name: string) => page.locator(".card", { hasText: name });

  it("tells the life of an alert as a line, by what a receiver has taken", async () => {
    await expect
      .poll(async () => {
        await page.reload();
        return card("Tools Server").locator(".life").innerText();
      })
      .toMatch(/failed, \d+ times in a row[^]*fired[^]*told ops ✓[^]*next: ops/);
    expect(await page.title()).toBe("2 alerts · worker-node4");
    expect(await card("Tools Server").innerText()).toContain("Agents have no tools.");
  });

  it("is acknowledged by the keyboard alone", async () => {
    await pressByKeyboard(page, "button", "Acknowledge: Tools Server");
    expect(await status()).toContain("Acknowledged");
    expect(new URL(page.url()).pathname).toBe(ALERTS);
    expect(await card("Tools Server").innerText()).toMatch(/acknowledged by anna until \d\d:\d\d/);
  });

  it("is acknowledged for longer, with a comment that stays text", async () => {
    const comment = "<script>alert(1)</script> =1+1";
    const form = card("CPU Llama").locator("details", { hasText: "Acknowledge with" });
    await form.locator("summary").click();
    await form.getByLabel("Comment").fill(comment);
    await form.getByLabel("For").selectOption("4 hours");
    await form.getByRole("button").click();
    const line = await card("CPU Llama").locator(".life").innerText();
    expect(line).toContain(`acknowledged by anna: “${comment}” until`);
    const { acknowledged_until: until } = (await api("/alerts")).details.find(
      (each: { service: string }) => each.service === "llama",
    );
    expect(Date.parse(until)).toBeGreaterThan(Date.now() + 3 * 3_600_000);
  });

  it.each([
    ["Silence 1 h", "Silenced for an hour"],
    ["Silence until tomorrow 08:00 (Europe/Berlin)", "Silenced: nobody is told"],
    ["Silence until healthy", "Silenced: nobody is told"],
  ])("is quiet after %s, and told of again after End now", async (label, sentence) => {
    await page.getByRole("button", { name: `${label}: Tools Server` }).click();
    expect(await status()).toContain(sentence);
    const list = page.locator("section", { has: page.locator("#silences") });
    expect(await list.innerText()).toMatch(/Holds tools[^]*left/);
    const active = async () =>
      (await api("/silences")).silences.filter((each: { active: boolean }) => each.active).length;
    expect(await active()).toBe(1);
    await list.getByRole("button", { name: "End now: tools" }).click();
    expect(await status()).toContain("keeps nothing quiet any more");
    expect(await active()).toBe(0);
  });

  it("shows a form again with what was typed, and the fault at its field", async () => {
    const form = page.locator(".planning details", { hasText: "Silence" }).first();
    await form.locator("summary").click();
    await form.getByLabel("Services").fill("nobody-has-this");
    await form.getByLabel("Until").fill("2020-01-01T08:00");
    await form.getByLabel("Comment").fill("<b>moving</b>");
    await form.getByRole("button").click();
    expect(await page.getByRole("heading", { level: 1 }).innerText()).toBe("Silence");
    expect(await page.getByLabel("Comment").inputValue()).toBe("<b>moving</b>");
    expect(await page.locator("[aria-invalid]").getAttribute("name")).toBe("ends");
    expect(await page.locator(".fault").innerText()).toContain("expected an end");
    await page.screenshot({ path: ".cache/pictures/form-again.png", fullPage: true });
    await page.getByLabel("Until").fill("2099-01-01T08:00");
    await page.getByRole("button", { name: "Silence" }).click();
    expect(await page.locator(".fault").innerText()).toContain("at most 30 days");
    await page.getByRole("link", { name: "Back without doing it" }).click();
    expect(new URL(page.url()).pathname).toBe(ALERTS);
  });

  it("plans maintenance by the clock of the configured zone, and ends it", async () => {
    const form = page.locator(".planning details", { hasText: "maintenance" });
    await form.locator("summary").click();
    await form.getByLabel("Services").fill("llama, oll*");
    const day = new Date(Date.now() + 2 * 86_400_000).toISOString().slice(0, 10);
    await form.getByLabel("From, or empty for now (Europe/Berlin)").fill(`${day}T03:00`);
    await form.getByLabel("Until (Europe/Berlin)").fill(`${day}T05:30`);
    await form.getByRole("button").click();
    expect(await status()).toContain("Planned");
    const { windows } = await api("/maintenance");
    const inBerlin = (text: string) => new Date(text).toLocaleString("sv", { timeZone: "Europe/Berlin" });
    expect(windows[0].covers).toEqual(["llama", "ollama"]);
    expect(inBerlin(windows[0].schedule.starts_at)).toBe(`${day} 03:00:00`);
    await bench.takePictures(ALERTS, "alerts", anna.token);
    await page.getByRole("button", { name: "End now: llama, oll*" }).click();
    expect((await api("/maintenance")).windows).toEqual([]);
  });

  it("finds what was, by a filter, and has it as a file", async () => {
    await page.getByLabel("Severity").selectOption("warning");
    await page.getByRole("button", { name: "Filter" }).click();
    expect(await page.locator(".listed tbody th").allInnerTexts()).toEqual(["CPU Llama.cpp Server"]);
    const csv = await page.getByRole("link", { name: "CSV" }).getAttribute("href");
    expect((await request(service.port, csv ?? "")).headers["content-type"]).toContain("text/csv");
  });

  it("says in words what a token may not do", async () => {
    await page.context().close();
    page = await bench.open();
    await page.goto(origin() + ALERTS);
    await page.getByRole("link", { name: "Sign in to act on alerts" }).click();
    await page.getByLabel("Token").fill(reader.token);
    await page.getByRole("button", { name: "Sign in" }).click();
    expect(new URL(page.url()).pathname).toBe(ALERTS);
    expect(await page.getByText("Your token may not act on alerts").innerText()).toContain("alerts:write");
    expect(await page.getByRole("button", { name: /Acknowledge|Silence|End/ }).count()).toBe(0);
  });

  it("with scripts shows what is new by itself, and leaves what somebody is typing", async () => {
    await page.context().close();
    page = await bench.open({ javaScriptEnabled: true });
    await page.clock.install();
    await bench.signIn(page, anna.token);
    await page.goto(origin() + ALERTS);
    const form = card("Tools Server").locator("details", { hasText: "Acknowledge with" });
    await form.locator("summary").click();
    await form.getByLabel("Comment").fill("half a sen");
    expect(await card("Jetson").count()).toBe(0);
    const [well] = targets;
    if (well) well.response = sendJson(503, {});
    await expect.poll(async () => (await api("/alerts")).details.length).toBe(3);
    await page.clock.runFor(20_000);
    await card("Jetson").waitFor();
    expect(await form.getByLabel("Comment").inputValue()).toBe("half a sen");
    expect(await form.getByLabel("Comment").isVisible()).toBe(true);
  });

  it("complains of nothing in all of that, and asks nobody else", () => {
    expect(bench.takeFaults()).toEqual([]);
  });
});

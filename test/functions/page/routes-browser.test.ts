/** The view Routes in a real browser: without scripts, and how it comes up to date with them. Needs Debian's chromium. */
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { newToken } from "../../../functions/cli/new-token.ts";
import { CHROMIUM } from "../../support/chromium.ts";
import { skipWithout } from "../../support/installed.ts";
import { startPageBench, type PageBench } from "../../support/page-bench.ts";
import { startService, type ServiceProcess } from "../../support/service-process.ts";
import { sendJson, startTarget, type TargetServer } from "../../support/target-server.ts";

const ROUTES = "/dashboard/routes";
const anna = newToken("anna");

describe.skipIf(skipWithout(CHROMIUM))("the view Routes (needs chromium)", () => {
  let bench: PageBench;
  let target: TargetServer;
  let service: ServiceProcess;
  /** Paths of the target that fail. */
  const ill = new Set(["/spare"]);
  const origin = () => `http://127.0.0.1:${service.port}`;

  beforeAll(async () => {
    target = await startTarget((asked, reply) => sendJson(ill.has(asked.url ?? "") ? 503 : 200, {})(asked, reply));
    const services = {
      jetson: { name: "Jetson", url: `${target.url}/jetson`, critical: true, interval: 0.3 },
      cpu: { name: "CPU", url: `${target.url}/cpu`, interval: 0.3 },
      spare: { name: "Spare", url: `${target.url}/spare`, interval: 0.3 },
    };
    const routes = { llm: [{ service: "jetson", models: { "llama3.2": "llama3.2:3b" } }, "cpu", "spare"] };
    const auth = { tokens: { anna: { hash: anna.hash, scopes: ["admin"] } } };
    service = await startService({ config: JSON.stringify({ node: "worker-node4", services, routes, auth }) });
    await service.saw("alert is firing");
    bench = await startPageBench(origin());
  });
  afterAll(async () => {
    await bench?.close();
    await service?.stop();
    await target?.close();
  });

  it("says without scripts whom to call, who comes next and why another is skipped, and is found from Now", async () => {
    const page = await bench.open();
    await page.goto(`${origin()}/dashboard`);
    await page.getByRole("link", { name: "Routes" }).click();
    expect(new URL(page.url()).pathname).toBe(ROUTES);
    const text = await page.locator("main").innerText();
    expect(text).toContain(`→ Jetson at ${target.url} by OpenAI’s API; model: llama3.2:3b`);
    expect(text).toMatch(
      /Jetson\s+● Healthy\s+Called now\.[^]*CPU\s+● Healthy\s+Number 2\.[^]*Spare\s+■ \w+\s+Skipped\. Its last check failed\./,
    );
    expect(text).toContain("free capacity: not known");
    // An address of a service is nothing to click at.
    expect(await page.locator(`main a[href^="${target.url}"]`).count()).toBe(0);
    await page.context().close();
  });

  it("follows with scripts when another one is called, and says loudly that nothing is well", async () => {
    const page = await bench.open({ javaScriptEnabled: true });
    await page.goto(origin() + ROUTES);
    await page.getByText("→ Jetson").waitFor();
    ill.add("/jetson");
    await page.getByText("→ CPU").waitFor();
    ill.add("/cpu");
    await page.getByText("Nothing is well.").waitFor();
    expect(await page.locator("main").innerText()).toContain("Called all the same, as the least bad.");
    await page.context().close();
    await bench.takePictures(ROUTES, "routes", anna.token);
  });
});

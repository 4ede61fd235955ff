/** Filter, keys and theme of the page in a real browser, with and without scripts. Needs Debian's chromium. */
import { mkdirSync } from "node:fs";
import type { Browser } from "playwright-core";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { CHART_KEYS, PAGE_KEYS } from "../../../functions/page/keys.ts";
import { newToken } from "../../../functions/cli/new-token.ts";
import { CHROMIUM, launchChromium } from "../../support/chromium.ts";
import { skipWithout } from "../../support/installed.ts";
import { request } from "../../support/raw-http.ts";
import { startService, type ServiceProcess } from "../../support/service-process.ts";
import { sendJson, startTarget, type TargetServer } from "../../support/target-server.ts";
import { WAIT_LIMIT_MS } from "../../support/time-limits.ts";
import { openPage, type OpenPage } from "./live-page.ts";

/** For people to look at after a run. */
const PICTURES = ".cache/pictures";
const { token, hash } = newToken("anna");

/** In the browser, where no link is followed: the listed keys that something is done by, on the page or in its chart. */
const FIND_TAKEN = `(() => {
  document.addEventListener("click", (event) => event.target.closest("a") && event.preventDefault());
  const chart = document.querySelector(".chart-frame");
  const isTaken = (target, key) =>
    !target.dispatchEvent(new KeyboardEvent("keydown", { key, bubbles: true, cancelable: true }));
  return [...document.querySelectorAll("[data-actions]")].flatMap((row) =>
    Object.entries(JSON.parse(row.dataset.actions)).flatMap(([key, action]) => {
      const target = row.closest("[data-keys=chart]") ? chart : document.body;
      const taken = isTaken(target, key) || (action === "go" && isTaken(target, "n"));
      document.querySelector("dialog[open]")?.close();
      return taken ? [key] : [];
    }),
  );
})()`;

describe.skipIf(skipWithout(CHROMIUM))("the controls of the page (needs chromium)", () => {
  let browser: Browser;
  let targets: TargetServer[];
  let service: ServiceProcess;
  let flaky: TargetServer;
  const opened: OpenPage[] = [];

  beforeAll(async () => {
    mkdirSync(PICTURES, { recursive: true });
    browser = await launchChromium();
    flaky = await startTarget();
    targets = [await startTarget(), await startTarget(sendJson(503, {})), flaky];
    const [well, broken] = targets;
    const services = {
      tools: { name: "Tools Server", url: broken?.url, critical: true, interval: 0.3 },
      ollama: { name: "Jetson Ollama Server", url: well?.url, critical: true, interval: 60 },
      redis: { name: "Redis Cache", url: well?.url, interval: 60 },
      flaky: { name: "Flaky Server", url: flaky.url, interval: 0.3, failures: 1 },
    };
    const auth = { tokens: { anna: { hash, scopes: ["read", "alerts:write"] } } };
    service = await startService({
      config: JSON.stringify({ node: "worker-node4", services, auth, public: { services: ["tools"] } }),
    });
    await service.saw("alert is firing");
  });
  afterEach(async () => {
    for (const { close, faults } of opened.splice(0)) {
      await close();
      if (faults.length > 0) throw new Error(faults.join("\n"));
    }
  });
  afterAll(async () => {
    await browser?.close();
    await service?.stop();
    await Promise.all((targets ?? []).map((target) => target.close()));
  });

  const open = async (path = "/dashboard", options: Parameters<typeof openPage>[2] = {}) => {
    const one = await openPage(browser, `http://127.0.0.1:${service.port}${path}`, options);
    one.page.setDefaultTimeout(WAIT_LIMIT_MS);
    opened.push(one);
    return one.page;
  };
  const cookies = () => [{ name: "lgm", value: token, url: `http://127.0.0.1:${service.port}` }];
  const focused = "document.activeElement.textContent.trim() || document.activeElement.id";

  it("show the services that have the words, as they are typed, and go on with it when something changes", async () => {
    const page = await open();
    await page.keyboard.press("/");
    await page.keyboard.type("server JET");
    const rows = page.locator(".rows tr:visible");
    await expect.poll(() => rows.count()).toBe(1);
    expect(await rows.innerText()).toContain("Jetson Ollama Server");
    expect(await page.locator("#filtered").innerText()).toBe("1 of 4");
    await page.screenshot({ path: `${PICTURES}/controls-filter.png`, fullPage: true });
    const before = await page.locator("#currency time").first().getAttribute("datetime");
    await expect.poll(() => page.locator("#currency time").first().getAttribute("datetime")).not.toBe(before);
    expect([await rows.count(), await page.locator("#filter").inputValue()]).toEqual([1, "server JET"]);
    await page.keyboard.press("Escape");
    await expect.poll(() => rows.count()).toBe(4);
    expect(await page.locator("#filtered").innerText()).toBe("");
  });

  it("find a service by its id, its status and its reason, and nothing by figures, scripts or not", async () => {
    for (const javaScriptEnabled of [true, false]) {
      const page = await open("/dashboard", { javaScriptEnabled });
      for (const [words, found] of [
        ["ollama", 1],
        ["unhealthy 503", 1],
        ["■", 1],
        ["ms", 0],
        ["%", 0],
      ] as const) {
        await page.getByLabel("Filter").fill(words);
        if (!javaScriptEnabled) await page.getByLabel("Filter").press("Enter");
        await expect.poll(() => page.locator("#filtered").innerText()).toBe(`${found} of 4`);
      }
    }
  });

  describe("where there are groups", () => {
    let many: ServiceProcess;
    const openMany = async (options: Parameters<typeof openPage>[2] = {}) => {
      const one = await openPage(browser, `http://127.0.0.1:${many.port}/dashboard`, options);
      opened.push(one);
      await expect.poll(() => one.page.locator("details.group:not([open])").count()).toBe(2);
      return one.page;
    };

    beforeAll(async () => {
      const names = Array.from({ length: 40 }, (_, index) => `s${index}`);
      const services = Object.fromEntries(
        names.map((name, index) => [
          name,
          { url: targets[0]?.url, interval: 60, group: index % 2 === 0 ? "Rack North" : "Rack South" },
        ]),
      );
      many = await startService({ config: JSON.stringify({ services }) });
      await many.saw("overall status is healthy");
    });
    afterAll(() => many?.stop());

    it("lead by keys to those that are folded as well", async () => {
      const page = await openMany();
      await page.keyboard.press("j");
      await page.keyboard.press("j");
      expect(await page.evaluate(focused)).toContain("Rack South");
      await page.keyboard.press("Enter");
      await page.keyboard.press("j");
      expect(await page.evaluate(focused)).toMatch(/^s\d+$/);
      for (let back = 0; back < 2; back += 1) await page.keyboard.press("k");
      expect(await page.evaluate(focused)).toContain("Rack North");
    });

    it.each([true, false])(
      "find the services of one by its name, and show them; scripts: %s",
      async (javaScriptEnabled) => {
        const page = await openMany({ javaScriptEnabled });
        for (const [words, found, names] of [
          ["rack south", 20, expect.arrayContaining(["s1", "s39"])],
          ["NORTH s12", 1, ["s12"]],
        ] as const) {
          await page.getByLabel("Filter").fill(words);
          if (!javaScriptEnabled) await page.getByLabel("Filter").press("Enter");
          await expect.poll(() => page.locator("#filtered").innerText()).toBe(`${found} of 40`);
          const shown = page.locator(".rows tr:visible");
          expect(await shown.count()).toBe(found);
          expect(await shown.locator("th a").allInnerTexts()).toEqual(names);
        }
      },
    );
  });

  it("keep what is typed and ticked while the page is looked at again", async () => {
    const page = await open("/dashboard/history", { cookies: cookies() });
    await page.getByLabel("Show on the public page").check();
    await page.evaluate('document.querySelector("h1").textContent = "seen"');
    await expect.poll(() => page.locator("h1").innerText()).toBe("History");
    expect(await page.getByLabel("Show on the public page").isChecked()).toBe(true);
  });

  it("filter without a script as well", async () => {
    const page = await open("/dashboard", { javaScriptEnabled: false });
    await page.getByLabel("Filter").fill("redis");
    await page.getByLabel("Filter").press("Enter");
    expect(new URL(page.url()).search).toBe("?filter=redis");
    expect(await page.locator(".rows tr:visible").allInnerTexts()).toEqual([expect.stringContaining("Redis Cache")]);
    expect(await page.locator("#filtered").innerText()).toBe("1 of 4");
  });

  it("lead by keys from service to service and from view to view, but not in a field", async () => {
    const page = await open();
    for (const [key, name] of [
      ["j", "Tools Server"],
      ["j", "Jetson Ollama Server"],
      ["k", "Tools Server"],
      ["/", "filter"],
    ] as const) {
      await page.keyboard.press(key);
      expect(await page.evaluate(focused)).toBe(name);
    }
    await page.keyboard.type("jga?");
    expect(await page.locator("#filter").inputValue()).toBe("jga?");
    await page.keyboard.press("Escape");
    await page.keyboard.press("j");
    await page.keyboard.press("Enter");
    await page.waitForURL("**/dashboard/services/tools");
    await page.keyboard.press("Escape");
    await page.waitForURL("**/dashboard");
    await page.keyboard.press("g");
    await page.keyboard.press("a");
    await page.waitForURL("**/dashboard/alerts");
    await page.keyboard.press("g");
    await page.keyboard.press("h");
    await page.waitForURL("**/dashboard/history");
  });

  it("act by a key on the alert that has the focus, and never on another one", async () => {
    const page = await open("/dashboard", { cookies: cookies() });
    await page.keyboard.press("a");
    expect(await page.evaluate(focused)).toBe("Acknowledge");
    expect(new URL(page.url()).search).toBe("");
    await page.keyboard.press("a");
    await page.getByRole("status").waitFor();
    expect((await request(service.port, "/alerts")).json.details[0]).toMatchObject({ acknowledged_by: "anna" });
  });

  it("do something by every key that the list has", async () => {
    const page = await open("/dashboard/services/tools");
    await page.locator(".chart-frame.alive").waitFor();
    const keys = [...PAGE_KEYS, ...CHART_KEYS].flatMap(({ actions }) => Object.keys(actions));
    expect(keys).toEqual(expect.arrayContaining(["/", "j", "l", "g", "ArrowLeft", "End", "?", "Escape"]));
    expect(await page.evaluate<string[]>(FIND_TAKEN)).toEqual(keys);
  });

  it("say what the keys do, and let them be switched off and on again", async () => {
    const page = await open();
    await page.keyboard.press("?");
    await page.getByRole("dialog", { name: "Keys" }).waitFor();
    await page.screenshot({ path: `${PICTURES}/controls-keys.png` });
    await page.keyboard.press("Escape");
    expect(await page.getByRole("dialog").count()).toBe(0);
    await page.getByRole("button", { name: "Keys" }).click();
    await page.getByLabel("Single keys").uncheck();
    await page.getByRole("button", { name: "Close" }).click();
    await page.keyboard.press("?");
    await page.keyboard.press("/");
    expect([await page.getByRole("dialog").count(), await page.evaluate(focused)]).not.toContain("filter");
    await page.reload();
    await page.getByRole("button", { name: "Keys" }).click();
    expect(await page.getByLabel("Single keys").isChecked()).toBe(false);
    await page.getByLabel("Single keys").check();
    await page.getByRole("button", { name: "Close" }).click();
    await page.keyboard.press("/");
    expect(await page.evaluate(focused)).toBe("filter");
  });

  it.each([true, false])(
    "change the theme, which the next page has from the first paint on; scripts: %s",
    async (javaScriptEnabled) => {
      const page = await open("/dashboard/alerts", { javaScriptEnabled, colorScheme: "light" });
      const background = () => page.evaluate<string>("getComputedStyle(document.body).backgroundColor");
      const [light, dark] = ["rgb(255, 255, 255)", "rgb(13, 17, 22)"];
      const seen: string[] = [];
      for (let step = 0; step < 3; step += 1) {
        await page.locator("#theme button").click();
        seen.push(`${await page.locator("#theme button").innerText()} ${await background()}`);
        expect(new URL(page.url()).pathname).toBe("/dashboard/alerts");
        await page.goto(page.url());
        expect(`${await page.locator("#theme button").innerText()} ${await background()}`).toBe(seen[step]);
      }
      expect(seen).toEqual([`Theme: dark ${dark}`, `Theme: light ${light}`, `Theme: system ${light}`]);
    },
  );

  it("look at a page again at once when something has happened, which nobody tells it", async () => {
    const page = await open("/dashboard/alerts");
    const asked: string[] = [];
    page.on("request", (each) => asked.push(new URL(each.url()).pathname));
    await expect.poll(() => asked).toContain("/dashboard/alerts");
    flaky.response = sendJson(503, {});
    const isKnown = async (): Promise<boolean> =>
      (await request(service.port, "/alerts")).body.includes("Flaky Server");
    await expect.poll(isKnown).toBe(true);
    const before = asked.length;
    await expect.poll(() => asked.length).toBeGreaterThan(before + 1);
    expect(asked.slice(before, before + 2)).toEqual(["/cluster_health", "/dashboard/alerts"]);
    await expect.poll(() => page.locator("main").innerText()).toContain("Flaky Server");
  });
});

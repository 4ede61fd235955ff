/**
 * Everything that can be done by the pages, done by hand in a real browser: with scripts and without, on Node and on the Worker in workerd.
 * What is done is looked up at the API. Needs Debian's chromium.
 */
import type { Browser, Page } from "playwright-core";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { newToken } from "../../../functions/cli/new-token.ts";
import { ACTIONS } from "../../../functions/page/actions/registry.ts";
import type { HttpHost, StartHttpHost } from "../../contract/http-host.ts";
import { CHROMIUM, launchChromium } from "../../support/chromium.ts";
import { skipWithout } from "../../support/installed.ts";
import { request } from "../../support/raw-http.ts";
import { startService } from "../../support/service-process.ts";
import { sendJson, startTarget, type TargetServer } from "../../support/target-server.ts";
import { WAIT_LIMIT_MS } from "../../support/time-limits.ts";
import { startWorker } from "../../support/worker-process.ts";
import { openPage, type OpenPage } from "./live-page.ts";

const anna = newToken("anna");

const LOGIN = "/dashboard/login";
const NOW = "/dashboard";
const ALERTS = "/dashboard/alerts";
const HISTORY = "/dashboard/history";
const SETUP = "/dashboard/setup";

/** One for each way, so that both find the same. */
const SUBJECTS = {
  "without scripts": { id: "tools", name: "Tools Server", javaScriptEnabled: false },
  "with scripts": { id: "llama", name: "CPU Llama.cpp Server", javaScriptEnabled: true },
} as const;
type Subject = (typeof SUBJECTS)[keyof typeof SUBJECTS];

/** As far as it is looked at. */
interface Listed {
  readonly service?: string | null;
  readonly covers?: readonly string[];
  readonly active?: boolean;
}

type Lists = "details" | "silences" | "windows" | "marks" | "entries";
type Ask = (path: string) => Promise<Partial<Record<Lists, readonly Listed[]>>>;

/** Done by a form of ours, which leads back to where it stands and says there what was done. */
interface Deed {
  readonly action: string;
  readonly from: string;
  act(page: Page, subject: Subject): Promise<void>;
  /** What is then so. */
  found(ask: Ask, subject: Subject): Promise<unknown>;
  readonly expected: (subject: Subject) => unknown;
}

const press = (page: Page, name: string): Promise<void> => page.getByRole("button", { name, exact: true }).click();

const IN_TWO_DAYS = new Date(Date.now() + 2 * 86_400_000).toISOString().slice(0, "2026-11-30T00:00".length);

type Found = Deed["found"];

const alerts: Found = async (ask, { id }) => (await ask("/alerts")).details?.filter(({ service }) => service === id);

const activeSilences: Found = async (ask, { id }) =>
  (await ask("/silences")).silences?.filter(({ active, covers }) => active && covers?.includes(id));

const windows: Found = async (ask, { id }) =>
  (await ask("/maintenance")).windows?.filter(({ covers }) => covers?.includes(id));

const marks: Found = async (ask, { id }) => (await ask("/marks")).marks?.filter(({ service }) => service === id);

const lastAudited: Found = async (ask) => (await ask("/audit?limit=1")).entries;

/** In this order. */
const DEEDS: readonly Deed[] = [
  {
    action: "acknowledge",
    from: NOW,
    act: (page, { name }) => press(page, `Acknowledge: ${name}`),
    found: alerts,
    expected: () => [expect.objectContaining({ acknowledged_by: "anna" })],
  },
  {
    action: "silence",
    from: NOW,
    act: (page, { name }) => press(page, `Silence 1 h: ${name}`),
    found: activeSilences,
    expected: ({ id }) => [expect.objectContaining({ author: "anna", covers: [id] })],
  },
  {
    action: "end-silence",
    from: ALERTS,
    act: (page, { id }) => press(page, `End now: ${id}`),
    found: activeSilences,
    expected: () => [],
  },
  {
    action: "silence-until",
    from: ALERTS,
    act: (page, { name }) => press(page, `Silence until healthy: ${name}`),
    found: activeSilences,
    expected: ({ id }) => [expect.objectContaining({ until_healthy: true, covers: [id] })],
  },
  {
    action: "maintenance",
    from: ALERTS,
    async act(page, { id }) {
      const form = page.locator(".planning details", { hasText: "maintenance" });
      await form.locator("summary").click();
      await form.getByLabel("Services").fill(id);
      await form.getByLabel("Until").fill(IN_TWO_DAYS);
      await form.getByLabel("Comment").fill("a new disk");
      await form.getByRole("button").click();
    },
    found: windows,
    expected: ({ id }) => [expect.objectContaining({ covers: [id], active: true, comment: "a new disk" })],
  },
  {
    action: "end-maintenance",
    from: ALERTS,
    async act(page, { id }) {
      const list = page.locator("section", { has: page.locator("#maintenance") });
      await list.getByRole("button", { name: `End now: ${id}` }).click();
    },
    found: windows,
    expected: () => [],
  },
  {
    action: "mark",
    from: HISTORY,
    async act(page, { name }) {
      await page.getByRole("textbox", { name: "What happened" }).fill(`deployed ${name}`);
      await page.getByLabel("About").selectOption(name);
      await press(page, "Add mark");
    },
    found: marks,
    expected: ({ name }) => [expect.objectContaining({ author: "anna", text: `deployed ${name}` })],
  },
  {
    action: "withdraw-mark",
    from: HISTORY,
    act: (page, { name }) => press(page, `Withdraw: deployed ${name}`),
    found: marks,
    expected: () => [],
  },
  {
    action: "test-channel",
    from: SETUP,
    act: (page) => press(page, "Test lines"),
    found: lastAudited,
    expected: () => [expect.objectContaining({ action: "channel.tested", actor: "anna", target: "lines" })],
  },
  {
    action: "drill",
    from: SETUP,
    act: (page) => press(page, "Start a drill"),
    found: lastAudited,
    expected: () => [expect.objectContaining({ action: "drill.started", actor: "anna" })],
  },
];

const HOSTS: Readonly<Record<string, StartHttpHost>> = {
  Node: async (config) => ({ ...(await startService({ config })), headers: {} }),
  Workers: async (config) => ({ ...(await startWorker(config)), headers: {} }),
};

describe.skipIf(skipWithout(CHROMIUM))("what can be done by the pages (needs chromium)", () => {
  let browser: Browser;
  let targets: TargetServer[];
  beforeAll(async () => {
    browser = await launchChromium();
    targets = [await startTarget(), await startTarget(sendJson(503, {}))];
  });
  afterAll(async () => {
    await browser?.close();
    await Promise.all((targets ?? []).map((target) => target.close()));
  });

  it("has a row above for every action", () => {
    expect(new Set(DEEDS.map(({ action }) => action))).toEqual(new Set(Object.keys(ACTIONS)));
  });

  describe.each(Object.entries(HOSTS))("on %s", (_host, start) => {
    let host: HttpHost;
    const origin = () => `http://127.0.0.1:${host.port}`;
    const ask: Ask = async (path) =>
      (await request(host.port, path, { headers: { authorization: `Bearer ${anna.token}` } })).json;

    beforeAll(async () => {
      const [well, broken] = targets.map(({ url }) => url);
      const failing = { url: broken, interval: 60, failures: 1 };
      const services = {
        tools: { name: SUBJECTS["without scripts"].name, critical: true, ...failing },
        llama: { name: SUBJECTS["with scripts"].name, ...failing },
        ollama: { name: "Jetson Ollama Server", url: well, interval: 60 },
      };
      const auth = { reads: "token", tokens: { anna: { hash: anna.hash, scopes: ["admin"] } } };
      const alerting = { channels: { lines: { type: "log" } } };
      host = await start(JSON.stringify({ node: "worker-node4", services, alerting, auth }));
      await ask("/cluster_health?fresh=true");
    });
    afterAll(() => host?.stop());

    describe.each(Object.entries(SUBJECTS))("%s", (_way, subject) => {
      let opened: OpenPage;
      const open = async (path: string, isSignedIn = true): Promise<Page> => {
        const cookies = isSignedIn ? [{ name: "lgm", value: anna.token, url: origin() }] : [];
        opened = await openPage(browser, origin() + path, {
          cookies,
          javaScriptEnabled: subject.javaScriptEnabled,
        });
        opened.page.setDefaultTimeout(WAIT_LIMIT_MS);
        return opened.page;
      };
      afterEach(() => opened.close());

      it.each(DEEDS)("$action is done from $from, which says so", async ({ action, from, act, found, expected }) => {
        const page = await open(from);
        await act(page, subject);
        const { done, begun = done } = ACTIONS[action] ?? {};
        expect([done, begun]).toContain(await page.getByRole("status").first().innerText());
        expect(new URL(page.url()).pathname).toBe(from);
        expect(await found(ask, subject)).toEqual(expected(subject));
        expect(opened.faults).toEqual([]);
      });

      it("a service is checked now", async () => {
        const page = await open(`/dashboard/services/${subject.id}`);
        await press(page, "Check now");
        await page.getByText("Checked just now.").waitFor();
        expect(new URL(page.url()).pathname).toBe(`/dashboard/services/${subject.id}`);
        expect(opened.faults).toEqual([]);
      });

      it("the theme is another one, on the next page as well", async () => {
        const page = await open(ALERTS);
        await page.locator("#theme button").click();
        await page.locator('html[data-theme="dark"]').waitFor();
        await page.getByRole("link", { name: "History" }).click();
        await page.locator('html[data-theme="dark"] h1').waitFor();
        expect(opened.faults).toEqual([]);
      });

      it("somebody signs in, is led to the page that was asked for, and signs out", async () => {
        const page = await open(`${LOGIN}?next=${ALERTS}`, false);
        await page.getByLabel("Token").fill(anna.token);
        await press(page, "Sign in");
        await page.waitForURL(`**${ALERTS}`);
        expect(await page.locator("h1").innerText()).toBe("Alerts");
        await press(page, "Sign out");
        await page.waitForURL(`**${LOGIN}`);
        expect(await page.context().cookies()).toEqual([]);
        expect(opened.faults).toEqual([]);
      });
    });
  });
});

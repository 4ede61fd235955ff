/**
 * The views where there is nothing yet, where storage fails, where there is more than a page, and where what others wrote is hostile.
 * No process lasts in between, as at the edge. The monitor is whole; its database is real and may fail.
 */
import { describe, expect, it, onTestFinished } from "vitest";
import { createMonitor } from "../../../functions/bundle.ts";
import { createD1Store } from "../../../shared/storage/d1-store.ts";
import type { AlertingState } from "../../../shared/domain/alerting/alerting-state.ts";
import { check, failing, moment, T0 } from "../../support/checks.ts";
import { failingD1 } from "../../support/failing-d1.ts";
import { FakeClock } from "../../support/fake-clock.ts";
import { sqliteTestDatabase } from "../../support/sqlite-database.ts";
import { alerted, AlertingBench } from "../../support/lived-alerting.ts";
import { commitOf, commitSweeps } from "../../support/stored-sweeps.ts";
import { testRuntime } from "../../support/test-runtime.ts";
import { TEST_AUTH, TEST_TOKEN } from "../../support/worker-process.ts";

const VIEWS = ["/dashboard/alerts", "/dashboard/history", "/dashboard/routes", "/dashboard/setup"] as const;
const HOSTILE = `\u202E</title><script>alert(1)</script><img src=x onerror="alert(2)">`;

/** `hasLived`: there is a commit. `alerts`: of so many services that have been failing. */
async function viewBench({ hasLived = true, name = "Service A", alerts = 0 } = {}) {
  const database = sqliteTestDatabase();
  onTestFinished(() => database.close());
  let isFailing = false;
  const { db } = failingD1(database.db, "SQLITE_IOERR", () => (isFailing ? "before" : null));
  const store = createD1Store(database.db);
  if (hasLived) await commitSweeps(store, [[check("a", T0)]], () => T0);
  if (alerts > 0)
    await store.commitSweep({ ...commitOf(moment(T0 + 1, [check("a", T0)]), [], 1), alerting: failingFor(alerts) });
  const auth = { tokens: { test: { ...TEST_AUTH.tokens.test, scopes: ["admin"] } } };
  const config = { services: { a: { name, url: "https://a.example/", critical: true } }, routes: { llm: ["a"] }, auth };
  const clock = new FakeClock(T0 + 1_000);
  const monitor = await createMonitor(testRuntime({ database: { ...database, db }, config, clock }));
  const { sqlite } = database;
  const addChange = sqlite.prepare<[number, string, string, string | null]>(
    "insert into transitions (service_id, at_ms, from_status, to_status, message) values ('a', ?, ?, ?, ?)",
  );
  const ask = async (path: string, init: { readonly method?: string; readonly body?: string } = {}) => {
    const headers = { host: "localhost", cookie: `lgm=${TEST_TOKEN}`, "sec-fetch-site": "same-origin" };
    const answer = await monitor.fetch(new Request(`http://localhost${path}`, { headers, ...init }));
    return { status: answer.status, headers: answer.headers, body: await answer.text() };
  };
  const addMark = sqlite.prepare<[number, string]>(
    "insert into marks (at_ms, service, text, author) values (?, '', ?, 'ci')",
  );
  return {
    failStorage: () => void (isFailing = true),
    losePast: () => void sqlite.exec("alter table transitions rename to lost"),
    wait: (ms: number) => clock.advance(ms),
    addChange: (atMs: number, to: string, message: string | null = null) =>
      addChange.run(atMs, to === "healthy" ? "timeout" : "healthy", to, message),
    addMark: (atMs: number, text: string) => addMark.run(atMs, text),
    page: (path: string) => ask(path),
    post: (path: string, body: string) => ask(path, { method: "POST", body }),
  };
}

function failingFor(services: number): AlertingState {
  const ids = Array.from({ length: services }, (_, index) => `service-${index}`);
  const bench = new AlertingBench(ids.map((id) => alerted(id)));
  for (let count = 0; count < 3; count += 1) bench.sweep(ids.map((id) => failing(id, bench.nowMs)));
  return bench.state;
}

describe.each(VIEWS)("%s", (path) => {
  it("is a page before the first check has finished, and shows nothing green", async () => {
    const { page } = await viewBench({ hasLived: false });
    const { status, body } = await page(path);
    expect(status).toBe(200);
    expect(body).not.toMatch(/status healthy"|run-healthy"/);
  });

  it("says how current it is, and that it is not of now when nothing has been committed for long", async () => {
    const { page, wait } = await viewBench();
    const fresh = (await page(path)).body;
    expect(fresh).toMatch(/<noscript> ?as of <time [^>]*>[\d:]{8} UTC<\/time><\/noscript>/);
    expect(fresh).not.toMatch(/<body class="is-stale">|<title>No update/);
    await wait(10 * 60_000);
    const stale = (await page(path)).body;
    expect(stale).toContain('<body class="is-stale">');
    expect(stale).toMatch(/<title>No update · /);
    expect(stale).toMatch(/role="alert">No update for 10 min[^<]*\.<\/p>/);
    expect(fresh).not.toContain("Nothing has been saved");
    expect(stale).toMatch(/Nothing has been saved since <time [^]*no round has run, or .* npm run wrangler -- tail\./);
  });

  it("is a page while storage fails, which it says", async () => {
    const bench = await viewBench();
    bench.failStorage();
    const { status, body } = await bench.page(path);
    expect(status).toBe(200);
    expect(body).toContain(
      "What is stored cannot be read now. The log of the Worker says why: npm run wrangler -- tail.",
    );
    expect(body).not.toMatch(/status healthy"|run-healthy"/);
  });

  it("shows what others wrote as text, whatever it is and however long", async () => {
    const bench = await viewBench({ name: "</title><script>alert(1)</script>" });
    bench.addMark(T0 - 10, HOSTILE.slice(0, 120));
    bench.addChange(T0 - 20, "timeout", HOSTILE + "x".repeat(65_536));
    const { status, headers, body } = await bench.page(path);
    expect(status).toBe(200);
    expect(body).not.toMatch(/<script>|<img|onerror="|style=|\u202E/);
    expect(body.length).toBeLessThan(30_000);
    expect(headers.get("content-security-policy")).toMatch(
      /^default-src 'none'; script-src 'self'; style-src 'self'; /,
    );
  });
});

describe.each(["/dashboard", "/dashboard/services/a"])("%s", (path) => {
  it("that cannot be made is an error in the frame of all pages, which says what is known of it, and comes back", async () => {
    const bench = await viewBench();
    bench.failStorage();
    const { status, body } = await bench.page(path);
    expect(status).toBe(500);
    expect(body).toMatch(/^<!doctype html>[^]*<nav aria-label="Views">[^]*<h1>Internal error<\/h1>/);
    expect(body).toContain(
      "What is stored cannot be read now. The log of the Worker says why: npm run wrangler -- tail.",
    );
    expect(body).toContain(`<noscript><meta http-equiv="refresh" content="15; url=${path}"/></noscript>`);
    expect(body).toContain(
      `<a class="alone" href="${path}">Try again</a> · <a class="alone" href="/dashboard">Back</a>`,
    );
    expect(body).not.toMatch(/class="verdict healthy"/);
  });
});

describe("The page of a service", () => {
  it("says what the service is now while its past cannot be read", async () => {
    const bench = await viewBench();
    bench.losePast();
    const { status, body } = await bench.page("/dashboard/services/a");
    expect(status).toBe(200);
    expect(body).toContain("<title>Healthy: Service A · worker-node4</title>");
    expect(body).toContain("How it was cannot be told now: storage does not work.");
    expect(body).toContain("What is stored cannot be read now. The log of the Worker says why");
    expect(body).toContain("How it is checked");
    expect((await bench.page("/dashboard/services/nobody")).status).toBe(500);
  });
});

describe("Now", () => {
  it("does nothing again by itself that has failed", async () => {
    const bench = await viewBench();
    bench.failStorage();
    const { status, body } = await bench.post("/dashboard/silence", "service=a");
    expect(status).toBe(503);
    expect(body).not.toContain("Try again</a>");
    expect(body).not.toContain("data-reloads");
  });

  it("stays what it is while the past cannot be read, and says so", async () => {
    const bench = await viewBench();
    bench.losePast();
    const { status, body } = await bench.page("/dashboard");
    expect(status).toBe(200);
    expect(body).toContain("<title>Healthy · worker-node4</title>");
    expect(body).toContain("The critical service answers.");
    expect(body).toContain("What is stored cannot be read now.");
  });
});

describe("History", () => {
  it("goes back page by page over everything that happened, each once, with the marks of its time", async () => {
    const bench = await viewBench();
    const minute = 60_000;
    for (let index = 0; index < 250; index += 1)
      bench.addChange(T0 - (index + 1) * minute, index % 2 === 0 ? "healthy" : "timeout", `change-${index};`);
    // One of them at the very instant at which a page ends.
    for (let index = 0; index < 50; index += 1) bench.addMark(T0 - (index + 1) * 5 * minute, `mark-${index};`);
    const told: string[] = [];
    let path: string | undefined = "/dashboard/history";
    let pages = 0;
    while (path !== undefined) {
      const { status, body } = await bench.page(path);
      expect(status).toBe(200);
      // A mark is also in the name of its button.
      told.push(...(body.replaceAll(/<[^>]*>/g, "").match(/(change|mark)-\d+;/g) ?? []));
      path = /href="([^"#]+)#list">Older</.exec(body)?.[1]?.replaceAll("&amp;", "&");
      pages += 1;
    }
    expect(pages).toBe(3);
    const expected = [
      ...Array.from({ length: 250 }, (_, index) => `change-${index};`),
      ...Array.from({ length: 50 }, (_, index) => `mark-${index};`),
    ];
    expect(told.toSorted()).toEqual(expected.toSorted());
  });

  it.each(["range=x", "range=7d&before=made-up", "before=made-up", "range=24h&before=x&up_to=never&since=never"])(
    "makes the best of %s, or says what is wrong with it",
    async (query) => {
      const { status, body } = await (await viewBench()).page(`/dashboard/history?${query}`);
      expect([200, 400]).toContain(status);
      if (status === 400) expect(body).toContain('<a class="alone" href="/dashboard/history">Back</a>');
    },
  );
});

describe("Alerts", () => {
  it("of two hundred services that died at once fit on a page, the worst with all that may be done", async () => {
    const { page } = await viewBench({ alerts: 200 });
    const { status, body } = await page("/dashboard/alerts");
    expect(status).toBe(200);
    expect(body.match(/class="card down"/g)).toHaveLength(100);
    expect(body).toContain("100 more are open.");
    expect(body.match(/Acknowledge with a comment/g)).toHaveLength(20);
    expect(body.length).toBeLessThan(300_000);
  });

  it.each(["since=never", "severity=bad", "before=made-up", "service=a%20b"])(
    "says what is wrong with the filter %s, with a way back",
    async (query) => {
      const { status, body } = await (await viewBench()).page(`/dashboard/alerts?${query}`);
      expect(status).toBe(400);
      expect(body).toContain('<a class="alone" href="/dashboard/alerts">Back</a>');
    },
  );
});

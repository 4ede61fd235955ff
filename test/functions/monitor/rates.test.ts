/**
 * How often a client may write, or ask without a valid token; at a clock that stands still, so that no machine is too slow for it.
 */
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { newToken } from "../../../functions/cli/new-token.ts";
import { createMonitor } from "../../../functions/bundle.ts";
import type { Monitor } from "../../../functions/runtime.ts";
import { sqliteTestDatabase, type TestDatabase } from "../../support/sqlite-database.ts";
import { testRuntime, type TestRuntime } from "../../support/test-runtime.ts";

const [AGENTS, PEOPLE] = [newToken("agents"), newToken("people")];
const CONFIG = {
  services: { a: { url: "http://192.0.2.1/" } },
  hosts: ["localhost"],
  auth: {
    tokens: {
      agents: { hash: AGENTS.hash, scopes: ["alerts:write"] },
      people: { hash: PEOPLE.hash, scopes: ["admin"] },
    },
  },
};
const MISSING = "/silences/00000000-0000-0000-0000-000000000000";

describe("What a client does too often", () => {
  let database: TestDatabase;
  let runtime: TestRuntime;
  let monitor: Monitor;

  beforeEach(async () => {
    database = sqliteTestDatabase();
    runtime = testRuntime({ database, config: CONFIG });
    monitor = await createMonitor(runtime);
  });
  afterEach(async () => {
    await monitor.stop();
    database.close();
  });

  interface Asked {
    readonly token?: string;
    readonly address?: string;
    readonly method?: string;
    readonly body?: string;
  }

  async function ask(path: string, { token = "", address = "192.0.2.7", method = "GET", body }: Asked = {}) {
    const headers = { host: "localhost", authorization: `Bearer ${token}`, "content-type": "application/json" };
    const request = new Request(`http://localhost${path}`, { method, headers, ...(body !== undefined && { body }) });
    const response = await monitor.fetch(request, address);
    return { status: response.status, retryAfter: response.headers.get("retry-after"), json: await response.json() };
  }
  const write = (token: string) => ask(MISSING, { token, method: "DELETE" });

  it("is refused by a form of the page as well, with when to come again", async () => {
    for (let count = 0; count < 120; count += 1) await write(AGENTS.token);
    const headers = { host: "localhost", origin: "http://localhost", cookie: `lgm=${AGENTS.token}` };
    const request = new Request("http://localhost/dashboard/silence", { method: "POST", headers, body: "service=a" });
    const response = await monitor.fetch(request, "192.0.2.7");
    expect([response.status, response.headers.get("retry-after")]).toEqual([429, "1"]);
    expect(response.headers.get("content-type")).toBe("text/html; charset=utf-8");
    expect(await response.text()).toContain("This token may write 2 times a second, after 120.");
  });

  it("is refused with 429 and when to come again, and then let in", async () => {
    for (let count = 0; count < 120; count += 1) expect((await write(AGENTS.token)).status).toBe(404);
    expect(await write(AGENTS.token)).toEqual({
      status: 429,
      retryAfter: "1",
      json: {
        type: "urn:problem:too_many_requests",
        title: "Too many requests",
        status: 429,
        detail: "This token may write 2 times a second, after 120.",
      },
    });
    expect((await write(PEOPLE.token)).status).toBe(404);
    expect((await ask("/silences", { token: AGENTS.token })).status).toBe(403); // reading has no limit
    await runtime.clock.advance(1_000);
    expect([(await write(AGENTS.token)).status, (await write(AGENTS.token)).status]).toEqual([404, 404]);
    expect((await write(AGENTS.token)).status).toBe(429);
  });

  it("does not count where a request is refused for what it says", async () => {
    const faulty = { token: AGENTS.token, method: "POST", body: '{"ends_at":"never"}' };
    for (let count = 0; count < 130; count += 1) expect((await ask("/silences", faulty)).status).toBe(400);
    expect((await write(AGENTS.token)).status).toBe(404);
  });

  it("counts by address where no valid token comes along, and never against a valid one", async () => {
    for (let count = 0; count < 1_000; count += 1) expect((await ask("/stats")).status).toBe(401);
    expect(await ask("/stats")).toMatchObject({ status: 429, retryAfter: "1" });
    expect(await ask(MISSING, { method: "DELETE", token: newToken("agents").token })).toMatchObject({ status: 429 });
    expect((await ask("/stats", { address: "192.0.2.8" })).status).toBe(401);
    expect((await ask("/audit", { token: PEOPLE.token })).status).toBe(200);
    await runtime.clock.advance(1_000);
    expect((await ask("/stats")).status).toBe(401);
  });
});

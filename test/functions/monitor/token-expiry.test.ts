/** When a token stops being good: by the machine's clock, not by the time that what is stored goes on from. */
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { createMonitor } from "../../../functions/bundle.ts";
import { newToken } from "../../../functions/cli/new-token.ts";
import type { Monitor } from "../../../functions/runtime.ts";
import { HOUR, MINUTE, T0 } from "../../support/checks.ts";
import { FakeClock } from "../../support/fake-clock.ts";
import { sqliteTestDatabase, type TestDatabase } from "../../support/sqlite-database.ts";
import { passUntil, testProcess, testRuntime } from "../../support/test-runtime.ts";

const TOKEN = newToken("agents");
const ENDS_MS = T0 + 30 * MINUTE;
const CONFIG = {
  services: { a: { url: "http://192.0.2.1/", critical: true } },
  auth: { reads: "token", tokens: { agents: { hash: TOKEN.hash, expires: new Date(ENDS_MS).toISOString() } } },
};

describe("a token with an end", () => {
  let database: TestDatabase;
  let monitor: Monitor;
  let clock: FakeClock;

  const start = async (wallMs: number): Promise<void> => {
    clock = new FakeClock(wallMs);
    monitor = await createMonitor(testRuntime({ database, process: testProcess().process, config: CONFIG, clock }));
    await monitor.start();
    await clock.advance(MINUTE);
  };
  const stop = (): Promise<void> => passUntil(clock, monitor.stop());
  const ask = (): Promise<Response> => {
    const headers = { host: "localhost", authorization: `Bearer ${TOKEN.token}` };
    return monitor.fetch(new Request("http://localhost/cluster_health", { headers }));
  };
  const status = async (): Promise<number> => (await ask()).status;
  const shownMs = async (): Promise<number> => Date.parse(JSON.parse(await (await ask()).text()).timestamp);

  beforeEach(() => {
    database = sqliteTestDatabase();
  });
  afterEach(async () => {
    await stop();
    database.close();
  });

  it("is refused from that instant on", async () => {
    await start(ENDS_MS - 2 * MINUTE);
    expect(await status()).toBe(200);
    await clock.advance(MINUTE - 1);
    expect(await status()).toBe(200);
    await clock.advance(1);
    expect(await status()).toBe(401);
  });

  it("is good to its end where what is stored is an hour ahead", async () => {
    await start(T0 + HOUR);
    expect(await status()).toBe(401);
    await stop();
    await start(T0);
    expect(await shownMs()).toBeGreaterThan(ENDS_MS);
    clock.stepWall(ENDS_MS - clock.nowMs() - 1);
    expect(await status()).toBe(200);
    await clock.advance(1);
    expect(await status()).toBe(401);
  });

  it("ends and is good again as the machine's clock is set while we run", async () => {
    await start(T0);
    clock.stepWall(HOUR);
    expect(await status()).toBe(401);
    clock.stepWall(-HOUR);
    expect(await status()).toBe(200);
  });

  it("is not good again because nobody has set the clock (1970)", async () => {
    await start(ENDS_MS);
    expect(await status()).toBe(401);
    await stop();
    await start(10_000);
    expect(await status()).toBe(401);
  });
});

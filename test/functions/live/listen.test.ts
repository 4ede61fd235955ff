/** How long a listener is listened to, and what it hears when nothing happens: through the whole monitor, on a fake clock. */
import { beforeEach, describe, expect, it, onTestFinished } from "vitest";
import { createMonitor } from "../../../functions/bundle.ts";
import { newToken } from "../../../functions/cli/new-token.ts";
import { HOUR, T0 } from "../../support/checks.ts";
import { FakeClock } from "../../support/fake-clock.ts";
import { sqliteTestDatabase, type TestDatabase } from "../../support/sqlite-database.ts";
import { passUntil, testProcess, testRuntime } from "../../support/test-runtime.ts";

const AGENT = newToken("agent");
const SERVICES = { a: { url: "https://a.example/", critical: true, interval: 3_600 } };
const OPEN = { services: SERVICES, max_connections: 8 };
const CLOSED = { services: SERVICES, auth: { reads: "token", tokens: { agent: { hash: AGENT.hash } } } };

let database: TestDatabase;
beforeEach(() => {
  database = sqliteTestDatabase();
  onTestFinished(() => database.close());
});

/** A monitor whose configuration a test may replace; `process` null: at the edge. */
async function start(
  config: object,
  process = testProcess().process as ReturnType<typeof testProcess>["process"] | null,
) {
  const clock = new FakeClock(T0);
  const runtime = testRuntime({ database, process, config, clock });
  let current = config;
  const monitor = await createMonitor({
    ...runtime,
    configuration: { ...runtime.configuration, read: async () => JSON.stringify(current) },
  });
  await monitor.start();
  await clock.advance(2_000);
  let hasStopped = false;
  const stop = async (): Promise<void> => {
    if (!hasStopped) await passUntil(clock, monitor.stop());
    hasStopped = true;
  };
  onTestFinished(stop);
  const ask = (path: string, address = "127.0.0.1") => {
    const headers = { host: "localhost", authorization: `Bearer ${AGENT.token}` };
    return monitor.fetch(new Request(`http://localhost${path}`, { headers }), address);
  };
  const reload = async (next: object): Promise<void> => {
    current = next;
    await monitor.reload();
  };
  return { clock, monitor, ask, reload, stop };
}

/** What has come of a stream so far. */
async function listen(response: Promise<Response>) {
  const { body, status } = await response;
  const reader = body?.getReader();
  const heard: string[] = [];
  const ended = (async () => {
    for (;;) {
      const { value, done = true } = (await reader?.read()) ?? {};
      if (done) return;
      heard.push(new TextDecoder().decode(value));
    }
  })();
  let hasEnded = false;
  void ended.then(() => (hasEnded = true));
  return { status, heard, ended, hasEnded: () => hasEnded, leave: () => reader?.cancel() };
}

describe("a listener", () => {
  it("hears every 15 s that the connection lives, while nothing happens", async () => {
    const { clock, ask } = await start({ ...OPEN, intervals: { degraded: 3_600, unhealthy: 3_600 } });
    await clock.advance(60_000);
    const { heard } = await listen(ask("/events"));
    await clock.advance(0);
    const before = heard.length;
    await clock.advance(14_999);
    expect(heard.slice(before)).toEqual([]);
    await clock.advance(15_001);
    expect(heard.slice(before)).toEqual([":\n\n", ":\n\n"]);
  });

  it("is bidden to come again after an hour, and after 25 s at the edge", async () => {
    for (const [ms, process] of [
      [HOUR, testProcess().process],
      [25_000, null],
    ] as const) {
      const config = process ? OPEN : { ...CLOSED, services: { a: { url: "https://a.example/", critical: true } } };
      const { clock, ask, stop } = await start(config, process);
      const { heard, ended, hasEnded } = await listen(ask("/events"));
      const begunMs = clock.nowMs();
      await clock.advance(ms - 1_000);
      expect(hasEnded()).toBe(false);
      // A token is looked at again now and then, which takes real time, and the clock goes on meanwhile.
      await passUntil(clock, ended);
      expect(clock.nowMs() - begunMs).toBeLessThan(ms + HOUR / 2);
      expect(heard.at(-1)).toBe("retry: 2000\n\n");
      await stop();
    }
  });

  it("is bidden to come again when the service stops, and whoever waits is answered", async () => {
    const { clock, monitor, ask } = await start(OPEN);
    const { heard, hasEnded } = await listen(ask("/events"));
    const waiting = ask("/wait?timeout=300", "127.0.0.2");
    await clock.advance(100);
    monitor.drain();
    expect(await (await waiting).json()).toMatchObject({ met: false, retry_after_s: 5 });
    await clock.advance(0);
    expect([heard.at(-1), hasEnded()]).toEqual(["retry: 5000\n\n", true]);
    expect(await (await ask("/wait?timeout=300")).json()).toMatchObject({ met: false, retry_after_s: 5 });
  });

  it("is ended by a reload that takes its token away, as is who waits, and not by another one", async () => {
    const { clock, ask, reload } = await start(CLOSED);
    const { heard, ended, hasEnded } = await listen(ask("/events"));
    const waiting = ask("/wait?timeout=300");
    await clock.advance(100);
    await reload({ ...CLOSED, timezone: "Europe/Berlin" });
    await clock.advance(100);
    expect(hasEnded()).toBe(false);
    const other = newToken("agent");
    await reload({ ...CLOSED, auth: { reads: "token", tokens: { agent: { hash: other.hash } } } });
    await passUntil(clock, ended);
    expect(heard.at(-1)).not.toContain("retry");
    expect((await waiting).status).toBe(401);
  });

  it("that waits for a service is told when a reload takes that away, and waits on over any other", async () => {
    const { clock, ask, reload } = await start(OPEN);
    const waiting = ["/wait?service=a&timeout=300", "/wait?timeout=300"].map((path, index) =>
      ask(path, `127.0.0.${index + 2}`),
    );
    const answered: string[] = [];
    for (const each of waiting) void each.then(({ url }) => answered.push(url));
    await clock.advance(100);
    await reload({ ...OPEN, services: { ...SERVICES, b: { url: "https://b.example/" } } });
    await clock.advance(100);
    expect(answered).toEqual([]);
    await reload({ ...OPEN, services: { b: { url: "https://b.example/" } } });
    await clock.advance(100);
    const gone = await waiting[0];
    expect([gone?.status, await gone?.json()]).toMatchObject([
      404,
      { detail: expect.stringContaining("taken out of") },
    ]);
    expect(answered).toHaveLength(1);
  });

  it("that waits for a capability is told when a reload takes that away", async () => {
    const routes = { llm: ["a"], vision: ["a"] };
    const { clock, ask, reload } = await start({ ...OPEN, routes });
    const [gone, left] = ["vision", "llm"].map((capability) => ask(`/wait?capability=${capability}&timeout=300`));
    let hasAnswered = false;
    void left?.then(() => (hasAnswered = true));
    await clock.advance(100);
    await reload({ ...OPEN, routes: { llm: ["a"] } });
    await clock.advance(100);
    const answer = await gone;
    expect([answer?.status, await answer?.json()]).toMatchObject([
      404,
      { detail: expect.stringContaining("capability") },
    ]);
    expect(hasAnswered).toBe(false);
  });

  it("is ended when its token expires", async () => {
    const expires = new Date(T0 + 60_000).toISOString();
    const tokens = { agent: { hash: AGENT.hash, expires } };
    const { clock, ask } = await start({ ...CLOSED, auth: { reads: "token", tokens } });
    const { heard, ended, hasEnded } = await listen(ask("/events"));
    await clock.advance(50_000);
    expect(hasEnded()).toBe(false);
    await passUntil(clock, ended);
    expect(heard.at(-1)).not.toContain("retry");
  });

  it("has a place among a quarter of all connections at most, which is free again when it leaves or was answered", async () => {
    const { clock, ask } = await start(OPEN);
    const [one, other] = [await listen(ask("/events")), await listen(ask("/events"))];
    expect([one.status, other.status]).toEqual([200, 200]);
    const refused = await ask("/events");
    expect([refused.status, refused.headers.get("retry-after")]).toEqual([503, "5"]);
    expect(await refused.json()).toMatchObject({ type: "urn:problem:unavailable" });
    expect((await ask("/wait?timeout=9")).status).toBe(503);
    // What need not wait takes none.
    expect((await ask("/wait?timeout=0")).status).toBe(200);
    const elsewhere = ask("/wait?timeout=9", "127.0.0.2");
    await listen(ask("/events", "127.0.0.3"));
    await clock.advance(1);
    expect((await ask("/events", "127.0.0.4")).status).toBe(503);
    await one.leave();
    expect((await listen(ask("/events"))).status).toBe(200);
    expect(await (await passUntil(clock, elsewhere)).json()).toMatchObject({ met: false });
    expect((await listen(ask("/events", "127.0.0.2"))).status).toBe(200);
  });

  it("costs nothing when it only asks for the head", async () => {
    const { ask, monitor } = await start(OPEN);
    for (let count = 0; count < 10; count += 1) {
      const head = new Request("http://localhost/events", { method: "HEAD", headers: { host: "localhost" } });
      expect((await monitor.fetch(head, "127.0.0.1")).status).toBe(200);
    }
    expect((await listen(ask("/events"))).status).toBe(200);
  });
});

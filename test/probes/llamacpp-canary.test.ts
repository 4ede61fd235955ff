/**
 * The check type `llamacpp` on a server that is alive and serves nobody: by its slots, its canaries, and what it does not tell.
 */
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { llamacpp } from "../../shared/probes/llamacpp.ts";
import type { Settings } from "../support/configured-probe.ts";
import { startLlamaServer, type LlamaServer } from "../support/llamacpp-server.ts";
import { makeContext, type TestContext } from "../support/probe-context.ts";
import { watch, type Watch } from "../support/watched-server.ts";

const MINUTE_MS = 60_000;

let context: TestContext;
let server: LlamaServer;
beforeAll(async () => {
  context = await makeContext();
});
afterAll(() => context.close());
beforeEach(async () => {
  server = await startLlamaServer();
});
afterEach(() => server.close());

const watched = (settings: Settings = {}): Watch => watch(llamacpp, { url: server.url, ...settings }, context);

async function probeTimes(count: number, { probe }: Watch, afterMs = 30_000) {
  const checks = [];
  for (let each = 0; each < count; each += 1) checks.push(await probe(afterMs));
  return checks;
}

describe("a server that is alive and does nothing", () => {
  it("is wedged when a slot stands still in the middle of an answer", async () => {
    Object.assign(server.state.slots, { busy: 1, decoded: 16 });
    const { probe } = watched({ slots: true, restart: "systemctl restart llama" });
    await probe();
    expect(await probe(9 * MINUTE_MS)).toMatchObject({ status: "healthy" });
    const message = "Alive, but its slots have written no token for 11 min; restart it: systemctl restart llama";
    expect(await probe(2 * MINUTE_MS)).toMatchObject({ status: "unhealthy", reason: "wedged", message });
    server.state.slots.decoded = 17;
    expect((await probeTimes(2, { probe, memory: () => null }))[1]).toMatchObject({ status: "healthy" });
  });

  it("is not wedged while it reads a long prompt, nor between two questions", async () => {
    Object.assign(server.state.slots, { busy: 1, decoded: 0 });
    const { probe } = watched({ slots: true });
    await probe();
    expect(await probe(60 * MINUTE_MS)).toMatchObject({ status: "healthy" });
    Object.assign(server.state.slots, { busy: 0, decoded: 0 });
    expect(await probe(60 * MINUTE_MS)).toMatchObject({ status: "healthy" });
  });

  it("is asked for a token when its slots have been full without going on, and is wedged when that waits for ever", async () => {
    Object.assign(server.state.slots, { busy: 2, decoded: 0 });
    server.state.completion = null;
    const { probe } = watched({ slots: true, canary: { every: "1m" }, restart: "reboot" });
    const ask = async (minutes: number) => {
      let check = await probe(MINUTE_MS, 300);
      for (let minute = 1; minute < minutes; minute += 1) check = await probe(MINUTE_MS, 300);
      return check;
    };
    expect(await ask(6)).toMatchObject({ status: "healthy" });
    server.state.slots.task += 2;
    expect(await ask(10)).toMatchObject({ status: "healthy" });
    expect(server.done.completions).toBe(0);
    expect(await ask(1)).toMatchObject({ status: "healthy" });
    expect(await ask(1)).toMatchObject({ status: "degraded", reason: "busy" });
    const message = expect.stringMatching(/^Alive, but has generated nothing since .*; restart it: reboot$/);
    expect(await ask(16)).toMatchObject({ status: "unhealthy", reason: "wedged", message });
  });

  it("is busy, then wedged, when it answers nothing but /health", async () => {
    server.state.isMute = true;
    const { probe } = watched({ restart: "reboot" });
    const reasons: (string | null)[] = [];
    for (let minute = 0; minute <= 10; minute += 2) reasons.push((await probe(2 * MINUTE_MS, 300)).reason);
    expect(reasons).toEqual([null, null, "busy", "busy", "busy", "wedged"]);
    server.state.isMute = false;
    expect(await probe()).toMatchObject({ status: "healthy" });
  });

  it("is busy, then wedged, when canaries are not answered", async () => {
    server.state.completion = null;
    const { probe } = watched({ canary: { every: "1m" } });
    expect(await probe(MINUTE_MS, 300)).toMatchObject({ status: "healthy" });
    expect(await probe(MINUTE_MS, 300)).toMatchObject({ status: "degraded", reason: "busy", statusCode: 200 });
    await probe(5 * MINUTE_MS, 300);
    expect(await probe(10 * MINUTE_MS, 300)).toMatchObject({ status: "unhealthy", reason: "wedged" });
    server.state.completion = 200;
    expect(await probe(60 * MINUTE_MS)).toMatchObject({ status: "healthy" });
  });
});

describe("a canary", () => {
  it.each([
    [500, "unhealthy", "http_status"],
    [501, "unhealthy", "config"],
    [401, "unhealthy", "auth"],
    [404, "unhealthy", "config"],
    [502, "degraded", "busy"],
    [503, "degraded", "busy"],
    [504, "degraded", "busy"],
  ])("that is refused twice with HTTP %i makes it %s until one is answered", async (completion, status, reason) => {
    server.state.completion = completion;
    const { probe } = watched({ canary: { every: "10m" }, restart: "reboot" });
    const isAdvised = reason === "http_status";
    const message = isAdvised
      ? expect.stringMatching(/^Alive, but answered HTTP 500 to the canary of .* UTC; restart it: reboot$/)
      : expect.not.stringContaining("restart");
    const note = expect.stringMatching(/the next one is to confirm it$/);
    expect(await probe()).toMatchObject({ status: "healthy", details: { data: { canary: { note } } } });
    // Checks in between do not confirm it.
    for (let second = 0; second < 30; second += 1) expect(await probe(1_000)).toMatchObject({ status: "healthy" });
    expect(await probe(MINUTE_MS)).toMatchObject({
      ...(reason && { message }),
      status,
      reason,
      details: { data: { canary: { last_ok_at: null } } },
    });
    expect(await probe()).toMatchObject({ status, reason });
    server.state.completion = 200;
    expect(await probe(10 * MINUTE_MS)).toMatchObject({ status: "healthy" });
  });

  it("in vain is forgotten when the server has gone to sleep", async () => {
    server.state.completion = 500;
    const { probe } = watched({ canary: { every: "24h" } });
    await probe();
    expect(await probe(MINUTE_MS)).toMatchObject({ status: "unhealthy" });
    server.state.isAsleep = true;
    expect((await probeTimes(3, { probe, memory: () => null })).at(-1)).toMatchObject({ status: "healthy" });
    expect(server.done).toMatchObject({ wakes: 0 });
  });

  it("in vain is forgotten when the server was started anew, and the next one is sent at once", async () => {
    server.state.completion = 500;
    const { probe } = watched({ canary: { every: "24h" } });
    await probe();
    expect(await probe(MINUTE_MS)).toMatchObject({ status: "unhealthy" });
    Object.assign(server.state, { isLoading: true, completion: 200 });
    expect(await probe()).toMatchObject({ reason: "starting" });
    server.state.isLoading = false;
    const canary = { spent_today: 3, last_ok_at: expect.any(String) };
    expect(await probe()).toMatchObject({ status: "healthy", details: { data: { canary } } });
  });

  it("tells no speed that can be none", async () => {
    server.state.timings = { prompt_ms: -5, predicted_ms: 1e308, predicted_per_second: 1e300 };
    const canary = { spent_today: 1, tokens_per_s: null, first_token_ms: null };
    expect(await watched({ canary: {} }).probe()).toMatchObject({ details: { data: { canary } } });
  });

  it("is never sent by default", async () => {
    await probeTimes(20, watched(), 10 * MINUTE_MS);
    expect(server.done.completions).toBe(0);
  });
});

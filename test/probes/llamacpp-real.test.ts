/**
 * The check type `llamacpp` against a real server in each of its states, and what probes do to it: nothing.
 */
import { execFileSync } from "node:child_process";
import { join } from "node:path";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { llamacpp } from "../../shared/probes/llamacpp.ts";
import type { Settings } from "../support/configured-probe.ts";
import { skipWithout } from "../support/installed.ts";
import { makeContext, type TestContext } from "../support/probe-context.ts";
import { LLAMACPP, makeModel, startRealLlama, untilLoaded, type RealLlama } from "../support/real-llamacpp.ts";
import { watch, type Watch } from "../support/watched-server.ts";

const HOUR_MS = 3_600_000;
const CANARY = { every: "1m", budget: 1_000 };
const EVERYTHING = { slots: true, metrics: true, canary: CANARY };
/** Goes on until the client hangs up. */
const ENDLESS = { prompt: "the cat", n_predict: -1, ignore_eos: true, stream: true };
const LONG_PROMPT = "the cat sat on a mat ".repeat(40);

describe.skipIf(skipWithout(LLAMACPP))("a real server of llama.cpp (needs xllamacpp, which .ci/run installs)", () => {
  let context: TestContext;
  let model: ReturnType<typeof makeModel>;
  const servers: RealLlama[] = [];

  beforeAll(async () => {
    context = await makeContext();
    model = makeModel();
  });
  afterAll(async () => {
    model.drop();
    await context.close();
  });
  afterEach(async () => {
    await Promise.all(servers.splice(0).map((server) => server.close()));
  });

  async function start(settings: object = {}, path = model.path): Promise<RealLlama> {
    const server = await startRealLlama(path, { endpoint_metrics: true, ...settings });
    servers.push(server);
    return server;
  }
  async function startLoaded(settings: object = {}): Promise<RealLlama> {
    const server = await start(settings);
    await untilLoaded(server);
    return server;
  }
  const watched = ({ url }: RealLlama, settings: Settings = {}): Watch =>
    watch(llamacpp, { url, ...settings }, context);

  it("is starting while it loads", async () => {
    const path = join(model.folder, "endless.gguf");
    execFileSync("mkfifo", [path]); // it waits for somebody who writes the model
    const { probe } = watched(await start({}, path), EVERYTHING);
    expect(await probe()).toMatchObject({ status: "degraded", reason: "starting", message: "Loading model" });
  });

  it("is healthy when it idles, and says what it has", async () => {
    const { probe } = watched(await startLoaded({ n_parallel: 2, model_alias: ["tiny"] }), {
      slots: true,
      models: ["tiny"],
    });
    const data = { role: "model", model: "tiny", sleeping: false, slots_total: 2, slots_busy: 0 };
    expect(await probe()).toMatchObject({ status: "healthy", details: { data } });
  });

  it("tells how fast it was since the last look", async () => {
    const server = await startLoaded();
    const { probe } = watched(server, { metrics: true });
    await probe();
    await (await server.complete({ prompt: LONG_PROMPT, n_predict: 32, ignore_eos: true })).text();
    await probe();
    const data = { tokens_per_s: expect.any(Number), prompt_tokens_per_s: expect.any(Number) };
    expect(await probe()).toMatchObject({ status: "healthy", details: { data } });
  });

  it("is healthy while it writes, and a canary waits for a free slot", async () => {
    const server = await startLoaded({ n_ctx: 131_072 });
    const hangUp = new AbortController();
    const answer = await server.complete(ENDLESS, hangUp.signal);
    const { probe } = watched(server, EVERYTHING);
    for (let each = 0; each < 4; each += 1) {
      const data = { slots_busy: 1, canary: { spent_today: 0 } };
      expect(await probe()).toMatchObject({ status: "healthy", details: { data } });
    }
    hangUp.abort();
    await answer.text().catch(() => "");
  });

  it("is unhealthy when it refuses the key, and unknown in part without one", async () => {
    const server = await startLoaded({ api_keys: ["right-key"] });
    expect(await watched(server, { api_key: "wrong-key" }).probe()).toMatchObject({
      status: "unhealthy",
      reason: "auth",
    });
    const closed = { status: "healthy", details: { data: { needs_key: true } } };
    expect(await watched(server, EVERYTHING).probe()).toMatchObject(closed);
    const open = { status: "healthy", details: { data: { sleeping: false, slots_busy: 0 } } };
    expect(await watched(server, { api_key: "right-key", slots: true }).probe()).toMatchObject(open);
    expect(await watched(server, { headers: { "x-api-key": "right-key" }, slots: true }).probe()).toMatchObject(open);
  });

  it("is not kept awake by probes, and not woken by them once it is asleep", async () => {
    const server = await startLoaded({ sleep_idle_seconds: 1 });
    const { probe } = watched(server, { ...EVERYTHING, canary: { every: "1d" } });
    while (!(await server.isAsleep())) await probe(1_000);
    await probe(); // with metrics it looks every second time
    const before = await server.scrape();
    for (let each = 0; each < 20; each += 1) {
      const check = await probe();
      expect(check).toMatchObject({ status: "healthy", details: { data: { sleeping: true } } });
    }
    await watched(server, EVERYTHING).probe();
    expect(await server.isAsleep()).toBe(true);
    expect(await server.scrape()).toEqual(before);
    expect({ loads: server.loads(), sleeps: server.sleeps() }).toEqual({ loads: 1, sleeps: 1 });
  });

  it("shows its Prometheus the same figures as if nobody had probed it", async () => {
    const server = await startLoaded({ n_parallel: 2 });
    await server.scrape();
    await (await server.complete({ prompt: LONG_PROMPT, n_predict: 32, ignore_eos: true })).text();
    const { probe } = watched(server, { slots: true });
    for (let each = 0; each < 20; each += 1) await probe();
    const { "llamacpp:predicted_tokens_seconds": speed, ...figures } = await server.scrape();
    // Whoever scrapes starts it anew: it is 0 when somebody else has done so since.
    expect(speed).toBeGreaterThan(0);
    expect(figures).toMatchObject({
      "llamacpp:tokens_predicted_total": 32,
      "llamacpp:requests_processing": 0,
      "llamacpp:requests_deferred": 0,
    });
    expect(server.loads()).toBe(1);
  });

  it("counts of a canary the tokens that it is, and keeps what it has read for its users", async () => {
    const server = await startLoaded();
    const ask = async (): Promise<{ cache_n: number; prompt_n: number }> => {
      const answer = await server.complete({ prompt: LONG_PROMPT, n_predict: 1 });
      return ((await answer.json()) as { timings: { cache_n: number; prompt_n: number } }).timings;
    };
    const { prompt_n: whole } = await ask();
    const before = await server.scrape();
    const { probe } = watched(server, { canary: CANARY });
    for (let each = 0; each < 5; each += 1) {
      const canary = { spent_today: each + 1, first_token_ms: expect.any(Number) };
      expect(await probe(2 * HOUR_MS)).toMatchObject({ status: "healthy", details: { data: { canary } } });
    }
    const after = await server.scrape();
    const grownBy = (name: string) => (after[`llamacpp:${name}`] ?? 0) - (before[`llamacpp:${name}`] ?? 0);
    expect(grownBy("tokens_predicted_total")).toBe(5);
    expect(grownBy("prompt_tokens_total")).toBeLessThanOrEqual(5 * 6);
    expect(await ask()).toMatchObject({ cache_n: whole - 1, prompt_n: 1 });
    expect(server.loads()).toBe(1);
  });
});

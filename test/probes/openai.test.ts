/**
 * The openai check type over the Node transport: against what real servers once answered, and servers that answer as documented.
 */
import type { IncomingMessage, ServerResponse } from "node:http";
import { text as readText } from "node:stream/consumers";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import type { Json } from "../../shared/domain/monitoring/check.ts";
import type { Finding } from "../../shared/ports/prober.ts";
import { CHECK_TYPES } from "../../shared/probes/registry.ts";
import { startCaptured } from "../support/captured-server.ts";
import { T0 } from "../support/checks.ts";
import { configureRawProbe, type Settings } from "../support/configured-probe.ts";
import type { LoopbackServer } from "../support/loopback-server.ts";
import { makeContext, type TestContext } from "../support/probe-context.ts";
import { json, startRoutes, type Route, type RoutesServer } from "../support/routes-server.ts";
import { WAIT_LIMIT_MS } from "../support/time-limits.ts";

let context: TestContext;
const servers: LoopbackServer[] = [];
let nowMs = T0;

beforeAll(async () => {
  context = await makeContext();
});
afterAll(() => context.close());
afterEach(async () => {
  nowMs = T0;
  await Promise.all(servers.splice(0).map((server) => server.close()));
});

async function serve(routes: RoutesServer["routes"]): Promise<RoutesServer> {
  const started = await startRoutes(routes);
  servers.push(started.server);
  return started;
}

async function captured(...names: string[]): Promise<string> {
  const { server } = await startCaptured(names);
  servers.push(server);
  return `http://127.0.0.1:${server.port}`;
}

function probe(settings: Settings, memory: Json = null, timeoutMs = WAIT_LIMIT_MS): Promise<Finding> {
  const clock = { ...context.clock, nowMs: () => nowMs };
  return configureRawProbe(CHECK_TYPES.openai, settings)({ ...context, clock, memory, timeoutMs });
}

const dataOf = ({ details }: Finding): unknown => details.body && "json" in details.body && details.body.json;

const list = (owner: string, ...ids: string[]): Route =>
  json({ object: "list", data: ids.map((id) => ({ id, object: "model", owned_by: owner })) });

describe("what real servers answered", () => {
  const LITELLM = { server: "litellm" };
  const ALIVE = "litellm/noauth.health-liveliness";
  it.each([
    ["infinity", { captures: ["infinity/idle.models"] }, "healthy: null"],
    ["infinity below /v1, with a key", { captures: ["infinity/auth-ok.v1-models"] }, "healthy: null"],
    ["infinity that wants a key", { captures: ["infinity/auth-missing.v1-models"] }, "unhealthy: auth"],
    ["infinity below another path", { captures: ["infinity/idle.v1-models"] }, "unhealthy: protocol"],
    ["LiteLLM with a key", { captures: [ALIVE, "litellm/auth.v1-models"], settings: LITELLM }, "healthy: null"],
    ["LiteLLM without a key", { captures: [ALIVE, "litellm/noauth.v1-models"], settings: LITELLM }, "healthy: null"],
    ["LiteLLM that nobody has named", { captures: ["litellm/auth.v1-models"] }, "healthy: null"],
  ])("%s", async (_which, { captures, settings = {} }: { captures: string[]; settings?: Settings }, expected) => {
    const { status, reason } = await probe({ url: await captured(...captures), ...settings });
    expect(`${status}: ${reason}`).toBe(expected);
  });

  it("never asks LiteLLM for its health, and says nothing of what is loaded there", async () => {
    const { server, asked } = await startCaptured(["litellm/noauth.health-liveliness", "litellm/auth.v1-models"]);
    servers.push(server);
    const finding = await probe({ url: `http://127.0.0.1:${server.port}/v1`, server: "litellm", canary: {} });
    expect(asked).toEqual(["GET /health/liveliness", "GET /v1/models"]);
    expect(dataOf(finding)).toMatchObject({ models: ["chat"], loaded: null, server: "litellm" });
    expect(dataOf(finding)).toMatchObject({ canary_note: "It does not tell what is loaded" });
  });
});

describe("who is known by what it lists", () => {
  it("is asked for more from the next probe on", async () => {
    const vllm = await serve({ "/v1/models": list("vllm", "qwen"), "/health": (_, response) => response.end() });
    const first = await probe({ url: vllm.url });
    expect(dataOf(first)).toEqual({ models: ["qwen"], loaded: null, server: "vllm" });
    const second = await probe({ url: vllm.url }, first.memory);
    expect(dataOf(second)).toEqual({ models: ["qwen"], loaded: ["qwen"], server: "vllm" });
    expect(vllm.asked).toEqual(["GET /v1/models", "GET /health", "GET /v1/models"]);
    vllm.routes = { ...vllm.routes, "/health": json({}, 503) };
    expect(await probe({ url: vllm.url }, second.memory)).toMatchObject({ status: "unhealthy", reason: "http_status" });
  });

  it("is met anew when another server has moved in behind its URL", async () => {
    const server = await serve({ "/v1/models": list("vllm", "qwen"), "/health": (_, response) => response.end() });
    const { memory } = await probe({ url: server.url });
    server.routes = { "/v1/models": list("organization_owner", "phi") };
    const finding = await probe({ url: server.url }, memory);
    expect(finding.status).toBe("healthy");
    expect(dataOf(finding)).toMatchObject({ models: ["phi"], server: "lmstudio" });
  });

  it.each([
    [
      "/api/v1/models",
      {
        models: [
          { key: "phi", loaded_instances: [{ id: "phi:2" }] },
          { key: "b", loaded_instances: [] },
        ],
      },
      ["phi:2"],
    ],
    [
      "/api/v0/models",
      {
        data: [
          { id: "phi", state: "loaded" },
          { id: "b", state: "not-loaded" },
        ],
      },
      ["phi"],
    ],
    ["/api/v0/models", { data: "?" }, null],
  ])("LM Studio tells at %s what is loaded", async (path, answer, loaded) => {
    const { url } = await serve({ "/v1/models": list("organization_owner", "phi", "b"), [path]: json(answer) });
    expect(dataOf(await probe({ url, server: "lmstudio" }))).toEqual({
      models: ["phi", "b"],
      loaded,
      server: "lmstudio",
    });
  });

  it("llama-swap tells what runs, and its command lines stay there", async () => {
    const running = [
      { model: "a", state: "ready", cmd: "llama-server --api-key s3cret" },
      { model: "b", state: "starting", cmd: "llama-server" },
    ];
    const { url } = await serve({ "/v1/models": list("llama-swap", "a", "b"), "/running": json({ running }) });
    const finding = await probe({ url, server: "llama_swap" });
    expect(dataOf(finding)).toEqual({ models: ["a", "b"], loaded: ["a"], server: "llama_swap" });
    expect(JSON.stringify(finding)).not.toContain("s3cret");
  });

  it("LocalAI is starting while it preloads", async () => {
    const { url } = await serve({
      "/readyz": json({ status: "starting", reason: "startup preload in progress" }, 503),
    });
    expect(await probe({ url, server: "localai" })).toMatchObject({ status: "degraded", reason: "starting" });
  });

  it("TEI has one model, and no list in OpenAI's way", async () => {
    const { url } = await serve({ "/info": json({ model_id: "bge" }), "/health": (_, response) => response.end() });
    const first = await probe({ url });
    expect(dataOf(first)).toMatchObject({ models: ["bge"], server: "tei" });
    expect(dataOf(await probe({ url }, first.memory))).toMatchObject({ loaded: ["bge"] });
  });
});

describe("a model that must be there", () => {
  it("is missed by its name, once the list is known", async () => {
    const { url } = await serve({ "/v1/models": list("x", "llama", "qwen") });
    expect(await probe({ url, models: ["qwen"] })).toMatchObject({ status: "healthy" });
    const message = ["The model ", { text: "gone", atMost: 128 }, " is not listed"];
    expect(await probe({ url, models: ["qwen", "gone"] })).toMatchObject({
      status: "unhealthy",
      reason: "assertion",
      message,
    });
  });

  it("is not missed while nobody can tell", async () => {
    const { url } = await serve({ "/health": (_, response) => response.end(), "/v1/models": json("boom", 500) });
    expect(await probe({ url, server: "vllm", models: ["gone"] })).toMatchObject({ status: "healthy" });
  });
});

describe("the canary", () => {
  const VLLM = {
    "/v1/models": list("vllm", "llama", "qwen"),
    "/health": (_: unknown, response: ServerResponse) => response.end(),
  };
  const CHAT = "/v1/chat/completions";
  const ASKED = `POST ${CHAT}`;
  const ONE_TOKEN = { model: "qwen", messages: [{ role: "user", content: "hi" }], max_tokens: 1, temperature: 0 };

  it("asks a loaded model for one token, so often and no more often", async () => {
    const bodies: string[] = [];
    const server = await serve({
      ...VLLM,
      [CHAT]: async (request, response) => {
        bodies.push(await readText(request));
        response.end("{}");
      },
    });
    const settings = { url: server.url, server: "vllm", models: ["qwen"], canary: { every: "10m", budget: 3 } };
    let memory: Json = null;
    for (let minute = 0; minute < 60; minute += 1) {
      nowMs = T0 + minute * 60_000;
      const finding = await probe(settings, memory);
      expect(finding.status).toBe("healthy");
      memory = finding.memory ?? null;
    }
    expect(server.asked.filter((each) => each === ASKED)).toHaveLength(3);
    expect(bodies.map((body) => JSON.parse(body))).toEqual([ONE_TOKEN, ONE_TOKEN, ONE_TOKEN]);
    expect(dataOf(await probe(settings, memory))).toMatchObject({ canary: { spent_today: 3, budget: 3 } });
  });

  it("is not sent where nothing is loaded, or nobody can tell", async () => {
    const any = await serve({ "/v1/models": list("somebody", "llama"), [CHAT]: json({}) });
    const none = await serve({
      "/v1/models": list("x", "a"),
      "/api/v1/models": json({ models: [] }),
      [CHAT]: json({}),
    });
    await probe({ url: any.url, canary: {} });
    const finding = await probe({ url: none.url, server: "lmstudio", canary: {} });
    expect(dataOf(finding)).toMatchObject({ canary_note: "No model is loaded" });
    expect([...any.asked, ...none.asked]).not.toContain(ASKED);
  });

  it("that is not answered means busy, then wedged with the command that restarts it, until one is answered", async () => {
    const mute: Route = () => {};
    const server = await serve({ ...VLLM, [CHAT]: mute });
    const settings = { url: server.url, server: "vllm", canary: { every: "1m" }, restart: "systemctl restart vllm" };
    const seen: (string | null)[] = [];
    let memory: Json = null;
    for (let minute = 0; minute < 13; minute += 1) {
      nowMs = T0 + minute * 60_000;
      const finding = await probe(settings, memory, 400);
      memory = finding.memory ?? null;
      seen.push(finding.reason);
      if (finding.reason === "wedged") expect(finding.message).toMatch(/^Alive, but .* systemctl restart vllm$/);
    }
    expect(seen[0]).toBe("busy");
    expect(seen.at(-1)).toBe("wedged");
    server.routes = { ...VLLM, [CHAT]: json({}) };
    nowMs += 3_600_000;
    expect(await probe(settings, memory)).toMatchObject({ status: "healthy" });
  });

  it("that is answered by an error is one, also in the probes between two canaries", async () => {
    const server = await serve({ ...VLLM, [CHAT]: json({}, 500) });
    const settings = { url: server.url, server: "vllm", canary: {} };
    const first = await probe(settings);
    const failing = {
      status: "unhealthy",
      reason: "http_status",
      message: "Alive, but answered HTTP 500 when it was asked to work",
    };
    expect(first).toMatchObject(failing);
    expect(await probe(settings, first.memory)).toMatchObject(failing);
    expect(server.asked.filter((each) => each === ASKED)).toHaveLength(1);
  });

  it("is not repeated where it cannot be answered", async () => {
    const server = await serve({ ...VLLM, [CHAT]: json({ error: "not a chat model" }, 400) });
    const settings = { url: server.url, server: "vllm", canary: { every: "1m" } };
    const { memory = null, status } = await probe(settings);
    nowMs += 3_600_000;
    expect(status).toBe("healthy");
    expect(dataOf(await probe(settings, memory))).toMatchObject({ canary_note: "It does not generate text" });
    expect(server.asked.filter((each) => each === ASKED)).toHaveLength(1);
  });
});

describe("what is no such server", () => {
  it.each([
    ["HTML", (_: IncomingMessage, response: ServerResponse) => response.end("<html>"), "protocol"],
    ["another JSON", json({ status: "ok" }), "protocol"],
    ["nothing but 404", json({}, 404), "protocol"],
    ["an error", json({}, 500), "http_status"],
    ["too many requests", json({}, 429), "rate_limited"],
    ["a server that is loading", json({ error: { code: 503, message: "Loading model" } }, 503), "starting"],
  ])("%s", async (_what, route, reason) => {
    const { url } = await serve({ "/v1/models": route, "/models": route, "/info": route });
    expect(await probe({ url })).toMatchObject({ reason });
  });

  it("survives a list of anything", async () => {
    const { url } = await serve({
      "/v1/models": json({ data: [null, 7, { id: 3 }, { id: "a\u202e", owned_by: {} }] }),
    });
    expect(dataOf(await probe({ url }))).toMatchObject({ models: ["a\u202e"], server: null });
  });
});

/**
 * The openai check type over the Node transport: against what real servers once answered, and servers that answer as documented.
 */
import type { IncomingMessage, ServerResponse } from "node:http";
import { describe, expect, it } from "vitest";
import type { Settings } from "../support/configured-probe.ts";
import { dataOf, list, openAiBench } from "../support/openai-bench.ts";
import { json } from "../support/routes-server.ts";

const { serve, captured, probe } = openAiBench();

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
    const { status, reason } = await probe({ url: (await captured(...captures)).url, ...settings });
    expect(`${status}: ${reason}`).toBe(expected);
  });

  it("never asks LiteLLM for its health, and says nothing of what is loaded there", async () => {
    const { url, asked } = await captured("litellm/noauth.health-liveliness", "litellm/auth.v1-models");
    const finding = await probe({ url: `${url}/v1`, server: "litellm", canary: {} });
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

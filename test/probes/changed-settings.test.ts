/**
 * What becomes of what probes have learned when somebody edits a service: limits, budgets and advice change nothing of it, and a verdict that
 * only a canary could end goes with the canaries.
 */
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { parseConfig } from "../../shared/config/parse-config.ts";
import type { Json } from "../../shared/domain/monitoring/check.ts";
import { NODE_ABILITIES } from "../../shared/domain/runtime-abilities.ts";
import type { Finding } from "../../shared/ports/prober.ts";
import { CHECK_TYPES, DEFAULT_CHECK_TYPE } from "../../shared/probes/registry.ts";
import { T0 } from "../support/checks.ts";
import { configureRawProbe, type Settings } from "../support/configured-probe.ts";
import { makeContext, type TestContext } from "../support/probe-context.ts";
import { json, startRoutes, type RoutesServer } from "../support/routes-server.ts";
import { WAIT_LIMIT_MS } from "../support/time-limits.ts";

function fingerprintOf(checkType: string, settings: Settings): string | undefined {
  const service = { check_type: checkType, url: "http://127.0.0.1:9", ...settings };
  const result = parseConfig(JSON.stringify({ services: { it: service } }), {
    checkTypes: CHECK_TYPES,
    defaultCheckType: DEFAULT_CHECK_TYPE,
    channelTypes: {},
    defaultNode: "node",
    abilities: NODE_ABILITIES,
    resolveReference: () => null,
  });
  return result.ok ? result.config.services[0]?.fingerprint : expect.unreachable(JSON.stringify(result.faults));
}

describe("what probes have left", () => {
  const CANARY: Settings = { canary: { every: "2m", budget: 3 }, restart: "reboot" };

  it.each<[string, Settings]>([
    ["ollama", { ...CANARY, models: ["llama3.2:3b"], expect: "gpu" }],
    ["llamacpp", CANARY],
    ["openai", { ...CANARY, models: ["qwen2.5"] }],
    ["embeddings", { ...CANARY, least_similarity: 0.9, server: "vllm", context_length: 512 }],
    ["haproxy", { backends: ["llm"] }],
    ["node", { max_disk: 90, max_memory: 90, max_cpu: 90, max_temperature: 80 }],
  ])("counts for %s with any of %j", (checkType, settings) => {
    for (const [key, value] of Object.entries(settings))
      expect([key, fingerprintOf(checkType, { [key]: value })]).toEqual([key, fingerprintOf(checkType, {})]);
  });

  it.each<[string, Settings]>([
    ["ollama", { url: "http://127.0.0.1:10", context_length: 8_192, headers: { "x-a": "b" } }],
    // What is lacking is told by its place in that list.
    ["llamacpp", { models: ["llama"], slots: true }],
    ["openai", { server: "vllm" }],
    ["embeddings", { api: "tei", model: "e5", reference: "another" }],
    ["node", { mount: "/data" }],
  ])("counts no more for %s with any of %j: something else is asked", (checkType, settings) => {
    for (const [key, value] of Object.entries(settings))
      expect(fingerprintOf(checkType, { [key]: value })).not.toBe(fingerprintOf(checkType, {}));
  });

  it("is tuned by keys that there are", () => {
    for (const { keys, tuningKeys = [] } of Object.values(CHECK_TYPES))
      expect(Object.keys(keys)).toEqual(expect.arrayContaining([...tuningKeys]));
  });
});

describe("canaries that somebody takes away from a server that does not answer them", () => {
  let context: TestContext;
  let server: RoutesServer;
  beforeAll(async () => {
    context = await makeContext();
  });
  afterEach(() => server.server.close());
  afterAll(() => context.close());

  const refuses = json({ error: "the runner has stopped" }, 500);
  const resident = {
    name: "llama3.2:3b",
    digest: "d1",
    size: 5,
    size_vram: 5,
    expires_at: "2319-01-01T00:00:00Z",
    context_length: 4_096,
  };
  const models = json({ object: "list", data: [{ id: "llama", object: "model", owned_by: "vllm" }] });

  it.each<[keyof typeof CHECK_TYPES, RoutesServer["routes"]]>([
    [
      "ollama",
      {
        "/api/tags": json({ models: [{ name: "llama3.2:3b" }] }),
        "/api/ps": json({ models: [resident] }),
        "/api/generate": refuses,
      },
    ],
    ["llamacpp", { "/health": json({ status: "ok" }), "/props": json({ total_slots: 1 }), "/completion": refuses }],
    ["openai", { "/v1/models": models, "/health": json({}), "/v1/chat/completions": refuses }],
    ["embeddings", { "/health": json({ status: "ok" }), "/v1/models": models, "/v1/embeddings": refuses }],
  ])("leave no verdict of %s behind, and the budget as it was spent", async (type, routes) => {
    server = await startRoutes(routes);
    let memory: Json = null;
    let nowMs = T0;
    const probe = async (settings: Settings): Promise<Finding> => {
      nowMs += 60_000;
      const clock = { ...context.clock, nowMs: () => nowMs };
      const ask = configureRawProbe(CHECK_TYPES[type], { url: server.url, ...settings });
      const finding = await ask({ ...context, clock, memory, timeoutMs: WAIT_LIMIT_MS });
      memory = finding.memory ?? memory;
      return finding;
    };
    const canary = { every: "30m", budget: 5 };
    // Who it is shows at the first look.
    await probe({});
    await probe({ canary });
    // The second one confirms it; of Ollama that may load a model, and comes later.
    nowMs += 15 * 60_000;
    expect(await probe({ canary })).toMatchObject({ status: "unhealthy" });
    expect(await probe({})).toMatchObject({ status: "healthy", reason: null });
    const again = await probe({ canary });
    expect(again).toMatchObject({ status: "healthy", details: { body: { json: { canary: { spent_today: 2 } } } } });
  });
});

/**
 * The embeddings check type over the Node transport, against what Infinity once answered and servers that answer as documented.
 */
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import type { Json } from "../../shared/domain/monitoring/check.ts";
import type { Finding } from "../../shared/ports/prober.ts";
import { CHECK_TYPES } from "../../shared/probes/registry.ts";
import { readEmbedding, similarity } from "../../shared/probes/embedding-drift.ts";
import { startCaptured } from "../support/captured-server.ts";
import { T0 } from "../support/checks.ts";
import { configureRawProbe, type Settings } from "../support/configured-probe.ts";
import { makeContext, type TestContext } from "../support/probe-context.ts";
import { startTarget, type TargetServer } from "../support/target-server.ts";
import { WAIT_LIMIT_MS } from "../support/time-limits.ts";

let context: TestContext;
let target: TargetServer;
let nowMs = T0;

beforeAll(async () => {
  context = await makeContext();
  target = await startTarget();
});
afterAll(async () => {
  await target.close();
  await context.close();
});
afterEach(() => {
  nowMs = T0;
});

/** What one probe leaves for the next. */
interface Left {
  readonly memory?: Json;
  readonly baseline?: Json;
}

function probe(
  settings: Settings,
  { memory = null, baseline = null }: Left = {},
  timeoutMs = WAIT_LIMIT_MS,
): Promise<Finding> {
  const clock = { ...context.clock, nowMs: () => nowMs };
  const kept = { memory, baseline: async () => baseline };
  return configureRawProbe(CHECK_TYPES.embeddings, settings)({ ...context, ...kept, clock, timeoutMs });
}

/** Alive, with an answer to whoever wants something embedded. */
function answerWith(embedding: unknown, status = 200): void {
  target.response = ({ url }, response) => {
    const others = new Map<string | undefined, unknown>([
      ["/health", { status: "healthy", memory_usage_percent: 45 }],
      ["/v1/models", { data: [{ id: "bge", owned_by: "infinity" }] }],
    ]);
    response.writeHead(others.has(url) ? 200 : status, { "content-type": "application/json" });
    response.end(JSON.stringify(others.get(url) ?? embedding));
  };
}

const openAi = (...embedding: number[]) => ({ object: "list", data: [{ object: "embedding", embedding, index: 0 }] });

const dataOf = ({ details }: Finding): unknown => details.body && "json" in details.body && details.body.json;

const HOUR = 3_600_000;

describe("a server of embeddings", () => {
  it("is asked whether it is alive, and for nothing else", async () => {
    answerWith(openAi(1));
    const asked = target.seen;
    const finding = await probe({ url: `${target.url}/v1/embeddings` });
    expect(finding).toMatchObject({ status: "healthy", statusCode: 200 });
    expect(dataOf(finding)).toEqual({ health: { status: "healthy", memory_usage_percent: 45 } });
    expect(target.seen - asked).toBe(1);
  });

  it("keeps the first good answer, and tells how like it the next ones are", async () => {
    answerWith(openAi(0.6, 0.8, 0));
    const settings = { url: target.url, canary: { every: "30m" } };
    const first = await probe(settings);
    expect(first).toMatchObject({ status: "healthy", baseline: { dimension: 3, parts: [6_000, 8_000, 0] } });
    expect(dataOf(first)).toMatchObject({ dimension: 3, similarity: 1, canary: { spent_today: 1 } });
    answerWith(openAi(1.21, 1.6, 0.02));
    nowMs += HOUR;
    const second = await probe(settings, first);
    expect(second).toMatchObject({ status: "healthy" });
    expect(second.baseline).toBeUndefined();
    expect(dataOf(second)).toMatchObject({ similarity: 0.9999 });
  });

  it.each([
    [
      openAi(0.8, -0.6, 0),
      /^Another model, perhaps: a fixed sentence is only 0 like it was at first; embed stored texts again/,
    ],
    [openAi(0.6, 0.8), /^Another model: its vectors have 2 numbers, at first they had 3; embed/],
  ])("is degraded when another model has moved in behind its name: %j", async (swapped, message) => {
    answerWith(openAi(0.6, 0.8, 0));
    const settings = { url: target.url, canary: { every: "30m" } };
    const first = await probe(settings);
    answerWith(swapped);
    nowMs += HOUR;
    const once = await probe(settings, first);
    expect(once).toMatchObject({ status: "healthy" });
    expect(dataOf(once)).toMatchObject({ canary: { note: expect.stringContaining("is to confirm it") } });
    nowMs += 60_000;
    const second = await probe(settings, { ...first, ...once });
    expect(second).toMatchObject({ status: "degraded", reason: "semantic_drift" });
    expect(second.message).toMatch(message);
    expect(second.baseline).toBeUndefined();
    // Until the next canary nothing else is known.
    const between = await probe(settings, { ...first, ...second });
    expect(between).toMatchObject({ reason: "semantic_drift", message: second.message });
    answerWith(openAi(0.6, 0.8, 0));
    nowMs += HOUR;
    expect(await probe(settings, { ...first, ...between })).toMatchObject({ status: "healthy" });
  });

  it.each([
    [500, {}, "unhealthy: http_status"],
    [401, {}, "unhealthy: auth"],
    [404, {}, "unhealthy: config"],
    [200, { data: [] }, "unhealthy: protocol"],
    [200, openAi(0, 0), "unhealthy: protocol"],
    [200, "<html>", "unhealthy: protocol"],
    [502, {}, "degraded: busy"],
    [503, {}, "degraded: busy"],
    [504, {}, "degraded: busy"],
  ])("that answers HTTP %i %j to two canaries is %s", async (code, body, expected) => {
    answerWith(body, code);
    const settings = { url: target.url, model: "bge", canary: {}, restart: "reboot" };
    const first = await probe(settings);
    expect(first).toMatchObject({ status: "healthy" });
    nowMs += 60_000;
    const { status, reason, message } = await probe(settings, first);
    expect(JSON.stringify(message).includes("reboot")).toBe(code === 500);
    expect(`${status}: ${reason}`).toBe(expected);
  });

  it("that is alive and silent is busy", async () => {
    target.response = ({ url }, response) => void (url === "/health" && response.end("ok"));
    const settings = { url: target.url, api: "tei", canary: {} };
    const first = await probe(settings, {}, 400);
    expect(first).toMatchObject({ status: "healthy" });
    nowMs += 60_000;
    expect(await probe(settings, first, 400)).toMatchObject({ status: "degraded", reason: "busy" });
  });

  it("that is loading is starting", async () => {
    target.response = (_request, response) =>
      void response.writeHead(503).end(JSON.stringify({ error: { message: "Loading model" } }));
    expect(await probe({ url: target.url })).toMatchObject({ status: "degraded", reason: "starting" });
  });

  it("is asked in its own API", async () => {
    const asked: string[] = [];
    target.response = (request, response) => {
      asked.push(`${request.method} ${request.url}`);
      response.end(JSON.stringify(request.url === "/embed" ? [[1, 0]] : { embeddings: [[1, 0]], models: loaded }));
    };
    const loaded = [{ name: "bge:latest", context_length: 4_096, expires_at: "2318-01-01T00:00:00Z" }];
    const ollama = { url: target.url, api: "ollama", health: "/api/version", model: "bge", canary: {} };
    expect(dataOf(await probe(ollama))).toMatchObject({ dimension: 2 });
    expect(dataOf(await probe({ url: target.url, api: "tei", canary: {} }))).toMatchObject({ dimension: 2 });
    expect(asked).toEqual([
      "GET /api/version",
      "GET /api/ps",
      "POST /api/embed",
      "GET /api/ps",
      "GET /health",
      "POST /embed",
    ]);
  });
});

describe("what Infinity answered", () => {
  it("is an embedding", async () => {
    const { server } = await startCaptured(["infinity/idle.health", "infinity/ok.embeddings"]);
    const url = `http://127.0.0.1:${server.port}`;
    expect(await probe({ url })).toMatchObject({ status: "healthy" });
    await server.close();
  });
});

describe("a vector", () => {
  it("of any length fits into a baseline, and is still told from another one", () => {
    const numbers = (seed: number): number[] =>
      Array.from({ length: 10_000 }, (_, index) => Math.sin(seed * (index + 1)));
    const [one, other] = [readEmbedding([numbers(1)]), readEmbedding([numbers(2)])];
    if (!one || !other) throw new Error("no vectors");
    expect(JSON.stringify(one).length).toBeLessThan(32_768);
    expect(similarity(one, one)).toBe(1);
    expect(Math.abs(similarity(one, other) ?? 1)).toBeLessThan(0.1);
  });

  it.each([
    [null],
    [[]],
    [{ data: [{ embedding: ["a"] }] }],
    [{ embeddings: "x" }],
    [[[Number.MAX_VALUE, Number.MAX_VALUE]]],
  ])("is not %j", (json) => {
    expect(readEmbedding(json)).toBeNull();
  });
});

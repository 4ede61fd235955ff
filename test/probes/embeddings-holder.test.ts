/**
 * Where the embeddings check type sends its sentence, and where it does not: nothing is loaded, woken, loaded anew or pinned by it.
 */
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import type { Json } from "../../shared/domain/monitoring/check.ts";
import type { Finding } from "../../shared/ports/prober.ts";
import { CHECK_TYPES } from "../../shared/probes/registry.ts";
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

/** A server by what it answers, and the note or the path that is expected. */
type Row = readonly [who: string, settings: Settings, answers: Record<string, unknown>, expected: string];

const rows = (table: readonly Row[]) =>
  table.map(([who, settings, answers, expected]) => [who, { settings, answers, expected }] as const);

const openAi = (...embedding: number[]) => ({ object: "list", data: [{ object: "embedding", embedding, index: 0 }] });

const dataOf = ({ details }: Finding): unknown => details.body && "json" in details.body && details.body.json;

const HOUR = 3_600_000;

describe("the sentence", () => {
  const inOllama = (leftMs: number, contextLength = 4_096) => ({
    models: [
      { name: "bge:latest", context_length: contextLength, expires_at: new Date(Date.now() + leftMs).toISOString() },
    ],
  });
  it.each([
    [{ models: [] }, "Its model is not loaded"],
    [{ models: [{ name: "other:latest" }] }, "Its model is not loaded"],
    [inOllama(HOUR), "would keep it for ever"],
    [inOllama(300_000, 8_192), "has a context of 8192, not 4096 (context_length), and would be loaded anew"],
    [inOllama(4_000), "is about to be unloaded"],
  ])("loads nothing in an Ollama, and keeps nothing loaded: %j", async (lists, note) => {
    const asked: string[] = [];
    target.response = (request, response) => {
      asked.push(`${request.method} ${request.url}`);
      response.end(JSON.stringify(lists));
    };
    const settings = { url: target.url, api: "ollama", health: "/api/version", model: "bge", canary: { every: "10m" } };
    const finding = await probe(settings);
    expect(finding.status).toBe("healthy");
    expect(JSON.stringify(dataOf(finding))).toContain(note);
    expect(asked).toEqual(["GET /api/version", "GET /api/ps"]);
  });

  it("keeps nothing loaded in an Ollama either when little of its time is left, once that is learned", async () => {
    const expiresMs = T0 + 30 * 60_000;
    let embedded = 0;
    target.response = ({ url }, response) => {
      if (url === "/api/embed") embedded += 1;
      const model = { name: "bge:latest", context_length: 4_096, expires_at: new Date(expiresMs).toISOString() };
      response.setHeader("date", new Date(nowMs).toUTCString());
      response.end(JSON.stringify({ models: [model] }));
    };
    const settings = { url: target.url, api: "ollama", health: "/api/version", model: "bge", canary: { every: "10m" } };
    const first = await probe(settings);
    // Five minutes of thirty are left: less than `every`, but a call gives it thirty again.
    nowMs += 25 * 60_000;
    expect(JSON.stringify(dataOf(await probe(settings, first)))).toContain("would keep it for ever");
    expect(embedded).toBe(0);
  });

  const listOf = (owner: string, ...entries: readonly object[]) => ({
    data: entries.map((entry) => ({ id: "bge", owned_by: owner, ...entry })),
  });
  const ROUTER = { role: "router", models_autoload: true };
  const status = (value: string) => ({ status: { value } });

  it.each(
    rows([
      ["an Ollama", {}, { "/v1/models": listOf("library", {}) }, "It does not tell who it is"],
      ["a proxy", {}, { "/v1/models": listOf("openai", {}) }, "It does not tell who it is"],
      ["nobody", {}, {}, "It did not tell what is loaded"],
      ["LiteLLM", { server: "litellm" }, {}, "It does not tell what is loaded"],
      [
        "llama-swap",
        {},
        { "/v1/models": listOf("llama-swap", {}), "/running": { running: [{ model: "other", state: "ready" }] } },
        "Its model is not loaded",
      ],
      [
        "llama-swap that would keep it",
        {},
        {
          "/v1/models": listOf("llama-swap", {}),
          "/running": { running: [{ model: "bge", state: "ready", ttl: 900 }] },
        },
        "would keep it loaded",
      ],
      [
        "LM Studio",
        {},
        { "/v1/models": listOf("organization_owner", {}), "/api/v0/models": listOf("x", { state: "not-loaded" }) },
        "Its model is not loaded",
      ],
      [
        "a llama.cpp that sleeps",
        {},
        { "/v1/models": listOf("llamacpp", {}), "/props": { is_sleeping: true, total_slots: 1 } },
        "It sleeps",
      ],
      [
        "a llama.cpp that does not tell",
        {},
        { "/v1/models": listOf("llamacpp", {}) },
        "It did not tell what is loaded",
      ],
      [
        "a router of llama.cpp",
        {},
        {
          "/v1/models": listOf("llamacpp", {}),
          "/props": ROUTER,
          "/models": listOf("llamacpp", status("unloaded"), { id: "other", ...status("loaded") }),
        },
        "Its model is not loaded",
      ],
      [
        "a router with several",
        {},
        {
          "/v1/models": listOf("llamacpp", {}),
          "/props": ROUTER,
          "/models": listOf("llamacpp", status("loaded"), { id: "other", ...status("loaded") }),
        },
        "Its router has loaded none, or several",
      ],
    ]),
  )("loads, wakes and keeps nothing by OpenAI's API: %s", async (_who, { settings, answers, expected: note }) => {
    const posts: (string | undefined)[] = [];
    target.response = ({ method, url }, response) => {
      if (method === "POST") posts.push(url);
      const answer = url === "/health" ? {} : answers[url ?? ""];
      response.writeHead(answer === undefined ? 404 : 200).end(JSON.stringify(answer ?? {}));
    };
    const finding = await probe({ url: target.url, model: "bge", canary: { every: "10m" }, ...settings });
    expect(finding.status).toBe("healthy");
    expect(JSON.stringify(dataOf(finding))).toContain(note);
    expect(posts).toEqual([]);
  });

  it.each(
    rows([
      ["vLLM", {}, { "/v1/models": listOf("vllm", {}) }, "/v1/embeddings"],
      ["TEI", {}, { "/info": { model_id: "bge" } }, "/v1/embeddings"],
      ["what is said to be vLLM", { server: "vllm" }, {}, "/v1/embeddings"],
      [
        "llama-swap that has it loaded",
        {},
        {
          "/v1/models": listOf("llama-swap", {}),
          "/running": { running: [{ model: "bge", state: "ready", ttl: 300 }] },
        },
        "/v1/embeddings",
      ],
      [
        "a llama.cpp that is awake",
        {},
        { "/v1/models": listOf("llamacpp", {}), "/props": { is_sleeping: false, total_slots: 1 } },
        "/v1/embeddings",
      ],
      [
        "a router that has it loaded",
        {},
        { "/v1/models": listOf("llamacpp", {}), "/props": ROUTER, "/models": listOf("llamacpp", status("loaded")) },
        "/v1/embeddings?autoload=false",
      ],
    ]),
  )("asks what is loaded already: %s", async (_who, { settings, answers, expected: path }) => {
    const posts: (string | undefined)[] = [];
    target.response = ({ method, url }, response) => {
      if (method === "POST") posts.push(url);
      const answer = url === "/health" ? {} : method === "POST" ? openAi(1, 0) : answers[url ?? ""];
      response.writeHead(answer === undefined ? 404 : 200).end(JSON.stringify(answer ?? {}));
    };
    const finding = await probe({ url: target.url, model: "bge", canary: { every: "10m" }, ...settings });
    expect(dataOf(finding)).toMatchObject({ dimension: 2 });
    expect(posts).toEqual([path]);
  });

  it("in vain is forgotten when its model is not loaded any more, and when the server was started anew", async () => {
    const running = (models: readonly object[], code: number, health = 200): void => {
      target.response = ({ url }, response) => {
        const answers: Record<string, unknown> = {
          "/v1/models": listOf("llama-swap", {}),
          "/running": { running: models },
          "/health": { status: health === 503 ? "starting" : "ok" },
        };
        response.writeHead(url === "/health" ? health : url === "/v1/embeddings" ? code : 200);
        response.end(JSON.stringify(answers[url ?? ""] ?? openAi(1, 0)));
      };
    };
    const ready = [{ model: "bge", state: "ready", ttl: 0 }];
    running(ready, 500);
    const settings = { url: target.url, model: "bge", canary: { every: "24h" } };
    const first = await probe(settings);
    nowMs += 60_000;
    const failed = await probe(settings, first);
    expect(failed).toMatchObject({ reason: "http_status" });
    running([], 500);
    expect(await probe(settings, failed)).toMatchObject({ status: "healthy" });
    running(ready, 200, 503);
    const starting = await probe(settings, failed);
    expect(starting).toMatchObject({ reason: "starting" });
    running(ready, 200);
    const anew = await probe(settings, starting);
    expect(anew).toMatchObject({ status: "healthy" });
    expect(dataOf(anew)).toMatchObject({ canary: { spent_today: 3 } });
  });
});

/**
 * What check type `ollama` says of what is no Ollama, or hostile, and how it is configured.
 */
import { createServer, type RequestListener } from "node:http";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { CHECK_TYPES } from "../../../shared/probes/registry.ts";
import { configureProbe, faultyKeys, type Settings } from "../../support/configured-probe.ts";
import { listen, type LoopbackServer } from "../../support/loopback-server.ts";
import { makeContext, type TestContext } from "../../support/probe-context.ts";
import { WAIT_LIMIT_MS } from "../../support/time-limits.ts";

let context: TestContext;
const servers: LoopbackServer[] = [];

beforeAll(async () => {
  context = await makeContext();
});
afterAll(() => context.close());
afterEach(async () => {
  await Promise.all(servers.splice(0).map((server) => server.close()));
});

async function serve(listener: RequestListener): Promise<string> {
  const server = await listen(createServer(listener));
  servers.push(server);
  return `http://127.0.0.1:${server.port}`;
}

function probe(settings: Settings, timeoutMs = WAIT_LIMIT_MS) {
  return configureProbe(CHECK_TYPES.ollama, settings)({ ...context, timeoutMs });
}

/** Answers each path with a value, and never those that are not listed. */
const says =
  (answers: Readonly<Record<string, unknown>>): RequestListener =>
  ({ url = "" }, response) => {
    if (!Object.hasOwn(answers, url)) return;
    response.writeHead(200, { "content-type": "application/json" }).end(JSON.stringify(answers[url]));
  };

describe("lists that are not as they should be", () => {
  it("that never come leave a live server healthy, with nothing said of what is loaded", async () => {
    const url = await serve(says({ "/api/tags": { models: [{ name: "a:1" }] } }));
    const found = await probe({ url }, 1_000);
    expect(found).toMatchObject({ status: "healthy", reason: null });
    expect(found.details.data).toEqual({ models: ["a:1"], loaded: null, loaded_proven: null });
    // The answer that shows that it lives was there at once.
    expect(found.responseTimeMs).toBeLessThan(1_000);
  });

  it("of the wrong shapes are read as far as they are of the right one", async () => {
    const loaded = [{ name: 7 }, "x", null, { name: "b", size: "1", size_vram: -1, expires_at: "soon", digest: {} }];
    const url = await serve(
      says({
        "/api/tags": { models: [null, { name: 1 }, { name: "a" }] },
        "/api/ps": { models: loaded },
        "/api/version": { version: "of my own" },
      }),
    );
    const found = await probe({ url, canary: {} });
    expect(found).toMatchObject({ status: "healthy" });
    expect(found.details.data).toMatchObject({
      models: ["a"],
      loaded: [
        { name: "?", gpu_percent: null, expires_at: null },
        { name: "b", gpu_percent: null, expires_at: null },
      ],
      canary: { spent_today: 0, skipped: expect.stringContaining("may have another context") },
    });
    expect(found.details.data).not.toHaveProperty("version");
  });

  it("that are null are empty ones", async () => {
    const url = await serve(says({ "/api/tags": { models: null }, "/api/ps": { models: null }, "/api/version": {} }));
    expect((await probe({ url })).details.data).toMatchObject({ models: [], loaded: [] });
  });

  it("of whatever a hostile server can send are read in time", async () => {
    const name = `${":".repeat(200_000)}/`;
    const loaded = Array.from({ length: 5_000 }, (_, index) => ({
      name: `${index}`,
      digest: `${index}`,
      size: 1,
      size_vram: 1,
    }));
    const url = await serve(
      says({
        "/api/tags": { models: [{ name }, { name }] },
        "/api/ps": { models: loaded },
        "/api/version": { version: name },
      }),
    );
    const found = await probe({ url, models: ["a", "b:/"] });
    expect(found).toMatchObject({ reason: "assertion", message: "Not among its models: a, b:/" });
    expect(found.details.data).toMatchObject({ loaded: { length: 4 }, loaded_more: 60 });
  });

  it("of hundreds of models leave room for what is said beside them", async () => {
    const named = (name: string) => ({ name: `registry.example.org/library/model-with-a-long-name-${name}:q4_k_m` });
    const models = Array.from({ length: 300 }, (_, index) => named(String(index)));
    const url = await serve(
      says({
        "/api/tags": { models },
        "/api/ps": { models: models.slice(0, 6) },
        "/api/version": { version: "0.17.4" },
      }),
    );
    const { data } = (await probe({ url, canary: {} })).details;
    expect(data).toMatchObject({ loaded: { length: 4 }, loaded_more: 2, version: "0.17.4", canary: { budget: 100 } });
    const { models: told } = data as { models: string[] };
    expect(told.at(-1)).toBe(`… and ${300 - told.length + 1} more`);
  });
});

describe("what stands in place of Ollama", () => {
  const json =
    (status: number, body: string): RequestListener =>
    (_request, response) =>
      void response.writeHead(status, { "content-type": "application/json" }).end(body);

  it.each([
    ["a page", 200, "<!doctype html><html></html>", "protocol", "What answers there is no Ollama: HTML for /api/tags"],
    [
      "other JSON",
      200,
      '{"status":"ok"}',
      "protocol",
      "What answers there is no Ollama: JSON without a list of models for /api/tags",
    ],
    ["a text", 200, "Ollama?", "protocol", "What answers there is no Ollama: no JSON for /api/tags"],
    ["another path", 404, "", "protocol", "What answers there is no Ollama: HTTP 404 for /api/tags"],
    ["a guard", 401, "", "auth", "HTTP 401"],
    ["a guard that says why", 403, "no", "auth", "HTTP 403"],
    ["a limit", 429, "", "rate_limited", "HTTP 429"],
    ["a proxy without it", 502, "<html>", "http_status", "HTTP 502"],
    [
      "itself, broken",
      500,
      '{"error":"model list cache unavailable"}',
      "http_status",
      "HTTP 500: model list cache unavailable",
    ],
  ])("%s is told", async (_what, statusCode, ...[body, reason, message]) => {
    const url = await serve(json(statusCode, body));
    expect(await probe({ url })).toMatchObject({ status: "unhealthy", reason, message, statusCode });
  });

  it("a full queue is busy", async () => {
    const body = '{"error":"server busy, please try again.  maximum pending requests exceeded"}';
    expect(await probe({ url: await serve(json(503, body)) })).toMatchObject({ status: "degraded", reason: "busy" });
  });
});

describe("settings", () => {
  it.each(["", "/", "/api/tags", "/api", "/v1", "/v1/chat/completions", "/api/generate/"])(
    "may have %s at the end of the URL",
    async (end) => {
      const paths: string[] = [];
      const url = await serve((request, response) => {
        paths.push(request.url ?? "");
        response.writeHead(200, { "content-type": "application/json" }).end('{"models":[]}');
      });
      expect(await probe({ url: url + end })).toMatchObject({ status: "healthy" });
      expect(paths).toEqual(["/api/tags", "/api/version", "/api/ps"]);
    },
  );

  it.each([
    ["url", { url: "http://10.0.0.7:11434/?a=b" }],
    ["models", { models: [] }],
    ["expect", { expect: "tpu" }],
    ["canary", { canary: { every: "1s" } }],
  ])("refuse a wrong %s", (key, settings) => {
    expect(faultyKeys(CHECK_TYPES.ollama, { url: "http://10.0.0.7:11434", ...settings })).toEqual([key]);
  });
});

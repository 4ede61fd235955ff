/**
 * The http check type over the Node transport, against servers on loopback.
 */
import { createServer, type RequestListener } from "node:http";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { CHECK_TYPES } from "../../shared/probes/registry.ts";
import { configureProbe, type Settings } from "../support/configured-probe.ts";
import { makeContext, type TestContext } from "../support/probe-context.ts";
import { startHostile } from "../support/hostile-server.ts";
import { listen, type LoopbackServer } from "../support/loopback-server.ts";
import { WAIT_LIMIT_MS } from "../support/time-limits.ts";

let context: TestContext;
const servers: LoopbackServer[] = [];

beforeAll(async () => {
  context = await makeContext();
});
afterAll(() => context.close());
afterEach(async () => {
  await Promise.all(servers.splice(0).map((server) => server.close()));
});

async function serve(listener: RequestListener): Promise<LoopbackServer> {
  const server = await listen(createServer(listener));
  servers.push(server);
  return server;
}

/** Probes a server that answers everything with this. */
async function probeAnswer(
  response: { status?: number; type?: string; body?: string | Uint8Array },
  settings: Settings = {},
) {
  const { status = 200, type = "application/json", body = "" } = response;
  const { port } = await serve((_request, reply) => reply.writeHead(status, { "content-type": type }).end(body));
  return probe({ url: `http://127.0.0.1:${port}/`, ...settings });
}

function probe(settings: Settings, timeoutMs = WAIT_LIMIT_MS) {
  return configureProbe(CHECK_TYPES.http, settings)({ ...context, timeoutMs });
}

const HEALTHY = { status: "healthy", reason: null, message: null };

describe("status code", () => {
  it.each([200, 201, 204, 299])("%i is healthy by default", async (status) => {
    expect(await probeAnswer({ status })).toMatchObject({ ...HEALTHY, statusCode: status });
  });

  it.each([
    [301, "http_status"],
    [404, "http_status"],
    [500, "http_status"],
    [503, "http_status"],
    [401, "auth"],
    [403, "auth"],
    [429, "rate_limited"],
  ])("%i is unhealthy by default, with the reason %s", async (statusCode, reason) => {
    const observation = await probeAnswer({ status: statusCode });
    expect(observation).toMatchObject({ status: "unhealthy", reason, message: `HTTP ${statusCode}`, statusCode });
  });

  it("is healthy when expect_status lists it or its class, and unhealthy when not", async () => {
    const settings = { expect_status: [404, "5xx"] };
    expect(await probeAnswer({ status: 404 }, settings)).toMatchObject(HEALTHY);
    expect(await probeAnswer({ status: 503 }, settings)).toMatchObject(HEALTHY);
    expect(await probeAnswer({ status: 200 }, settings)).toMatchObject({ status: "unhealthy", reason: "http_status" });
    expect(await probeAnswer({ status: 401 }, { expect_status: [401] })).toMatchObject(HEALTHY);
  });
});

describe("data", () => {
  it("is the JSON body", async () => {
    const body = JSON.stringify({ status: "healthy", memory_usage_percent: 45.2 });
    const { details } = await probeAnswer({ body });
    expect(details.data).toEqual({ status: "healthy", memory_usage_percent: 45.2 });
  });

  it("of Ollama is the list of the models' names", async () => {
    const body = JSON.stringify({ models: [{ name: "llama3.2:3b", size: 1 }, { name: "llama3.2:1b" }] });
    expect((await probeAnswer({ body })).details.data).toEqual({ models: ["llama3.2:3b", "llama3.2:1b"] });
  });

  it.each(["application/json; charset=utf-8", "application/problem+json", "Application/JSON"])(
    "is parsed when the type is %s",
    async (type) => {
      expect((await probeAnswer({ type, body: '{"a":1}' })).details.data).toEqual({ a: 1 });
    },
  );

  it("is the trimmed text when the type is text", async () => {
    expect((await probeAnswer({ type: "text/plain", body: " Ollama is running\n" })).details.data).toBe(
      "Ollama is running",
    );
  });

  it("tells why a service is unhealthy, too", async () => {
    const observation = await probeAnswer({ status: 503, body: '{"error":{"message":"Loading model"}}' });
    expect(observation).toMatchObject({
      message: "HTTP 503",
      details: { data: { error: { message: "Loading model" } } },
    });
  });

  it.each([
    { type: "application/json", body: "" },
    { type: "text/plain", body: " \n" },
    { type: "image/png", body: "png" },
  ])("is absent for $type with the body $body", async (response) => {
    const observation = await probeAnswer(response);
    expect(observation).toMatchObject(HEALTHY);
    expect(observation.details).not.toHaveProperty("data");
  });

  it("of a large body is a summary", async () => {
    const body = JSON.stringify(Object.fromEntries(Array.from({ length: 300 }, (_, index) => [`key${index}`, index])));
    expect((await probeAnswer({ body })).details.data).toMatchObject({
      summary: `object with 300 keys, ${body.length} bytes`,
      keys: expect.arrayContaining(["key0", "key19"]),
    });
  });

  it("of doubled keys is the last one, as JSON.parse has it", async () => {
    const json = { path: "a", operator: "equals", value: 2 };
    const observation = await probeAnswer({ body: '{"a":1,"a":2}' }, { json });
    expect(observation).toMatchObject({ ...HEALTHY, details: { data: { a: 2 } } });
  });

  it("is clean whatever a hostile service sends", async () => {
    const body = '{"__proto__":{"admin":true},"a":"x\\u0000\\u202ey\\ud800","n":1e400}';
    const { details } = await probeAnswer({ body });
    expect(details.data).toEqual({ a: "xy\ufffd", n: null });
    expect(Object.prototype).not.toHaveProperty("admin");
  });
});

describe("body that is not what it should be", () => {
  const BAD_BODY = { status: "unhealthy", reason: "bad_body", message: "The body is not valid JSON", statusCode: 200 };

  it.each([
    ["cut off", '{"a":'],
    ["not JSON", "<html>"],
    ["not UTF-8", new Uint8Array([0x22, 0xff, 0xfe, 0x22])],
    ["with a raw NUL", '{"a":"\u0000"}'],
    ["nested a million deep, as far as it is read", "[".repeat(60_000)],
  ])("is bad_body when it is %s", async (_what, body) => {
    expect(await probeAnswer({ body })).toMatchObject(BAD_BODY);
  });

  it("is healthy with a byte order mark", async () => {
    expect(await probeAnswer({ body: '\ufeff{"a":1}' })).toMatchObject({ ...HEALTHY, details: { data: { a: 1 } } });
  });

  it("is healthy when it is valid and very deep", async () => {
    const depth = 30_000;
    expect(await probeAnswer({ body: "[".repeat(depth) + "]".repeat(depth) })).toMatchObject(HEALTHY);
  });

  it("does not matter when the status code is wrong already", async () => {
    expect(await probeAnswer({ status: 502, body: "<html>" })).toMatchObject({
      reason: "http_status",
      message: "HTTP 502",
    });
  });
});

describe("keyword", () => {
  it("is looked for in the body, whatever its type", async () => {
    const response = { type: "application/octet-stream", body: "xx Grüße xx" };
    expect(await probeAnswer(response, { keyword: "Grüße" })).toMatchObject(HEALTHY);
    expect(await probeAnswer(response, { keyword: "grüße" })).toMatchObject({
      status: "unhealthy",
      reason: "assertion",
      message: "The keyword is not in the body",
    });
  });

  it("is not found in an empty body", async () => {
    expect(await probeAnswer({ body: "" }, { keyword: "ok" })).toMatchObject({ reason: "assertion" });
  });
});

describe("json", () => {
  const body = JSON.stringify({ status: "ok", models: [{ name: "a" }] });

  it("holds when all assertions hold", async () => {
    const json = [
      { path: "status", operator: "equals", value: "ok" },
      { path: "models.length", operator: "greater_than", value: 0 },
    ];
    expect(await probeAnswer({ body }, { json })).toMatchObject(HEALTHY);
  });

  it("fails with the first one that does not, and with what was found", async () => {
    const json = [
      { path: "models[0].name", operator: "equals", value: "b" },
      { path: "status", operator: "equals", value: "no" },
    ];
    expect(await probeAnswer({ body }, { json })).toMatchObject({
      status: "unhealthy",
      reason: "assertion",
      message: 'models[0].name is "a", expected equals "b"',
    });
  });

  it("may be a single assertion, on a body of any type", async () => {
    const json = { path: "status", operator: "exists" };
    expect(await probeAnswer({ type: "text/plain", body }, { json })).toMatchObject({
      ...HEALTHY,
      details: { data: { status: "ok" } },
    });
  });

  it.each(["", "not json"])("is bad_body for the body %j", async (text) => {
    const json = { path: "status", operator: "exists", value: false };
    expect(await probeAnswer({ type: "text/plain", body: text }, { json })).toMatchObject({ reason: "bad_body" });
  });
});

describe("body of more than 64 KiB", () => {
  const body = JSON.stringify({ first: "needle", rest: "x".repeat(70_000), last: "thread" });
  const TOO_LARGE = { status: "unhealthy", reason: "too_large", message: "The body is larger than 64 KiB" };

  it("is healthy when nothing depends on it", async () => {
    expect(await probeAnswer({ body })).toMatchObject({
      ...HEALTHY,
      details: { data: { summary: "more than 64 KiB" } },
    });
  });

  it("is healthy when the keyword stands in the part that is read, too large when not", async () => {
    expect(await probeAnswer({ body }, { keyword: "needle" })).toMatchObject(HEALTHY);
    expect(await probeAnswer({ body }, { keyword: "thread" })).toMatchObject(TOO_LARGE);
  });

  it("is too large for assertions", async () => {
    expect(await probeAnswer({ body }, { json: { path: "first", operator: "exists" } })).toMatchObject(TOO_LARGE);
  });
});

describe("transport failures", () => {
  it.each([
    ["silent", "timeout", "deadline_response"],
    ["dripping_body", "timeout", "deadline_response"],
    ["fin", "error", "reset"],
    ["reset", "error", "reset"],
    ["not_http", "unhealthy", "protocol"],
    ["ssh_banner", "unhealthy", "protocol"],
    ["broken_gzip", "unhealthy", "bad_body"],
  ] as const)("make %s a %s", async (mischief, status, reason) => {
    const server = await startHostile(mischief);
    servers.push(server);
    const observation = await probe({ url: `http://127.0.0.1:${server.port}/` }, 200);
    expect(observation).toMatchObject({ status, reason, statusCode: null, message: expect.any(String) });
    expect(observation.details.timings).toHaveProperty("tcpMs");
  });

  it("leave no doubt that a name of this machine was not asked for", async () => {
    const inside = await makeContext({ "inside.test": ["127.0.0.1"] });
    const server = await serve((_request, response) => response.end());
    const observation = await configureProbe(CHECK_TYPES.http, { url: `http://inside.test:${server.port}/` })({
      ...inside,
      timeoutMs: 1_000,
    });
    await inside.close();
    expect(observation).toMatchObject({ status: "error", reason: "forbidden_address" });
    expect(server.accepted).toBe(0);
  });
});

describe("connections", () => {
  it("are fresh by default and reused when pooled", async () => {
    const fresh = await serve((_request, response) => response.end());
    const pooled = await serve((_request, response) => response.end());
    for (let round = 0; round < 3; round += 1) {
      await probe({ url: `http://127.0.0.1:${fresh.port}/` });
      await probe({ url: `http://127.0.0.1:${pooled.port}/`, pooled: true });
    }
    expect([fresh.accepted, pooled.accepted]).toEqual([3, 1]);
  });
});

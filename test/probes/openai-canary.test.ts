/**
 * The canary of the openai check type over the Node transport: what is asked, how often, and what it means.
 */
import type { ServerResponse } from "node:http";
import { text as readText } from "node:stream/consumers";
import { describe, expect, it } from "vitest";
import type { Json } from "../../shared/domain/monitoring/check.ts";
import { T0 } from "../support/checks.ts";
import { dataOf, list, openAiBench } from "../support/openai-bench.ts";
import { json, type Route } from "../support/routes-server.ts";

interface Keeping {
  readonly name: string;
  readonly answer: Json;
  readonly every: string;
  readonly note: string | null;
}

const TOKEN = { choices: [{ index: 0, message: { role: "assistant", content: "" } }] };

const { clock, serve, probe } = openAiBench();

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
        json(TOKEN)(request, response);
      },
    });
    const settings = { url: server.url, server: "vllm", models: ["qwen"], canary: { every: "10m", budget: 3 } };
    let memory: Json = null;
    for (let minute = 0; minute < 60; minute += 1) {
      clock.nowMs = T0 + minute * 60_000;
      const finding = await probe(settings, memory);
      expect(finding.status).toBe("healthy");
      memory = finding.memory ?? null;
    }
    expect(server.asked.filter((each) => each === ASKED)).toHaveLength(3);
    expect(bodies.map((body) => JSON.parse(body))).toEqual([ONE_TOKEN, ONE_TOKEN, ONE_TOKEN]);
    expect(dataOf(await probe(settings, memory))).toMatchObject({ canary: { spent_today: 3, budget: 3 } });
  });

  it("is not sent where nothing is loaded, or nobody can tell", async () => {
    const any = await serve({ "/v1/models": list("somebody", "llama"), [CHAT]: json(TOKEN) });
    const none = await serve({
      "/v1/models": list("x", "a"),
      "/api/v1/models": json({ models: [] }),
      [CHAT]: json(TOKEN),
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
      clock.nowMs = T0 + minute * 60_000;
      const finding = await probe(settings, memory, 400);
      memory = finding.memory ?? null;
      seen.push(finding.reason);
      if (finding.reason === "wedged") expect(finding.message).toMatch(/^Alive, but .* systemctl restart vllm$/);
    }
    expect(seen.slice(0, 2)).toEqual([null, "busy"]);
    expect(seen.at(-1)).toBe("wedged");
    server.routes = { ...VLLM, [CHAT]: json(TOKEN) };
    clock.nowMs += 3_600_000;
    expect(await probe(settings, memory)).toMatchObject({ status: "healthy" });
  });

  it("that is answered by an error is one, also in the probes between two canaries", async () => {
    const server = await serve({ ...VLLM, [CHAT]: json({}, 500) });
    const settings = { url: server.url, server: "vllm", canary: {}, restart: "reboot" };
    const first = await probe(settings);
    expect(first).toMatchObject({ status: "healthy" });
    expect(await probe(settings, first.memory)).toMatchObject({ status: "healthy" });
    clock.nowMs += 60_000;
    const second = await probe(settings, first.memory);
    const message = expect.stringMatching(/^Alive, but answered HTTP 500 to the canary of .* UTC; restart it: reboot$/);
    const failing = { status: "unhealthy", reason: "http_status", message };
    expect(second).toMatchObject(failing);
    expect(await probe(settings, second.memory)).toMatchObject(failing);
    expect(server.asked.filter((each) => each === ASKED)).toHaveLength(2);
  });

  it.each([
    [{ error: "out of memory" }, 200, "protocol"],
    [{ choices: [] }, 200, "protocol"],
    [{}, 200, "protocol"],
    [{}, 502, "busy"],
    [{}, 504, "busy"],
  ])("that is answered with %j (HTTP %i), twice, proves nothing: %s", async (body, code, reason) => {
    const server = await serve({ ...VLLM, [CHAT]: json(body, code) });
    const settings = { url: server.url, server: "vllm", canary: {}, restart: "reboot" };
    const first = await probe(settings);
    clock.nowMs += 60_000;
    const second = await probe(settings, first.memory);
    expect(second).toMatchObject({ reason, message: expect.not.stringContaining("reboot") });
    expect(dataOf(second)).toMatchObject({ canary: { last_ok_at: null } });
  });

  it("in vain is forgotten when its model is not loaded any more, and when the server was started anew", async () => {
    const routes = { ...VLLM, [CHAT]: json({}, 500) };
    const server = await serve(routes);
    const settings = { url: server.url, server: "vllm", canary: { every: "24h" } };
    const first = await probe(settings);
    clock.nowMs += 60_000;
    const { memory } = await probe(settings, first.memory);
    server.routes = { ...routes, "/v1/models": list("vllm") };
    expect(await probe(settings, memory)).toMatchObject({ status: "healthy" });
    server.routes = { ...routes, "/health": json({ status: "starting" }, 503) };
    const starting = await probe(settings, memory);
    server.routes = { ...routes, [CHAT]: json(TOKEN) };
    const anew = await probe(settings, starting.memory);
    expect(anew).toMatchObject({ status: "healthy" });
    expect(dataOf(anew)).toMatchObject({ canary: { spent_today: 3, last_ok_at: expect.any(String) } });
  });

  it("that is refused for what it asks is sent to another loaded model next time, and again a day later", async () => {
    const models: string[] = [];
    const server = await serve({
      ...VLLM,
      [CHAT]: async (request, response) => {
        models.push(JSON.parse(await readText(request)).model);
        json({ error: "not a chat model" }, 400)(request, response);
      },
    });
    const settings = { url: server.url, server: "vllm", canary: { every: "1m" }, restart: "reboot" };
    let memory: Json = null;
    for (let minute = 0; minute < 10; minute += 1) {
      clock.nowMs += 60_000;
      const finding = await probe(settings, memory);
      memory = finding.memory ?? null;
      expect(finding.status).toBe("healthy");
      const note = minute === 0 ? undefined : "It does not generate text";
      expect((dataOf(finding) as { canary_note?: string }).canary_note).toBe(note);
    }
    expect(models).toEqual(["llama", "qwen"]);
    clock.nowMs += 86_400_000;
    await probe(settings, memory);
    expect(models).toEqual(["llama", "qwen", "llama"]);
  });

  it("is kept within its budget by a server that is not always who it says", async () => {
    const server = await serve({ ...VLLM, [CHAT]: json(TOKEN) });
    const settings = { url: server.url, canary: { every: "1m", budget: 2 } };
    let memory: Json = null;
    for (let minute = 0; minute < 20; minute += 1) {
      clock.nowMs += 60_000;
      server.routes = { ...server.routes, "/health": json({}, minute % 2 === 0 ? 200 : 404) };
      memory = (await probe(settings, memory)).memory ?? null;
    }
    expect(server.asked.filter((each) => each === ASKED)).toHaveLength(2);
  });

  it.each<Keeping>([
    {
      name: "llama_swap",
      answer: { running: [{ model: "a", state: "ready", ttl: 900 }] },
      every: "15m",
      note: "a is unloaded after 15 min without a call",
    },
    { name: "llama_swap", answer: { running: [{ model: "a", state: "ready", ttl: 899 }] }, every: "15m", note: null },
    { name: "llama_swap", answer: { running: [{ model: "a", state: "ready", ttl: 0 }] }, every: "1m", note: null },
    { name: "llama_swap", answer: { running: [{ model: "a", state: "ready", ttl: -1e308 }] }, every: "1m", note: null },
    {
      name: "lmstudio",
      answer: { data: [{ id: "a", state: "loaded" }] },
      every: "1h",
      note: "a is unloaded after 1 h without a call",
    },
    { name: "lmstudio", answer: { data: [{ id: "a", state: "loaded" }] }, every: "61m", note: null },
  ])("keeps nothing loaded: $name, $answer every $every", async ({ name, answer, every, note }) => {
    const route = json(answer);
    const server = await serve({
      "/v1/models": list("x", "a"),
      "/running": route,
      "/api/v1/models": route,
      [CHAT]: json(TOKEN),
    });
    const finding = await probe({ url: server.url, server: name, canary: { every } });
    expect(server.asked.filter((each) => each === ASKED)).toHaveLength(note === null ? 1 : 0);
    const told = (dataOf(finding) as { canary_note?: string }).canary_note;
    expect(told).toEqual(note === null ? undefined : expect.stringContaining(note));
  });
});

describe("a server that answers nothing but whether it lives", () => {
  const mute: Route = () => {};
  const alive: Route = (_, response) => response.end();
  it.each([
    ["vllm", { "/health": alive, "/v1/models": mute }],
    ["lmstudio", { "/v1/models": list("x", "a"), "/api/v1/models": mute }],
  ])("is busy from the third probe on, then wedged, without canaries: %s", async (name, routes) => {
    const server = await serve(routes);
    const settings = { url: server.url, server: name, restart: "reboot" };
    const seen: (string | null)[] = [];
    let memory: Json = null;
    for (let minute = 0; minute <= 10; minute += 2) {
      clock.nowMs = T0 + minute * 60_000;
      const finding = await probe(settings, memory, 300);
      memory = finding.memory ?? null;
      seen.push(finding.reason);
      if (finding.reason === "wedged")
        expect(finding.message).toBe("Alive, but has answered nothing else for 10 min; restart it: reboot");
    }
    expect(seen).toEqual([null, null, "busy", "busy", "busy", "wedged"]);
    server.routes = { "/health": alive, "/v1/models": list("x", "a"), "/api/v1/models": json({ models: [] }) };
    expect(await probe(settings, memory)).toMatchObject({ status: "healthy" });
  });
});

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
        response.end("{}");
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
      clock.nowMs = T0 + minute * 60_000;
      const finding = await probe(settings, memory, 400);
      memory = finding.memory ?? null;
      seen.push(finding.reason);
      if (finding.reason === "wedged") expect(finding.message).toMatch(/^Alive, but .* systemctl restart vllm$/);
    }
    expect(seen[0]).toBe("busy");
    expect(seen.at(-1)).toBe("wedged");
    server.routes = { ...VLLM, [CHAT]: json({}) };
    clock.nowMs += 3_600_000;
    expect(await probe(settings, memory)).toMatchObject({ status: "healthy" });
  });

  it("that is answered by an error is one, also in the probes between two canaries", async () => {
    const server = await serve({ ...VLLM, [CHAT]: json({}, 500) });
    const settings = { url: server.url, server: "vllm", canary: {}, restart: "reboot" };
    const first = await probe(settings);
    const failing = {
      status: "unhealthy",
      reason: "http_status",
      message: "Alive, but answered HTTP 500 when it was asked to work; restart it: reboot",
    };
    expect(first).toMatchObject(failing);
    expect(await probe(settings, first.memory)).toMatchObject(failing);
    expect(server.asked.filter((each) => each === ASKED)).toHaveLength(1);
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
    const server = await serve({ ...VLLM, [CHAT]: json({}) });
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
      [CHAT]: json({}),
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

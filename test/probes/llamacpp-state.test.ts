/**
 * What a llama.cpp server says, as it is read: older builds, other shapes, names that are paths.
 */
import { describe, expect, it } from "vitest";
import { readCounters, speeds } from "../../shared/probes/llamacpp-metrics.ts";
import {
  describeModels,
  judgeHealth,
  judgeSeen,
  lackOf,
  readModels,
  readProps,
} from "../../shared/probes/llamacpp-state.ts";
import { readSlots } from "../../shared/probes/llamacpp-slots.ts";
import type { Reply } from "../../shared/probes/server-api.ts";

const answer = (statusCode: number, json: unknown): Reply => ({
  kind: "answered",
  statusCode,
  headers: {},
  json,
  text: JSON.stringify(json) ?? "",
  isCutOff: false,
  durationMs: 1,
  timings: {},
});

const refused: Reply = {
  kind: "failure",
  reason: "refused",
  message: "Connection refused",
  durationMs: 1,
  timings: {},
};

describe("health", () => {
  it.each([
    [200, { status: "ok" }, undefined],
    [200, { status: "ok", slots_idle: 0, slots_processing: 1 }, undefined],
    [503, { status: "loading model" }, "starting"],
    [503, { status: "no slot available", slots_idle: 0 }, "busy"],
    [503, { error: { message: "other" } }, "http_status"],
    [500, { status: "error", error: "Model failed to load" }, "http_status"],
    [401, {}, "auth"],
    [429, {}, "rate_limited"],
    [200, "Ollama is running", "protocol"],
    [200, { status: "up" }, "protocol"],
  ])("HTTP %i %j is %s", (statusCode, json, reason) => {
    expect(judgeHealth(answer(statusCode, json), 8_080)?.reason).toBe(reason);
  });

  it("tells of the new port where nobody listens at the old one", () => {
    expect(judgeHealth(refused, 8_080)?.message).toContain("9931");
    expect(judgeHealth(refused, 8_082)?.message).toBe("Connection refused");
  });
});

describe("the name of a model", () => {
  it.each([
    ["tiny", "tiny"],
    ["models/tiny.gguf", "tiny.gguf"],
    ["/home/ann/models/tiny", "tiny"],
    ["~/models/tiny.gguf", "tiny.gguf"],
    ["../models/tiny", "tiny"],
    [String.raw`C:\models\tiny.gguf`, "tiny.gguf"],
    ["ggml-org/gemma-3-1b-it-GGUF:Q4_K_M", "ggml-org/gemma-3-1b-it-GGUF:Q4_K_M"],
    ["x".repeat(500), "x".repeat(64)],
    ["tiny --api-key hunter22", "tiny"],
  ])("%s is shown as %s", (name, shown) => {
    expect(readProps(answer(200, { model_alias: name }), []).facts).toMatchObject({ model: shown });
    expect(describeModels([{ id: name, state: "loaded", hasFailed: false, exitCode: null }]).loaded).toEqual([shown]);
  });

  it("is no path that the server itself calls one", () => {
    const props = answer(200, { model_alias: "ann/tiny", model_path: "ann/tiny" });
    expect(readProps(props, []).facts).toMatchObject({ model: "tiny" });
  });
});

describe("figures that can be none", () => {
  it.each([-1e308, -1, 1e308])("%d is left out", (wrong) => {
    const props = { model_alias: "a", total_slots: wrong, default_generation_settings: { n_ctx: wrong } };
    expect(readProps(answer(200, props), []).facts).toMatchObject({ slots_total: null, context: null });
    const before = { prompt: 0, promptS: 0, answer: 0, answerS: 0 };
    const now = { prompt: Math.abs(wrong) * 1e9, promptS: 1, answer: wrong, answerS: 1e-300 };
    expect(speeds(now, before)).toEqual({ tokens_per_s: null, prompt_tokens_per_s: null });
  });

  it.each([1.5, 1e308, "1"])("%j is no exit code", (exit_code) => {
    const models = readModels(answer(200, { data: [{ id: "a", status: { failed: true, exit_code } }] }));
    expect(models).toMatchObject([{ id: "a", exitCode: null }]);
  });
});

const STRANGE: readonly unknown[] = [
  undefined,
  null,
  7,
  "text",
  [],
  {},
  [null, 7, "x", []],
  { data: 7 },
  { data: [{}] },
];

describe("strange answers", () => {
  it.each(STRANGE)("%j says nothing, and nothing is thrown", (json) => {
    const reply = answer(200, json);
    expect(judgeHealth(reply, 1)?.reason).toBe("protocol");
    expect(judgeSeen(readProps(reply, ["a"]).seen, ["a"], true)).toBeNull();
    expect(readModels(reply) ?? []).toEqual([]);
    expect(readSlots(reply)?.busy ?? 0).toBe(0);
    expect(readCounters(reply.kind === "answered" ? reply.text : "")).toBeNull();
  });
});

describe("a router that loads nothing by itself", () => {
  it("lacks a model that is not loaded", () => {
    const models = [{ id: "big", state: "unloaded", hasFailed: false, exitCode: null }];
    const router = (models_autoload: boolean) => readProps(answer(200, { role: "router", models_autoload }), []).seen;
    const lack = lackOf(models, ["big"], router(false));
    const message = "Model big is not loaded, and the router loads none by itself";
    expect(judgeSeen({ ...router(false), lack }, ["big"], false)).toEqual({ reason: "assertion", message });
    expect(lackOf(models, ["big"], router(true))).toBeNull();
  });
});

describe("slots", () => {
  it("of builds in which next_token was no list are read as well", () => {
    const slots = (written: number) =>
      answer(200, [{ is_processing: true, id_task: 3, next_token: { n_decoded: written } }]);
    expect(readSlots(slots(0))).toMatchObject({ busy: 1, mark: null });
    expect(readSlots(slots(5))?.mark).not.toBe(readSlots(slots(6))?.mark);
  });
});

/**
 * Each state that a real server of llama.cpp was captured in, played back: what the check type makes of it.
 */
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { CheckStatus, Reason } from "../../shared/domain/monitoring/check.ts";
import { llamacpp } from "../../shared/probes/llamacpp.ts";
import { startCaptured } from "../support/captured-server.ts";
import { configureProbe, type Settings } from "../support/configured-probe.ts";
import { closedPort } from "../support/loopback-server.ts";
import { makeContext, type TestContext } from "../support/probe-context.ts";
import { WAIT_LIMIT_MS } from "../support/time-limits.ts";

const ALL = { slots: true, metrics: true };
const OF_ONE = { role: "model", model: "tiny.gguf", sleeping: false, context: 2_048, build: "b0-unknown" };
const OF_A_ROUTER = { role: "router", build: "b11434-unknown", models: ["big", "broken", "tiny"] };

interface Row {
  readonly state: string;
  readonly captures: readonly string[];
  readonly settings?: Settings;
  readonly expected: { status: CheckStatus; reason: Reason | null; message?: string | null; data?: object };
  readonly asked?: readonly string[];
  readonly timeoutMs?: number;
}

const b11549 = (...names: string[]) => names.map((name) => `llamacpp/${name}`);
const b9538 = (...names: string[]) => names.map((name) => `llamacpp-b9538/${name}`);
const router = (...names: string[]) => names.map((name) => `llamacpp-router/${name}`);
const HEALTHY = { status: "healthy", reason: null, message: null } as const;
const STARTING = { status: "degraded", reason: "starting", message: "Loading model" } as const;

const ROWS: readonly Row[] = [
  {
    state: "idle",
    captures: b11549("idle.health", "idle.props", "idle.slots", "idle.metrics"),
    settings: ALL,
    expected: { ...HEALTHY, data: { ...OF_ONE, slots_total: 1, slots_busy: 0 } },
    asked: ["/health", "/props", "/slots", "/metrics"],
  },
  {
    state: "idle, and nothing else wanted",
    captures: b11549("idle.health", "idle.props", "idle.slots", "idle.metrics"),
    expected: { ...HEALTHY, data: { ...OF_ONE, slots_total: 1 } },
    asked: ["/health", "/props"],
  },
  {
    state: "one of two slots busy",
    captures: b11549("busy1of2.health", "full.props", "busy1of2.slots"),
    settings: { slots: true },
    expected: { ...HEALTHY, data: { model: "slow.gguf", slots_total: 2, slots_busy: 1 } },
  },
  {
    state: "all slots busy",
    captures: b11549("full.health", "full.props", "full.slots", "full.metrics"),
    settings: ALL,
    expected: { ...HEALTHY, data: { slots_total: 2, slots_busy: 2 } },
  },
  {
    state: "all slots busy, and a canary due",
    captures: b11549("full.health", "full.props", "full.slots", "full.completion-deferred-timeout"),
    settings: { slots: true, canary: {} },
    expected: { ...HEALTHY, data: { canary: { spent_today: 0 } } },
    asked: ["/health", "/props", "/slots"],
  },
  {
    state: "all slots busy, which nobody knows, and a canary due",
    captures: b11549("full.health", "full.props", "full.completion-deferred-timeout"),
    settings: { canary: {} },
    expected: { ...HEALTHY, data: { canary: { spent_today: 1, last_ok_at: null, note: expect.any(String) } } },
    timeoutMs: 1_500,
  },
  {
    state: "idle, and a canary due",
    captures: b11549("idle.health", "idle.props", "ok.completion"),
    settings: { canary: {} },
    expected: { ...HEALTHY, data: { canary: { spent_today: 1, tokens_per_s: 664.7, first_token_ms: 12.3 } } },
    asked: ["/health", "/props", "/slots", "/completion"],
  },
  {
    state: "reading a prompt",
    captures: b11549("full.health", "full.props", "prefill.slots"),
    settings: { slots: true },
    expected: { ...HEALTHY, data: { slots_total: 2, slots_busy: 1 } },
  },
  {
    state: "loading",
    captures: b11549("loading.health", "loading.props", "loading.slots", "loading.metrics"),
    settings: { ...ALL, canary: {} },
    expected: STARTING,
    asked: ["/health"],
  },
  {
    state: "asleep",
    captures: b11549("sleeping.health", "sleeping.props", "sleeping.slots", "sleeping.metrics", "ok.completion"),
    settings: { ...ALL, canary: {} },
    expected: { ...HEALTHY, data: { model: "slow.gguf", sleeping: true, slots_total: 1, canary: { spent_today: 0 } } },
    asked: ["/health", "/props"],
  },
  {
    state: "without slots and metrics",
    captures: b11549("idle.health", "disabled.props", "disabled.slots", "disabled.metrics"),
    settings: ALL,
    expected: { ...HEALTHY, data: { ...OF_ONE, tokens_per_s: null } },
    asked: ["/health", "/props", "/metrics"],
  },
  {
    state: "closed to us, who have no key",
    captures: b11549("auth-missing.health", "auth-missing.props"),
    settings: { ...ALL, canary: {} },
    expected: { ...HEALTHY, data: { needs_key: true } },
    asked: ["/health", "/props"],
  },
  {
    state: "closed to us, whose key is wrong",
    captures: b11549("auth-missing.health", "auth-missing.props"),
    settings: { api_key: "wrong" },
    expected: { status: "unhealthy", reason: "auth", message: "Alive, but refuses the API key" },
  },
  { state: "loading, June 2026", captures: b9538("loading.health"), expected: STARTING },
  {
    state: "reading a prompt, June 2026, which blocks /slots and /metrics",
    captures: [...b9538("prefill.health", "prefill.slots", "prefill.metrics"), "llamacpp/idle.props"],
    settings: ALL,
    expected: { status: "degraded", reason: "busy", data: { slots_busy: null } },
    asked: ["/health", "/props", "/slots"],
    timeoutMs: 1_500,
  },
  {
    state: "router, nothing loaded",
    captures: router("unloaded.health", "unloaded.props", "unloaded.models", "unloaded.slots", "unloaded.metrics"),
    settings: { ...ALL, canary: {}, models: ["big", "tiny"] },
    expected: { ...HEALTHY, data: { ...OF_A_ROUTER, loaded: [], loading: [], failed: [], canary: { spent_today: 0 } } },
    asked: ["/health", "/props", "/models"],
  },
  {
    state: "router, a model loading that nobody demands",
    captures: router("loading.health", "unloaded.props", "loading.models"),
    expected: { ...HEALTHY, data: { ...OF_A_ROUTER, loaded: [], loading: ["big"], failed: [] } },
  },
  {
    state: "router, a demanded model loading",
    captures: router("loading.health", "unloaded.props", "loading.models"),
    settings: { models: ["tiny", "big"] },
    expected: { status: "degraded", reason: "starting", message: "Model big is loading" },
  },
  {
    state: "router, a model loaded",
    captures: router("unloaded.health", "unloaded.props", "loaded.models"),
    settings: { models: ["big"] },
    expected: { ...HEALTHY, data: { ...OF_A_ROUTER, loaded: ["big"], loading: [], failed: [] } },
  },
  {
    state: "router, a model failed that nobody demands",
    captures: router("unloaded.health", "unloaded.props", "failed.models"),
    settings: { models: ["big"] },
    expected: { ...HEALTHY, data: { ...OF_A_ROUTER, loaded: [], failed: [{ model: "broken", exit_code: 1 }] } },
  },
  {
    state: "router, a demanded model failed",
    captures: router("unloaded.health", "unloaded.props", "failed.models"),
    settings: { models: ["broken"] },
    expected: { status: "unhealthy", reason: "assertion", message: "Model broken failed to load (exit code 1)" },
  },
  {
    state: "router, a demanded model not there",
    captures: router("unloaded.health", "unloaded.props", "loaded.models"),
    settings: { models: ["huge"] },
    expected: { status: "unhealthy", reason: "assertion", message: "Model huge is not among those that it has" },
  },
  {
    state: "another server, which has no /health",
    captures: b11549("idle.404"),
    expected: { status: "unhealthy", reason: "http_status", message: "HTTP 404" },
  },
];

let context: TestContext;
beforeAll(async () => {
  context = await makeContext();
});
afterAll(() => context.close());

describe("a server of llama.cpp as it was captured", () => {
  it.each(ROWS)("$state: $expected.status, $expected.reason", async (row) => {
    const { captures, settings = {}, expected, asked, timeoutMs = WAIT_LIMIT_MS } = row;
    const captured = await startCaptured(captures);
    const { data, ...verdict } = expected;
    const probe = configureProbe(llamacpp, { url: `http://127.0.0.1:${captured.server.port}`, ...settings });
    const observation = await probe({ ...context, timeoutMs });
    await captured.server.close();
    expect(observation).toMatchObject(verdict);
    if (data !== undefined) expect(observation.details.data).toMatchObject(data);
    expect(JSON.stringify(observation)).not.toMatch(/models\/|\/usr|--|preset|prompt_cache|chat_template/);
    if (asked) expect(captured.asked.map((request) => request.replace(/^\w+ /, ""))).toEqual(asked);
  });

  it("is down where it was captured when it was not there", async () => {
    const probe = configureProbe(llamacpp, { url: `http://127.0.0.1:${await closedPort()}` });
    const observation = await probe({ ...context, timeoutMs: WAIT_LIMIT_MS });
    expect(observation).toMatchObject({ status: "error", reason: "refused", message: "Connection refused" });
  });
});

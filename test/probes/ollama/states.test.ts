/**
 * Each captured state of a real Ollama (0.17.4), with the status and the reason that it gets.
 */
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import type { CheckStatus, Reason } from "../../../shared/domain/monitoring/check.ts";
import { redactNothing } from "../../../shared/domain/text/redact.ts";
import { CHECK_TYPES } from "../../../shared/probes/registry.ts";
import { showFinding } from "../../../shared/usecases/probing/show-finding.ts";
import { startCaptured, type CapturedServer } from "../../support/captured-server.ts";
import { configureRawProbe, type Settings } from "../../support/configured-probe.ts";
import { closedPort, type LoopbackServer } from "../../support/loopback-server.ts";
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

interface State {
  readonly state: string;
  /** Captures, by what is asked. */
  readonly tags: string;
  readonly ps?: string;
  readonly version?: string;
  readonly generate?: string;
  readonly settings?: Settings;
  readonly timeoutMs?: number;
  /** After the first probe; default: that one counts. */
  readonly againAfterMs?: number;
  readonly verdict: readonly [status: CheckStatus, reason: Reason | null, message: string | RegExp | null];
  readonly data?: object;
}

const HEALTHY = ["healthy", null, null] as const;
const CANARY = { canary: {} };
const CONFIRM = expect.stringMatching(/; the next one is to confirm it$/);
const SILENT = ["degraded", "busy", /^Alive, but has not answered a canary in time since .* UTC$/] as const;
const ON_CPU = { gpu_percent: 0, context_length: 4_096 };

async function startState({ tags, ps, version, generate }: State): Promise<CapturedServer> {
  const given = [tags, ps, version, generate].filter((name) => name !== undefined);
  const captured = await startCaptured(given.map((name) => `ollama/${name}`));
  servers.push(captured.server);
  return captured;
}

async function probeState(state: State) {
  const { server, asked } = await startState(state);
  const settings = { url: `http://127.0.0.1:${server.port}/api/tags`, ...state.settings };
  const probe = configureRawProbe(CHECK_TYPES.ollama, settings);
  const given = { ...context, timeoutMs: state.timeoutMs ?? WAIT_LIMIT_MS };
  const first = await probe(given);
  if (state.againAfterMs === undefined) return { ...showFinding(first, redactNothing), asked };
  // One canary in vain alone says nothing.
  expect(first).toMatchObject({ status: "healthy", details: { body: { json: { canary: { note: CONFIRM } } } } });
  const nowMs = context.clock.nowMs() + state.againAfterMs;
  const clock = { ...context.clock, monotonicMs: () => context.clock.monotonicMs(), nowMs: () => nowMs };
  const again = await probe({ ...given, clock, memory: first.memory ?? null });
  return { ...showFinding(again, redactNothing), asked };
}

const IDLE = { tags: "idle.api-tags", ps: "idle.api-ps", version: "idle.api-version" };
const LOADED = { tags: "loaded.tags", ps: "loaded.ps", version: "idle.api-version" };
const BUSY = { tags: "generating.api-tags", ps: "generating.api-ps", version: "generating.api-version" };
const FULL = { tags: "queuefull.api-tags", ps: "queuefull.api-ps", version: "queuefull.api-version" };
const KILLED = { ...LOADED, ps: "runner-killed.ps" };

const STATES: readonly State[] = [
  {
    state: "with nothing loaded",
    ...IDLE,
    verdict: HEALTHY,
    data: { models: ["slow:latest", "tiny:latest"], loaded: [], loaded_proven: null, version: "0.0.0" },
  },
  {
    state: "with a model on the CPU",
    ...LOADED,
    verdict: HEALTHY,
    data: {
      loaded: [{ name: "tiny:latest", expires_at: "2026-11-29T16:41:26.725Z", ...ON_CPU }],
      loaded_proven: null,
    },
  },
  {
    state: "with a model on the CPU where the GPU is expected",
    ...LOADED,
    settings: { expect: "gpu" },
    verdict: ["degraded", "cpu_fallback", "tiny:latest runs 100 % on the CPU; it is expected on the GPU"],
  },
  { state: "with a model on the CPU as expected", ...LOADED, settings: { expect: "cpu" }, verdict: HEALTHY },
  {
    state: "with a large model",
    ...LOADED,
    ps: "loaded-big.ps",
    verdict: HEALTHY,
    data: { loaded: [{ name: "big:latest" }] },
  },
  {
    state: "while a model is loading, which its list does not show",
    tags: "loading.tags",
    ps: "loading.ps",
    verdict: HEALTHY,
    data: { models: ["big:latest", "slow:latest", "tiny:latest"], loaded: [], loaded_proven: null },
  },
  {
    state: "while it generates",
    ...BUSY,
    verdict: HEALTHY,
    data: { loaded: [{ name: "slow:latest" }, { name: "tiny:latest" }] },
  },
  { state: "while others wait", ...BUSY, ps: "queued.ps", verdict: HEALTHY },
  {
    state: "while others wait, with a canary",
    ...BUSY,
    ps: "queued.ps",
    generate: "queued.generate-client-gives-up",
    settings: CANARY,
    timeoutMs: 2_000,
    againAfterMs: 60_000,
    verdict: SILENT,
    data: { loaded_proven: null, canary: { spent_today: 2, budget: 100, last_ok_at: null } },
  },
  { state: "with a full queue", ...FULL, verdict: HEALTHY },
  {
    state: "with a full queue, which refuses the canary",
    ...FULL,
    generate: "queuefull.generate",
    settings: CANARY,
    againAfterMs: 60_000,
    verdict: SILENT,
  },
  {
    state: "with a full queue, in which the canary waits",
    ...FULL,
    generate: "queuefull.same-model-waits",
    settings: CANARY,
    timeoutMs: 2_000,
    againAfterMs: 60_000,
    verdict: SILENT,
  },
  {
    state: "whose runner was killed, which its list does not show",
    ...KILLED,
    verdict: HEALTHY,
    data: { loaded: [{ name: "slow:latest" }], loaded_proven: null },
  },
  {
    state: "whose runner was killed, with a canary",
    ...KILLED,
    generate: "error.runner-killed",
    settings: CANARY,
    againAfterMs: 15 * 60_000,
    verdict: ["unhealthy", "wedged", /^Alive, but slow:latest is only listed as loaded and could not .* \(HTTP 500\)$/],
    data: { loaded: [{ name: "slow:latest" }], loaded_proven: null, canary: { spent_today: 2 } },
  },
  {
    state: "whose runner was killed in the middle of an answer",
    ...KILLED,
    generate: "error.runner-killed-stream",
    settings: CANARY,
    againAfterMs: 15 * 60_000,
    verdict: ["unhealthy", "wedged", /^Alive, but slow:latest is only listed as loaded and could not .* \(HTTP 200\)$/],
  },
  {
    state: "after a kill, when a call has loaded the model again",
    ...LOADED,
    ps: "after-kill.ps",
    generate: "after-kill.generate",
    settings: CANARY,
    verdict: HEALTHY,
    data: {
      loaded_proven: { model: "tiny:latest", at: expect.any(String) },
      // One token takes no time by its own figures.
      canary: { spent_today: 1, tokens_per_s: null, first_token_ms: 314.8 },
    },
  },
  {
    state: "that answers a canary",
    ...LOADED,
    generate: "ok.generate",
    settings: CANARY,
    verdict: HEALTHY,
    data: { canary: { tokens_per_s: 2.7, first_token_ms: 604.7, last_ok_at: expect.any(String) } },
  },
  {
    state: "whose model is gone before the canary",
    ...LOADED,
    generate: "missing.generate",
    settings: CANARY,
    verdict: HEALTHY,
  },
  {
    state: "with a model that is about to be unloaded",
    ...LOADED,
    ps: "expiring.ps",
    settings: CANARY,
    verdict: HEALTHY,
    data: { canary: { spent_today: 0, skipped: "big:latest is about to be unloaded" } },
  },
  {
    state: "with a model that has expired",
    ...LOADED,
    ps: "expired.ps",
    settings: CANARY,
    verdict: HEALTHY,
    data: { loaded: [] },
  },
  {
    state: "with a pinned model",
    ...LOADED,
    ps: "pinned.ps",
    generate: "after-kill.generate",
    settings: { canary: { every: "1m" } },
    verdict: HEALTHY,
    data: { loaded: [{ name: "tiny:latest", expires_at: "pinned" }], canary: { spent_today: 1 } },
  },
  {
    state: "whose model stays loaded for longer than a canary waits",
    ...LOADED,
    settings: { canary: { every: "2m" } },
    timeoutMs: 10_000,
    verdict: HEALTHY,
    data: {
      canary: {
        spent_today: 0,
        skipped: "tiny:latest stays loaded for 4 min 58 s after a call: canaries every 2 min would keep it for ever",
      },
    },
  },
  {
    state: "whose model has another context than usual",
    ...LOADED,
    settings: { canary: {}, context_length: 8_192 },
    verdict: HEALTHY,
    data: {
      canary: { spent_today: 0, skipped: expect.stringContaining("tiny:latest has a context of 4096, not 8192") },
    },
  },
  { state: "after a model was unloaded", ...IDLE, ps: "unloaded.ps", verdict: HEALTHY, data: { loaded: [] } },
  { state: "asked by an address", ...IDLE, tags: "ok.host-ip", verdict: HEALTHY },
  { state: "asked by a .local name", ...IDLE, tags: "ok.host-local", verdict: HEALTHY },
  ...["ok.host-name", "error.host"].map((tags) => ({
    state: `bound to loopback and asked by another name (${tags})`,
    tags,
    verdict: [
      "unhealthy",
      "config",
      "Ollama is bound to loopback and refuses the name in the URL: ask it by IP address or by a name that ends with .local",
    ] as const,
  })),
  {
    state: "that lists all required models",
    ...IDLE,
    settings: { models: ["tiny", "slow:latest", "registry.ollama.ai/library/tiny"] },
    verdict: HEALTHY,
  },
  {
    state: "that lacks a required model",
    ...IDLE,
    settings: { models: ["tiny", "tiny:3b", "llama3.2:3b"] },
    verdict: ["unhealthy", "assertion", "Not among its models: tiny:3b, llama3.2:3b"],
    data: { models: ["slow:latest", "tiny:latest"] },
  },
  {
    state: "that has no other lists",
    tags: "idle.api-tags",
    verdict: HEALTHY,
    data: { models: ["slow:latest", "tiny:latest"], loaded: null, loaded_proven: null },
  },
];

describe("Ollama", () => {
  it.each(STATES)("$state is $verdict.0 ($verdict.1)", async (state) => {
    const { status, reason, message, details } = await probeState(state);
    const [expected, why, words] = state.verdict;
    expect([status, reason]).toEqual([expected, why]);
    expect(message).toEqual(words instanceof RegExp ? expect.stringMatching(words) : words);
    if (state.data) expect(details.data).toMatchObject(state.data);
  });

  it("is refused where nothing listens", async () => {
    const probe = configureRawProbe(CHECK_TYPES.ollama, { url: `http://127.0.0.1:${await closedPort()}` });
    expect(await probe({ ...context, timeoutMs: WAIT_LIMIT_MS })).toMatchObject({ status: "error", reason: "refused" });
  });

  it("is asked two questions, a third one when its version is not known, and for a token, after which the list is read again", async () => {
    const state = { ...LOADED, state: "", generate: "ok.generate", settings: CANARY, verdict: HEALTHY };
    const { asked } = await probeState(state);
    const lists = ["GET /api/tags", "GET /api/version", "GET /api/ps"];
    expect(asked).toEqual([...lists, "POST /api/generate", "GET /api/ps"]);
  });
});

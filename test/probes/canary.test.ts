/**
 * The canary of check types: its keys, what is said of it, and that what is kept comes back.
 */
import { describe, expect, it } from "vitest";
import * as z from "zod/mini";
import type { Json } from "../../shared/domain/monitoring/check.ts";
import {
  afterDeath,
  CANARY_KEYS,
  canaryFailure,
  canaryRules,
  failedCanary,
  forgetVerdict,
  NO_CANARY,
  nextCanary,
  packCanary,
  refusedCanary,
  resumeCanary,
  showCanary,
  wantsCanary,
  type CanaryState,
} from "../../shared/probes/canary.ts";
import { T0 } from "../support/checks.ts";

const MINUTE_MS = 60_000;
const RULES = { everyMs: 15 * MINUTE_MS, budget: 100 };
const ANSWER = { tookMs: 123.4, tokensPerS: 21.5, firstTokenMs: 80 };
const answered = nextCanary(NO_CANARY, ANSWER, T0);

const silentFor = (count: number): CanaryState =>
  Array.from({ length: count }).reduce<CanaryState>(
    (state, _, index) => nextCanary(state, null, T0 + (index + 1) * MINUTE_MS),
    answered,
  );

const at = (minutes: number): string => new Date(T0 + minutes * MINUTE_MS).toISOString();
const minuteOf = (minutes: number): string => `${at(minutes).slice(0, 16).replace("T", " ")} UTC`;

/** As it comes back from where it was stored. */
const stored = (value: Json): Json => JSON.parse(JSON.stringify(value));

describe("keys of a canary", () => {
  const schema = z.strictObject(CANARY_KEYS);

  it("are none by default, and then nothing is sent", () => {
    const { canary } = schema.parse({});
    expect(canaryRules(canary)).toBeNull();
    expect(wantsCanary(NO_CANARY, null, T0)).toBe(false);
  });

  it("have defaults: every quarter of an hour, a hundred a day", () => {
    expect(canaryRules(schema.parse({ canary: {} }).canary)).toEqual(RULES);
  });

  it.each([{ every: "59s" }, { every: "25h" }, { budget: 0 }, { budget: 1_441 }, { often: true }])(
    "refuse %j",
    (canary) => {
      expect(schema.safeParse({ canary }).success).toBe(false);
    },
  );
});

describe("what is said of a canary", () => {
  it("is nothing where there is none", () => {
    expect(showCanary(NO_CANARY, null, T0)).toBeUndefined();
  });

  it("is what is spent, and how the last answer was, also after silence", () => {
    const before = {
      spent_today: 0,
      budget: 100,
      last_at: null,
      last_ok_at: null,
      tokens_per_s: null,
      first_token_ms: null,
    };
    expect(showCanary(NO_CANARY, RULES, T0)).toEqual(before);
    const { tokensPerS, firstTokenMs } = ANSWER;
    const after = {
      budget: 100,
      last_ok_at: new Date(T0).toISOString(),
      tokens_per_s: tokensPerS,
      first_token_ms: firstTokenMs,
    };
    expect(showCanary(answered, RULES, T0)).toEqual({ spent_today: 1, last_at: at(0), ...after });
    expect(showCanary(silentFor(2), RULES, T0 + 5 * MINUTE_MS)).toEqual({ spent_today: 3, last_at: at(2), ...after });
    expect(showCanary(refusedCanary(answered, T0), RULES, T0)).toEqual({
      spent_today: 2,
      last_at: at(0),
      ...after,
    });
    expect(showCanary(silentFor(1), RULES, T0 + 5 * MINUTE_MS)).toMatchObject({
      last_at: at(1),
      note: "The last one was not answered in time; the next one is to confirm it",
    });
    expect(showCanary(failedCanary(answered, 500, T0), RULES, T0)).toMatchObject({
      note: "The last one was answered in vain (HTTP 500); the next one is to confirm it",
    });
  });

  it("is that a server is busy after silence, and nothing once it is answered, refused or gone", () => {
    const failureOf = (state: CanaryState) => canaryFailure(state, T0 + 2 * MINUTE_MS, undefined);
    expect(failureOf(answered)).toBeNull();
    expect(failureOf(silentFor(1))).toBeNull();
    const message = `Alive, but has not answered a canary in time since ${minuteOf(1)}`;
    expect(failureOf(silentFor(2))).toEqual({ reason: "busy", message });
    expect(failureOf(nextCanary(silentFor(2), ANSWER, T0 + MINUTE_MS))).toBeNull();
    expect(failureOf(refusedCanary(silentFor(2), T0 + MINUTE_MS))).toBeNull();
    expect(failureOf(forgetVerdict(silentFor(2)))).toBeNull();
  });

  it("is that it is wedged after much of it, with the advice of the configuration", () => {
    const nowMs = T0 + 31 * MINUTE_MS;
    expect(canaryFailure(silentFor(5), nowMs, undefined)).toEqual({
      reason: "wedged",
      message: `Alive, but has generated nothing since ${minuteOf(1)}`,
    });
    expect(canaryFailure(silentFor(5), nowMs, "sudo systemctl restart ollama")?.message).toBe(
      `Alive, but has generated nothing since ${minuteOf(1)}; restart it: sudo systemctl restart ollama`,
    );
  });

  it.each([
    [500, "http_status", true],
    [401, "auth", false],
    [404, "config", false],
    [501, "config", false],
    [200, "protocol", false],
  ])(
    "is that two failures (HTTP %i) are %s, with when; advice only where a restart may help",
    (code, reason, helps) => {
      const once = failedCanary(answered, code, T0 + MINUTE_MS);
      expect(canaryFailure(once, T0 + 90_000, "reboot")).toBeNull();
      const failure = canaryFailure(failedCanary(once, code, T0 + 2 * MINUTE_MS), T0 + 9 * MINUTE_MS, "reboot");
      expect(failure).toMatchObject({ reason, message: expect.stringContaining(minuteOf(2)) });
      expect(JSON.stringify(failure?.message).endsWith('; restart it: reboot"')).toBe(helps);
    },
  );

  it.each([
    ["refused", true],
    ["starting", true],
    ["unreachable", true],
    ["deadline_connect", true],
    ["deadline_response", false],
    ["http_status", false],
  ] as const)("is forgotten after a restart, which %s is: %s", (reason, isOne) => {
    const failed = failedCanary(failedCanary(answered, 500, T0), 500, T0 + MINUTE_MS);
    const after = afterDeath(failed, { reason });
    expect(canaryFailure(after, T0 + 2 * MINUTE_MS, undefined) === null).toBe(isOne);
    expect(showCanary(after, RULES, T0 + 2 * MINUTE_MS)).toMatchObject({ spent_today: 3 });
  });
});

describe("what is kept of canaries", () => {
  it.each([
    ["none", NO_CANARY],
    ["an answer", answered],
    ["silence", silentFor(4)],
    ["a failure", failedCanary(answered, 500, T0)],
    ["a refusal", refusedCanary(NO_CANARY, T0)],
  ])("comes back: %s", (_what, state) => {
    expect(resumeCanary(stored(packCanary(state)), T0)).toEqual(state);
  });

  it("comes back as an earlier release has left it", () => {
    const { inVain: _inVain, failedStatus: _status, ...left } = packCanary(silentFor(4)) as Record<string, Json>;
    expect(resumeCanary(stored(left), T0)).toEqual(silentFor(4));
  });

  it.each([null, 7, "x", [], {}, { spent: 1 }])("is none when it is %j", (kept) => {
    expect(resumeCanary(kept, T0)).toEqual(NO_CANARY);
  });
});

/** Which endpoint is called: filter, tiers, scores, and what remains when nothing is well. */
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  CHECK_STATUSES,
  isDown,
  type CheckStatus,
  type Json,
  type Reason,
} from "../../../shared/domain/monitoring/check.ts";
import type { RouteEndpoint } from "../../../shared/domain/routing/endpoint.ts";
import { rankEndpoints, type Asked, type Evidence } from "../../../shared/domain/routing/rank.ts";

const ANY: Asked = { model: null, exclude: new Set(), maxLatencyMs: null };

const endpoint = (id: string, tier: number, more: Partial<RouteEndpoint> = {}): RouteEndpoint => ({
  id,
  tier,
  api: "openai",
  url: `http://${id}:8080`,
  models: null,
  members: null,
  ...more,
});

const evidence = (status: CheckStatus, more: Partial<Evidence> = {}): Evidence => ({
  status,
  reason: null,
  message: null,
  checkedAtMs: 1_000,
  responseTimeMs: 100,
  limitMs: 1_000,
  data: undefined,
  ...more,
});

const SEED = [endpoint("jetson", 1), endpoint("cpu", 2), endpoint("lb", 3, { members: ["jetson", "cpu"] })];

function rank(
  states: Readonly<Record<string, Evidence>>,
  asked: Partial<Asked> = {},
  endpoints: readonly RouteEndpoint[] = SEED,
) {
  const { candidates, skipped, isFailOpen } = rankEndpoints(
    endpoints,
    { ...ANY, ...asked },
    (id) => states[id] ?? evidence("unknown"),
  );
  return {
    order: candidates.map((each) => each.endpoint.id),
    skipped: Object.fromEntries(skipped.map(({ ranked, why }) => [ranked.endpoint.id, why])),
    isFailOpen,
    candidates,
  };
}

const WELL = { jetson: evidence("healthy"), cpu: evidence("healthy"), lb: evidence("healthy") };

describe("tiers", () => {
  it("come in their order, however much better the score of a later one is", () => {
    const slow = evidence("healthy", { responseTimeMs: 999 });
    expect(rank({ ...WELL, jetson: slow }).order).toEqual(["jetson", "cpu", "lb"]);
  });

  it.each<[Reason, readonly string[]]>([
    ["busy", ["cpu", "jetson", "lb"]],
    ["cpu_fallback", ["cpu", "jetson", "lb"]],
    ["starting", ["cpu", "jetson", "lb"]],
    ["full", ["jetson", "cpu", "lb"]],
    ["partly_down", ["jetson", "cpu", "lb"]],
  ])("stand behind the next one while callers feel that one is degraded: %s", (reason, order) => {
    expect(rank({ ...WELL, jetson: evidence("degraded", { reason }) }).order).toEqual(order);
  });
});

describe("who is left out, and why", () => {
  it.each<[CheckStatus, string]>([
    ["unhealthy", "down"],
    ["timeout", "down"],
    ["error", "down"],
    ["maintenance", "maintenance"],
    ["unknown", "unknown"],
  ])("is who is %s", (status, why) => {
    const { order, skipped } = rank({ ...WELL, jetson: evidence(status) });
    expect([order, skipped]).toEqual([["cpu", "lb"], { jetson: why }]);
  });

  it("is who was named, or was slower than asked for", () => {
    expect(rank(WELL, { exclude: new Set(["jetson"]) }).skipped).toEqual({ jetson: "excluded" });
    const states = { ...WELL, jetson: evidence("healthy", { responseTimeMs: 501 }) };
    expect(rank(states, { maxLatencyMs: 500 })).toMatchObject({
      order: ["cpu", "lb"],
      skipped: { jetson: "too_slow" },
    });
  });

  it("is a load balancer while all that it balances is known to be down", () => {
    const states = { jetson: evidence("error"), cpu: evidence("timeout"), lb: evidence("healthy") };
    expect(rank(states)).toMatchObject({
      order: ["jetson", "cpu", "lb"],
      skipped: { jetson: "down", cpu: "down", lb: "members_down" },
      isFailOpen: true,
    });
    expect(rank({ ...states, cpu: evidence("unknown") }).order).toEqual(["lb"]);
  });

  it("is called all the same where nobody knows what it balances", () => {
    const endpoints = [...SEED.slice(0, 2), endpoint("lb", 3, { members: [] })];
    const states = { jetson: evidence("error"), cpu: evidence("timeout"), lb: evidence("healthy") };
    expect(rank(states, {}, endpoints)).toMatchObject({ order: ["lb"], isFailOpen: false });
  });
});

describe("when nothing is well", () => {
  it("the least bad comes first, and that is said", () => {
    const states = { jetson: evidence("error"), cpu: evidence("unknown"), lb: evidence("maintenance") };
    expect(rank(states)).toMatchObject({ order: ["cpu", "jetson", "lb"], isFailOpen: true });
  });

  it("who was excluded, or has not the model, is not called even then", () => {
    const endpoints = [endpoint("jetson", 1), endpoint("cpu", 2, { models: [{ name: "small", own: "small" }] })];
    const asked = { exclude: new Set(["jetson"]), model: "large" };
    expect(rank({ jetson: evidence("error"), cpu: evidence("healthy") }, asked, endpoints)).toMatchObject({
      order: [],
      skipped: { jetson: "excluded", cpu: "other_models" },
      isFailOpen: false,
    });
  });
});

describe("a model", () => {
  const withData = (data: Json): Evidence => evidence("healthy", { data });
  const modelOf = (data: Json, model: string | null, more: Partial<RouteEndpoint> = {}) =>
    rank({ jetson: withData(data) }, { model }, [endpoint("jetson", 1, more)]).candidates[0]?.model ?? null;

  it("is called what the endpoint calls it", () => {
    const data = { models: ["llama3.2:3b", "nomic:latest"], loaded: [{ name: "nomic:latest" }] };
    expect(modelOf(data, "LLAMA3.2:3B")).toEqual({ own: "llama3.2:3b", isListed: true, isLoaded: false });
    expect(modelOf(data, "nomic")).toEqual({ own: "nomic:latest", isListed: true, isLoaded: true });
    const models = [{ name: "chat", own: "llama3.2:3b" }];
    expect(modelOf(data, "chat", { models })).toMatchObject({ own: "llama3.2:3b", isListed: true });
  });

  it("is any that is loaded, or the first, when none is asked for", () => {
    expect(modelOf({ models: ["a", "b"], loaded: ["b"] }, null)?.own).toBe("b");
    expect(modelOf({ models: ["a", "b"], loaded: null }, null)?.own).toBe("a");
    expect(modelOf({ model: "tiny", sleeping: false }, null)).toEqual({ own: "tiny", isListed: true, isLoaded: true });
    expect(modelOf("pong", null)?.own).toBeNull();
  });

  it("that is not in a whole list is not there; in a list that was cut it may be", () => {
    expect(modelOf({ models: ["a"] }, "b")).toBeNull();
    expect(modelOf({ models: ["a", "… and 12 more"] }, "b")).toEqual({ own: "b", isListed: null, isLoaded: null });
  });
});

describe("a score", () => {
  it("is made of what is known, and of halves where nothing is", () => {
    const data = { model: "tiny", sleeping: false, slots_total: 4, slots_busy: 1 };
    const [known] = rank({ jetson: evidence("healthy", { data }) }, {}, [endpoint("jetson", 1)]).candidates;
    expect(known).toMatchObject({
      load: "busy",
      terms: { free_capacity: 0.75, latency: 0.9, model_loaded: 1 },
      score: 0.865,
    });
    const [unknown] = rank({ jetson: evidence("healthy", { responseTimeMs: null }) }, {}, [
      endpoint("jetson", 1),
    ]).candidates;
    expect(unknown).toMatchObject({ load: "unknown", terms: { free_capacity: null, latency: null }, score: 0.5 });
  });

  it("orders those of one tier", () => {
    const twins = [endpoint("left", 1), endpoint("right", 1)];
    const busy = evidence("healthy", { data: { model: "m", sleeping: false, slots_total: 1, slots_busy: 1 } });
    const idle = evidence("healthy", { data: { model: "m", sleeping: false, slots_total: 1, slots_busy: 0 } });
    expect(rank({ left: busy, right: idle }, {}, twins).order).toEqual(["right", "left"]);
  });
});

describe("whatever the states are", () => {
  const states = fc.record({
    jetson: fc.constantFrom(...CHECK_STATUSES),
    cpu: fc.constantFrom(...CHECK_STATUSES),
    lb: fc.constantFrom(...CHECK_STATUSES),
  });
  it("somebody is named, everybody has one place, and a balancer is never above members that are all down", () => {
    fc.assert(
      fc.property(states, ({ jetson, cpu, lb }) => {
        const found = rank({ jetson: evidence(jetson), cpu: evidence(cpu), lb: evidence(lb) });
        expect(found.order.length).toBeGreaterThan(0);
        const left = found.isFailOpen ? [] : Object.keys(found.skipped);
        expect([...found.order, ...left].toSorted()).toEqual(["cpu", "jetson", "lb"]);
        if (isDown(jetson) && isDown(cpu)) expect(found.order.indexOf("lb")).not.toBe(0);
        expect(found.isFailOpen).toBe(Object.keys(found.skipped).length === SEED.length);
      }),
    );
  });
});

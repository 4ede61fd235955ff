/**
 * What probes and canaries of check type `ollama` change in an Ollama: nothing, over weeks, with and without users.
 */
import { describe, expect, it } from "vitest";
import type { FakeOllama } from "../../support/fake-ollama.ts";
import { bench, model, NO_CHANGES } from "../../support/ollama-bench.ts";

/** A number of [0, 1) after the other, always the same ones. */
function numbers(seed: number): () => number {
  let state = seed;
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state / 2 ** 32;
  };
}

const canariesOf = ({ asked }: FakeOllama, users: number): number => (asked.get("/api/generate") ?? 0) - users;

describe("probes of Ollama", () => {
  it("change nothing in five thousand of them, while people use three of five models in turn", async () => {
    const random = numbers(1);
    const names = ["a", "b", "c", "d", "e"];
    const { clock, ollama, call, probe, left } = bench(names.map((name) => model(name)));
    for (let round = 0; round < 5_000; round += 1) {
      if (random() < 0.05) void call(names[Math.floor(random() * 3)] ?? "a", { options: { num_predict: 40 } });
      expect((await probe()).status).toBe("healthy");
      await clock.advance(30_000);
    }
    expect(ollama.changes).toEqual(NO_CHANGES);
    expect(ollama.asked.get("/api/tags")).toBe(5_000);
    // Two questions a probe, and the version once an hour: every 120 probes.
    expect(ollama.asked.get("/api/ps")).toBe(5_000);
    expect(ollama.asked.get("/api/version")).toBeLessThanOrEqual(42);
    expect(left.memory).toBeLessThanOrEqual(1_024);
    expect(left.baseline).toBeLessThanOrEqual(32_768);
  });
});

describe("canaries", () => {
  /** People who use models now and then, some with a context or a keep_alive of their own. */
  async function live({ seed, rounds, settings, users }: Life) {
    const random = numbers(seed);
    const names = ["a", "b", "c", "d", "embed"];
    const models = names.map((name) => model(name, { embedding: name === "embed" }));
    const { clock, ollama, call, probe, left } = bench(models, { canary: {}, ...settings });
    let [called, worst] = [0, 0];
    const seen = new Set<string>();
    for (let round = 0; round < rounds; round += 1) {
      if (random() < users.chance) {
        called += 1;
        const name = users.names[Math.floor(random() * users.names.length)] ?? "a";
        void call(name, users.body(random));
      }
      const { status, details } = await probe();
      seen.add(status);
      const { canary } = details.data as { canary: { spent_today: number } };
      worst = Math.max(worst, canary.spent_today);
      await clock.advance(30_000);
    }
    return { ollama, canaries: canariesOf(ollama, called), worst, seen, left };
  }

  interface Life {
    readonly seed: number;
    readonly rounds: number;
    readonly settings?: object;
    readonly users: {
      readonly chance: number;
      readonly names: readonly string[];
      readonly body: (random: () => number) => Record<string, unknown>;
    };
  }

  it("load, unload, reload, evict and pin nothing while people use all that there is", async () => {
    const body = (random: () => number) => ({ options: { num_predict: Math.floor(random() * 400) } });
    const users = { chance: 0.03, names: ["a", "b", "c", "d"], body };
    const { ollama, canaries, seen, left } = await live({ seed: 2, rounds: 8_000, users });
    expect(ollama.changes).toEqual(NO_CHANGES);
    expect(canaries).toBeGreaterThan(100);
    expect([...seen]).toEqual(["healthy"]);
    expect(left.memory).toBeLessThanOrEqual(1_024);
  });

  it("do so also where some ask for a context or a keep_alive of their own", async () => {
    const body = (random: () => number) => ({
      ...(random() < 0.3 && { keep_alive: Math.floor(random() * 7_200) }),
      options: { num_predict: 20, ...(random() < 0.3 && { num_ctx: 8_192 }) },
    });
    const users = { chance: 0.05, names: ["a", "b", "c", "d"], body };
    const { ollama, canaries } = await live({ seed: 3, rounds: 8_000, users });
    expect(ollama.changes).toEqual(NO_CHANGES);
    expect(canaries).toBeGreaterThan(50);
  });

  it.each([
    { budget: 24, atLeast: 2 * 24 },
    { budget: 1_440, atLeast: 2_500 },
  ])("come as often as they are allowed to where a model is pinned, $budget a day", async ({ budget, atLeast }) => {
    const body = () => ({ keep_alive: -1, options: { num_predict: 1 } });
    const users = { chance: 0.01, names: ["a"], body };
    const settings = { canary: { every: "1m", budget } };
    const { ollama, canaries, worst } = await live({ seed: 4, rounds: 6_000, settings, users });
    expect(ollama.changes).toEqual(NO_CHANGES);
    expect(worst).toBeLessThanOrEqual(budget);
    expect(canaries).toBeGreaterThanOrEqual(atLeast);
  });
});

import { describe, expect, it } from "vitest";
import { listSayings } from "../../../functions/page/said-of-itself.ts";

describe("what a service says of itself", () => {
  it("is a row for each thing, in words", () => {
    const data = {
      models: ["llama3.2:3b", "qwen"],
      loaded: [],
      is_sleeping: false,
      canary: { spent_today: 3, last_ok_at: null },
      version: "",
      memory_usage_percent: 45.2,
    };
    expect(listSayings(data)).toEqual([
      { label: "models", value: "llama3.2:3b, qwen" },
      { label: "loaded", value: "none" },
      { label: "is sleeping", value: "no" },
      { label: "canary", value: "spent today 3 · last ok at –" },
      { label: "version", value: "–" },
      { label: "memory usage percent", value: "45.2" },
    ]);
  });

  it.each([[undefined], [null], ["text"], [7], [["a"]]])("is nothing for %j", (data) => {
    expect(listSayings(data)).toEqual([]);
  });

  it("is clean and short, and has an end", () => {
    const many = Object.fromEntries(Array.from({ length: 100 }, (_, index) => [`k${index}`, "x".repeat(5_000)]));
    const sayings = listSayings({ "evil\u202e": "a\u0000b", ...many });
    expect(sayings[0]).toEqual({ label: "evil", value: "ab" });
    expect(sayings).toHaveLength(16);
    expect(Math.max(...sayings.map(({ value }) => value.length))).toBeLessThanOrEqual(200);
  });
});

/**
 * The order in which the benchmark measures its two sides, on sides that only count.
 */
import { describe, expect, it } from "vitest";
import { figures, pairedRounds } from "../../../scripts/bench/row.ts";

function countingSides(): { calls: string[]; ours(): Promise<string>; reference(): Promise<string> } {
  const calls: string[] = [];
  let running = 0;
  const call = async (side: string): Promise<string> => {
    running += 1;
    calls.push(running > 1 ? "both at once" : side);
    await Promise.resolve();
    running -= 1;
    return `${side} ${calls.length}`;
  };
  return { calls, ours: () => call("ours"), reference: () => call("reference") };
}

describe("pairedRounds", () => {
  it("alternates between the sides and never runs both at once", async () => {
    const sides = countingSides();
    await pairedRounds({ warmUps: 1, rounds: 2 }, sides);
    expect(sides.calls).toEqual(["ours", "reference", "ours", "reference", "ours", "reference"]);
  });

  it("drops what it measured while warming up", async () => {
    const pairs = await pairedRounds({ warmUps: 1, rounds: 2 }, countingSides());
    expect(pairs).toEqual([
      { ours: "ours 3", reference: "reference 4" },
      { ours: "ours 5", reference: "reference 6" },
    ]);
  });

  it("rejects with the error of a side and measures no further", async () => {
    const sides = countingSides();
    const reference = () => Promise.reject(new Error("gone"));
    await expect(pairedRounds({ warmUps: 0, rounds: 3 }, { ...sides, reference })).rejects.toThrow("gone");
    expect(sides.calls).toEqual(["ours"]);
  });
});

describe("figures", () => {
  it("picks one figure of both sides and keeps the pairs", () => {
    const pairs = [
      { ours: { ms: 1, rate: 10 }, reference: { ms: 2, rate: 20 } },
      { ours: { ms: 3, rate: 30 }, reference: { ms: 4, rate: 40 } },
    ];
    expect(figures(pairs, ({ rate }) => rate)).toEqual([
      { ours: 10, reference: 20 },
      { ours: 30, reference: 40 },
    ]);
  });
});

import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { readMetrics } from "../../shared/probes/prometheus-text.ts";

const read = (text: string) => readMetrics(text, new Set(["a:b"])).get("a:b") ?? [];

describe("readMetrics", () => {
  it.each([
    ["a:b 1", [{ labels: {}, value: 1 }]],
    ["a:b{} 1e3 1700000000000", [{ labels: {}, value: 1_000 }]],
    ['a:b{x="1",y="q\\"\\\\\\n}",} -0.5', [{ labels: { x: "1", y: 'q"\\\n}' }, value: -0.5 }]],
    ['a:b{ x = "1"} 2', [{ labels: {}, value: 2 }]],
    ["a:b NaN", []],
    ["a:b +Inf", []],
    ["a:bc 1", []],
    ["# a:b 1", []],
    ["a:b", []],
  ])("reads %s", (line, samples) => {
    expect(read(`other 5\n${line}\n`)).toEqual(samples);
  });

  it("takes any text", () => {
    fc.assert(fc.property(fc.string({ unit: "binary" }), (text) => void read(`a:b{${text}} 1`)));
  });

  // In a time that grows with the square of the length each of them would take minutes.
  it.each([
    ["a label without an end", `a:b{x="${"y".repeat(500_000)} 1`],
    ["a name of a label without a value", `a:b{${"a".repeat(500_000)}} 1`],
    ["many names without a value", `a:b{${"a ".repeat(1_500)}} 1\n`.repeat(160)],
    ["many ends of labels", `a:b{${"} ".repeat(1_500)}\n`.repeat(160)],
  ])("is not kept busy by %s", (_what, text) => {
    expect(read(`${text}\na:b 7`).at(-1)).toEqual({ labels: {}, value: 7 });
  });
});

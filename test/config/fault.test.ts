/** The text that a person sees when a file is refused. */
import { describe, expect, it } from "vitest";
import { FaultLog, formatFaults, Place, quote } from "../../shared/config/fault.ts";

describe("formatFaults", () => {
  it("writes a headline and one aligned line per fault", () => {
    const text = formatFaults("cluster.yaml", [
      { path: "node", line: 3, found: "5", expected: "text" },
      { path: "services.redis.timeout", line: 12, found: '"fast"', expected: 'a duration such as 30 or "30s"' },
    ]);
    expect(text).toBe(
      [
        "cluster.yaml is not valid: 2 faults",
        "  line 3   node: found 5, expected text",
        '  line 12  services.redis.timeout: found "fast", expected a duration such as 30 or "30s"',
      ].join("\n"),
    );
  });

  it("does without a path and a line where the whole file is meant", () => {
    const text = formatFaults("x", [{ path: "", found: "1000001 characters", expected: "at most 1 MB" }]);
    expect(text).toBe("x is not valid: 1 fault\n  found 1000001 characters, expected at most 1 MB");
  });
});

describe("a place of the file", () => {
  it.each([
    [[], ""],
    [["services", "redis", "depends_on", 0], "services.redis.depends_on[0]"],
    [["services", "a b", "url"], 'services["a b"].url'],
    [["a.b"], '["a.b"]'],
    [["line\nbreak"], '["line\\nbreak"]'],
  ])("is written: %j as %s", (path, text) => {
    expect(String(new Place(new FaultLog(), path))).toBe(text);
  });
});

describe("quote", () => {
  it("keeps a fault on one line and within its width", () => {
    expect(quote("a\nb\u001b[31m")).toBe('"a\\nb\\u001b[31m"');
    expect(quote("é".repeat(81))).toBe(`"${"é".repeat(79)}…"`);
    expect(quote("é".repeat(80))).toBe(`"${"é".repeat(80)}"`);
  });
});

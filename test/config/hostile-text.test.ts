/** Texts that are no configuration at all: invalid YAML, bombs, nonsense. None may throw, hang or be half accepted. */
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { parseConfig, type ConfigResult } from "../../shared/config/parse-config.ts";
import { FAKE_REGISTRY } from "../support/fake-check-types.ts";

/** Far above what any of these texts needs (under 4 s), far below "never". */
const PATIENCE_MS = 30_000;

function parse(text: string): ConfigResult {
  return parseConfig(text, { ...FAKE_REGISTRY, defaultNode: "n", resolveReference: () => null });
}

function faultsOf(text: string) {
  const result = parse(text);
  if (result.ok) expect.unreachable("accepted");
  return result.faults;
}

describe("parseConfig with invalid YAML", () => {
  it("reports each faulty line once", () => {
    const faults = faultsOf("services:\n  a: { url: 'fake://a }\nnode: x\n  hosts: [\n\tb: }\n");
    expect(faults.length).toBeGreaterThan(0);
    expect(faults.every(({ path, found }) => path === "" && found === "invalid YAML")).toBe(true);
    expect(new Set(faults.map(({ line }) => line)).size).toBe(faults.length);
  });

  it.each([
    ["a tab as indentation", "services:\n\ta: 1", 2, "spaces, not tabs"],
    ["a quote that is not closed", "node: 'x\nservices: {}", 2, "the character that closes"],
    ["two keys on one line", "node: a\nhosts: b: c", 2, "one key on a line"],
    ["a flow map that is not closed", "services: { a: 1", 1, "brackets that are closed"],
    ["an unknown escape", 'node: "\\q"', 1, "a valid escape"],
    ["a second document", "node: a\n---\nnode: b", 2, "one document"],
    ["a tag", "node: !secret x", 1, "without a tag"],
    ["a binary tag", "node: !!binary aGVsbG8=", 1, "without a tag"],
  ])("names %s and its line", (_, text, line, expected) => {
    expect(faultsOf(text)[0]).toMatchObject({ line, expected: expect.stringContaining(expected) });
  });

  it("quotes nothing of the line, which may hold a password", () => {
    expect(JSON.stringify(faultsOf('password: "hunter2" hunter2'))).not.toContain("hunter2");
  });

  it("reads `no` and dates as text, also under a YAML 1.1 directive", () => {
    const result = parse('%YAML 1.1\n---\nnode: no\nservices: { a: { name: 2001-01-01, url: "fake://a" } }');
    expect(result).toMatchObject({ ok: true, config: { node: "no", services: [{ name: "2001-01-01" }] } });
  });

  it("refuses a key that is a list or the prototype of all objects", () => {
    const faults = faultsOf('services: { a: { url: "fake://a", headers: { [x]: y, __proto__: z } } }');
    expect(faults.map(({ path, expected }) => `${path} ${expected}`)).toEqual([
      "services.a.headers a key that is text",
      "services.a.headers.__proto__ another key: this one is reserved",
    ]);
  });
});

describe("parseConfig with a bomb", () => {
  it("refuses aliases that expand to more values than a configuration has", () => {
    const levels = Array.from({ length: 12 }, (_, level) => `l${level + 1}: &l${level + 1} [${Array(10).fill(`*l${level}`).join(", ")}]`);
    expect(faultsOf(["l0: &l0 x", ...levels].join("\n"))).toEqual([
      { path: "", line: 7, found: "more values", expected: "at most 200000 values, those of aliases included" },
    ]);
  });

  it("refuses aliases that nest deeper than a configuration does", () => {
    const levels = Array.from({ length: 40 }, (_, level) => `l${level + 1}: &l${level + 1} [*l${level}]`);
    expect(faultsOf(["l0: &l0 x", ...levels].join("\n"))).toEqual([
      { path: "", line: 33, found: "deeper nesting", expected: "at most 32 levels" },
    ]);
  });

  it("refuses an alias without an anchor and goes on", () => {
    expect(faultsOf('services: { a: { url: *none }, b: 5 }').map(({ path, found }) => `${path}: ${found}`)).toEqual([
      "services.a.url: *none",
      "services.a.url: null",
      "services.b: 5",
    ]);
  });

  it("refuses an anchor that contains itself", () => {
    expect(faultsOf("services: &all { a: *all }")).toContainEqual({
      path: "services.a",
      line: 1,
      found: "*all",
      expected: "an anchor &all that ends before this line",
    });
  });

  it("refuses a text above 1 MB without reading it", () => {
    expect(faultsOf(`# ${"x".repeat(1_000_000)}`)).toEqual([
      { path: "", found: "1000002 characters", expected: "at most 1 MB" },
    ]);
  });

  it.each([
    ["open brackets", "[".repeat(500_000)],
    ["nested lists", "- ".repeat(400_000)],
    ["explicit keys", "? ".repeat(100_000)],
    ["anchors", "&a ".repeat(300_000)],
    ["empty documents", "--- \n".repeat(190_000)],
    ["directives", "%A b\n".repeat(190_000)],
    ["broken escapes", `"${"\\u".repeat(400_000)}"`],
    ["keys that nobody knows", Array.from({ length: 80_000 }, (_, index) => `time${index}: 1\n`).join("")],
    [
      "services that depend on services that nobody knows",
      `services:\n${Array.from({ length: 5_000 }, (_, index) => `  s${index}: {depends_on: [${Array(15).fill(`x${index}`).join()}]}\n`).join("")}`,
    ],
  ])("survives almost a megabyte of %s", { timeout: PATIENCE_MS }, (_, text) => {
    expect(text.length).toBeLessThanOrEqual(1_000_000);
    expect(faultsOf(text).length).toBeGreaterThan(0);
  });
});

describe("parseConfig with anything", () => {
  const fragment = fc.constantFrom(
    ..."services a url fake://a timeout 30s depends_on [ ] { } : , - ? & * ! | > ' \" % @ ` # ${X} $${ \n \t ~ null &x *x << 1e400 .nan".split(" "),
    "\n  ",
    ": ",
    "- ",
  );
  const text = fc.oneof(fc.string({ unit: "binary", maxLength: 200 }), fc.array(fragment, { maxLength: 40 }).map((parts) => parts.join("")));
  const json = fc.json({ maxDepth: 4 });

  it("returns a configuration or at least one fault", () => {
    fc.assert(
      fc.property(fc.oneof(text, json), (input) => {
        const result = parse(input);
        if (result.ok) expect(result.config.services.length).toBeGreaterThan(0);
        else expect(result.faults.length).toBeGreaterThan(0);
      }),
      { numRuns: 1_000 },
    );
  });
});

/** Texts that are no configuration at all: invalid YAML, bombs, nonsense. None may throw, hang or be half accepted. */
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { parseConfig } from "../../shared/config/parse-config.ts";
import { configOf, FAKE_OPTIONS, faultsOf } from "../support/fake-config.ts";

/** Far above what any of these texts needs (under 2 s), also on a busy machine, and far below "never". */
const PATIENCE_MS = 60_000;

describe("parseConfig with invalid YAML", () => {
  it("reports each faulty line once", () => {
    const faults = faultsOf('node: !tag x\nhosts: [&a &b !x !y "\\q"]\nservices: a: b: c\n');
    expect(faults).toEqual([
      { path: "", line: 1, found: "invalid YAML", expected: "a plain value without a tag" },
      { path: "", line: 2, found: "invalid YAML", expected: "one anchor" },
      { path: "", line: 3, found: "invalid YAML", expected: expect.stringContaining("one key on a line") },
    ]);
  });

  it.each([
    { fault: "a tab as indentation", text: "services:\n\ta: 1", line: 2, expected: "spaces, not tabs" },
    {
      fault: "a quote that is not closed",
      text: "node: 'x\nservices: {}",
      line: 1,
      expected: "the character that closes",
    },
    {
      fault: "a quote that is not closed until the end",
      text: 'services:\n  a:\n    name: "x\n    url: y\n  b:\n    url: z\n',
      line: 3,
      expected: "the character that closes",
    },
    {
      fault: "a quote that the next one closes",
      text: 'services: {\n  a: { name: "x,\n    url: "fake://a" } }',
      line: 2,
      expected: "check quotes",
    },
    {
      fault: "a quote that is not closed within brackets",
      text: "node: x\nhosts: ['a, b]\nservices:\n  a: 1\n",
      line: 2,
      expected: "the character that closes",
    },
    {
      fault: "a key whose quote is not closed",
      text: '"node: x\nservices:\n  a: 1\n',
      line: 1,
      expected: "the character that closes",
    },
    {
      fault: "a bracket that is not closed until the end",
      text: "node: x\nhosts: [a, b\n\nservices:\n  a: 1\n",
      line: 2,
      expected: "brackets that are closed",
    },
    { fault: "two keys on one line", text: "node: a\nhosts: b: c", line: 2, expected: "one key on a line" },
    { fault: "a flow map that is not closed", text: "services: { a: 1", line: 1, expected: "brackets that are closed" },
    { fault: "an unknown escape", text: 'node: "\\q" x', line: 1, expected: "a valid escape" },
    { fault: "a second document", text: "node: a\n---\nnode: b", line: 2, expected: "one document" },
    { fault: "a tag", text: "node: !secret x", line: 1, expected: "without a tag" },
    { fault: "a binary tag", text: "node: !!binary aGVsbG8=", line: 1, expected: "without a tag" },
  ])("names $fault and its line", ({ text, line, expected }) => {
    expect(faultsOf(text)[0]).toMatchObject({ line, expected: expect.stringContaining(expected) });
  });

  it("quotes nothing of the line, which may hold a password", () => {
    expect(JSON.stringify(faultsOf('password: "hunter2" hunter2'))).not.toContain("hunter2");
  });

  it("reads `no` and dates as text, also under a YAML 1.1 directive", () => {
    const config = configOf('%YAML 1.1\n---\nnode: no\nservices: { a: { name: 2001-01-01, url: "fake://a" } }');
    expect(config).toMatchObject({ node: "no", services: [{ name: "2001-01-01" }] });
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
    const levels = Array.from(
      { length: 12 },
      (_, level) => `l${level + 1}: &l${level + 1} [${Array(10).fill(`*l${level}`).join(", ")}]`,
    );
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
    expect(faultsOf("services: { a: { url: *none }, b: 5 }").map(({ path, found }) => `${path}: ${found}`)).toEqual([
      "services.a.url: *none",
      "services.a.url: nothing",
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

  // Deep enough to exhaust any stack, and long enough for whatever takes the square of the length to take minutes.
  it.each([
    ["open brackets", "[".repeat(100_000)],
    ["nested lists", "- ".repeat(100_000)],
    ["anchors of one value", "&a ".repeat(50_000)],
    ["keys that nobody knows", Array.from({ length: 25_000 }, (_, index) => `time${index}: 1\n`).join("")],
    [
      "services that depend on services that nobody knows",
      `services:\n${Array.from({ length: 1_000 }, (_, index) => `  s${index}: {depends_on: [${Array.from({ length: 50 }, (_each, other) => `x${other}`).join()}]}\n`).join("")}`,
    ],
  ])("survives any number of %s", { timeout: PATIENCE_MS }, (_, text) => {
    expect(text.length).toBeLessThanOrEqual(1_000_000);
    expect(faultsOf(text).length).toBeGreaterThan(0);
  });
});

describe("parseConfig with anything", () => {
  const fragment = fc.constantFrom(
    ..."services a url fake://a timeout 30s depends_on [ ] { } : , - ? & * ! | > ' \" % @ ` # ${X} $${ \n \t ~ null &x *x << 1e400 .nan".split(
      " ",
    ),
    "\n  ",
    ": ",
    "- ",
  );
  const text = fc.oneof(
    fc.string({ unit: "binary", maxLength: 200 }),
    fc.array(fragment, { maxLength: 40 }).map((parts) => parts.join("")),
  );
  const json = fc.json({ maxDepth: 4 });

  it("returns a configuration or at least one fault", () => {
    fc.assert(
      fc.property(fc.oneof(text, json), (input) => {
        const result = parseConfig(input, FAKE_OPTIONS);
        if (result.ok) expect(result.config.services.length).toBeGreaterThan(0);
        else expect(result.faults.length).toBeGreaterThan(0);
      }),
      { numRuns: 1_000 },
    );
  });
});

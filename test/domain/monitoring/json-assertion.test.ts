import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  compileAssertion,
  JSON_OPERATORS,
  type JsonAssertion,
} from "../../../shared/domain/monitoring/json-assertion.ts";
import { redactNothing } from "../../../shared/domain/text/redact.ts";
import { formatSentence } from "../../../shared/domain/text/sentence.ts";

const BODY = {
  status: "ok",
  load: 0.75,
  zero: 0,
  nothing: null,
  models: [{ name: "a" }, { name: "b" }],
  tags: ["x", 1],
  deep: { er: { est: true } },
};

function check(assertion: JsonAssertion, body: unknown = BODY): string | null {
  const compiled = compileAssertion(assertion);
  if (typeof compiled !== "function") throw new Error(`not an assertion: ${compiled.key}`);
  const complaint = compiled(body);
  return complaint && formatSentence(complaint, redactNothing);
}

describe("paths", () => {
  it.each([
    ["status", "ok"],
    ["$.status", "ok"],
    ["models[0].name", "a"],
    ["$.models[1].name", "b"],
    ["models.length", 2],
    ["tags[1]", 1],
    ["deep.er.est", true],
    ["nothing", null],
  ])("%s leads to %j", (path, value) => {
    expect(check({ path, operator: "equals", value })).toBeNull();
  });

  it("$ is the whole body, which may be an array", () => {
    expect(check({ path: "$", operator: "equals", value: 7 }, 7)).toBeNull();
    expect(check({ path: "[1]", operator: "equals", value: "b" }, ["a", "b"])).toBeNull();
    expect(check({ path: "$[0].x", operator: "equals", value: 1 }, [{ x: 1 }])).toBeNull();
    expect(check({ path: "length", operator: "equals", value: 2 }, [0, 0])).toBeNull();
  });

  it.each([
    "absent",
    "models[2]",
    "status.length",
    "models[0].name.x",
    "constructor",
    "__proto__",
    "toString",
    "deep.hasOwnProperty",
  ])("%s finds nothing", (path) => {
    expect(check({ path, operator: "exists", value: false })).toBeNull();
    expect(check({ path, operator: "exists" })).toContain("absent");
  });

  it.each(["", "a..b", ".a", "a.", "a[", "a[]", "a[-1]", "a[x]", "a]b", "$a", "$.", "a[0]b", "a[99999999999]"])(
    "%j is refused",
    (path) => {
      expect(compileAssertion({ path, operator: "exists" })).toMatchObject({ key: "path" });
    },
  );
});

describe("operators", () => {
  it.each<[JsonAssertion]>([
    [{ path: "status", operator: "equals", value: "ok" }],
    [{ path: "status", operator: "not_equals", value: "bad" }],
    [{ path: "zero", operator: "not_equals", value: "0" }],
    [{ path: "status", operator: "contains", value: "k" }],
    [{ path: "tags", operator: "contains", value: 1 }],
    [{ path: "load", operator: "greater_than", value: 0.5 }],
    [{ path: "load", operator: "less_than", value: 1 }],
    [{ path: "nothing", operator: "exists" }],
    [{ path: "zero", operator: "exists", value: true }],
    [{ path: "gone", operator: "exists", value: false }],
  ])("%j holds", (assertion) => {
    expect(check(assertion)).toBeNull();
  });

  it.each<[JsonAssertion, string]>([
    [{ path: "status", operator: "equals", value: "OK" }, 'status is "ok", expected equals "OK"'],
    [{ path: "zero", operator: "equals", value: "0" }, 'zero is 0, expected equals "0"'],
    [{ path: "gone", operator: "equals", value: null }, "gone is absent, expected equals null"],
    [{ path: "gone", operator: "not_equals", value: 1 }, "gone is absent, expected not equals 1"],
    [{ path: "status", operator: "not_equals", value: "ok" }, 'status is "ok", expected not equals "ok"'],
    [{ path: "tags", operator: "contains", value: "1" }, 'tags is an array of 2, expected contains "1"'],
    [{ path: "deep", operator: "contains", value: "er" }, 'deep is an object, expected contains "er"'],
    [{ path: "load", operator: "greater_than", value: 0.75 }, "load is 0.75, expected greater than 0.75"],
    [{ path: "load", operator: "less_than", value: 0.75 }, "load is 0.75, expected less than 0.75"],
    [{ path: "status", operator: "greater_than", value: 0 }, 'status is "ok", expected greater than 0'],
    [{ path: "nothing", operator: "less_than", value: 1 }, "nothing is null, expected less than 1"],
    [{ path: "status", operator: "exists", value: false }, 'status is "ok", expected exists false'],
    [{ path: "gone", operator: "exists" }, "gone is absent, expected exists"],
  ])("%j does not hold, because %s", (assertion, complaint) => {
    expect(check(assertion)).toBe(complaint);
  });

  it.each<[JsonAssertion]>([
    [{ path: "a", operator: "equals" }],
    [{ path: "a", operator: "not_equals" }],
    [{ path: "a", operator: "contains" }],
    [{ path: "a", operator: "contains", value: "" }],
    [{ path: "a", operator: "greater_than", value: "1" }],
    [{ path: "a", operator: "less_than" }],
    [{ path: "a", operator: "exists", value: "yes" }],
  ])("refuses %j for its value", (assertion) => {
    expect(compileAssertion(assertion)).toMatchObject({ key: "value" });
  });
});

describe("complaints", () => {
  it("show what was found short, on one line and well-formed", () => {
    const status = `line\nbreak\u0000\u202e\ud800${"x".repeat(500)}`;
    const complaint = check({ path: "status", operator: "equals", value: "ok" }, { status }) ?? "";
    // oxlint-disable-next-line no-control-regex -- their absence is the point
    expect(complaint).not.toMatch(/[\u0000-\u001f\u202e]/);
    expect(complaint.isWellFormed()).toBe(true);
    expect(complaint.length).toBeLessThanOrEqual(200);
  });

  it("never throw and stay short, whatever the body", () => {
    const assertions = fc.record<JsonAssertion>({
      path: fc.constantFrom("a", "a.b", "[0]", "$", "a[0].b", "length", "__proto__.x", "long".repeat(50)),
      operator: fc.constantFrom(...JSON_OPERATORS),
      value: fc.oneof(
        fc.string({ maxLength: 300 }),
        fc.double(),
        fc.boolean(),
        fc.constant(null),
        fc.constant(undefined),
      ),
    });
    fc.assert(
      fc.property(assertions, fc.jsonValue(), (assertion, body) => {
        const compiled = compileAssertion(assertion);
        const complaint = typeof compiled === "function" ? compiled(body) : null;
        expect(complaint?.length ?? 0).toBeLessThanOrEqual(200);
      }),
    );
  });
});

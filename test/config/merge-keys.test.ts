/** `<<: *name` and the `x-` keys that hold what is merged, as Compose files have them. On a fake check type. */
import { describe, expect, it } from "vitest";
import { configOf, faultsOf } from "../support/fake-config.ts";

const HOLDERS = `x-patient: &patient { timeout: 1m, critical: true }
x-calm:
  deep: [1, { any: thing }]
  keys: &calm { timeout: 20, failures: 5 }
`;

describe("a merge key", () => {
  it.each([
    ["an alias", "a: { <<: *patient, url: fake://a }", { timeoutMs: 60_000, critical: true }],
    ["an alias after other keys", "a: { url: fake://a, <<: *patient }", { timeoutMs: 60_000, critical: true }],
    ["less than the map's own keys", "a: { <<: *patient, url: fake://a, timeout: 5 }", { timeoutMs: 5_000 }],
    [
      "several, of which the first that has a key decides",
      "a: { <<: [*calm, *patient], url: fake://a }",
      { timeoutMs: 20_000, critical: true, alertRules: { failures: 5 } },
    ],
    [
      "a map that merges another one",
      "a: { <<: { <<: *patient, failures: 4 }, url: fake://a }",
      { timeoutMs: 60_000, alertRules: { failures: 4 } },
    ],
    ["nothing", "a: { <<: {}, url: fake://a }", { timeoutMs: 10_000 }],
  ])("brings in %s", (_, service, expected) => {
    expect(configOf(`${HOLDERS}services:\n  ${service}\n`).services[0]).toMatchObject(expected);
  });

  it("brings in services, keys of a section, and references", () => {
    const { services, intervals } = configOf(`
x-intervals: &often { critical: 1, non_critical: 2 }
x-service: &service { url: "fake://\${HOST}", password: "\${TOKEN}" }
x-services: &more { b: { <<: *service }, a: { url: fake://other } }
intervals: { <<: *often, non_critical: 3 }
services: { a: { url: fake://a, name: Own }, <<: *more }
`);
    expect(intervals).toMatchObject({ criticalMs: 1_000, nonCriticalMs: 3_000 });
    expect(services.map(({ id, name }) => `${id} ${name}`)).toEqual(["a Own", "b b"]);
  });

  it("may bring in an anchor that others use", () => {
    const { services } = configOf("services: { a: { <<: &x { url: fake://a, timeout: 3 } }, b: { <<: *x } }");
    expect(services.map(({ timeoutMs }) => timeoutMs)).toEqual([3_000, 3_000]);
  });

  it("shows where a faulty key stands that it brings in, and holds it to the rules of its new place", () => {
    const text =
      "x-common: &common\n  timeout: fast\n  password: hunter2\nservices:\n  a: { <<: *common, url: fake://a }\n";
    expect(faultsOf(text).map(({ path, line, found }) => `${line} ${path} ${found}`)).toEqual([
      '2 services.a.timeout "fast"',
      "3 services.a.password a literal value",
    ]);
  });

  it.each([
    ["a: { <<: 5, url: fake://a }", 'services.a["<<"] a value'],
    ["a: { <<: [{}, x], url: fake://a }", 'services.a["<<"][1] a value'],
    ["a: { <<: *none, url: fake://a }", 'services.a["<<"] *none'],
    ["a: { <<: , url: fake://a }", 'services.a["<<"] a value'],
    ["a: { <<: {}, <<: {}, url: fake://a }", 'services.a["<<"] the key "<<" again'],
    ['a: { "<<": {}, url: fake://a }', 'services.a["<<"] the key "<<"'],
    ["a: &a { <<: *a, url: fake://a }", 'services.a["<<"] *a'],
  ])("is refused as %s", (service, fault) => {
    expect(faultsOf(`services:\n  ${service}\n`).map(({ path, found }) => `${path} ${found}`)).toEqual([fault]);
  });

  it("is no way to a bomb", () => {
    const levels = (merged: (below: string) => string, count: number): string =>
      Array.from(
        { length: count },
        (_, level) => `x-${level + 1}: &l${level + 1} { <<: ${merged(`*l${level}`)} }\n`,
      ).join("");
    const tenfold = levels((below) => `[${Array(10).fill(below).join()}]`, 12);
    expect(faultsOf(`x-0: &l0 { a: 1 }\n${tenfold}`)).toMatchObject([{ found: "more values" }]);
    expect(faultsOf(`x-0: &l0 { a: 1 }\n${levels((below) => below, 20_000)}`)).toMatchObject([
      { found: "deeper nesting" },
    ]);
  });
});

describe("a key that holds what others refer to", () => {
  it("begins with x- and stands at the top", () => {
    expect(configOf("x-: 1\nx-any thing: [a]\nservices: { a: { url: fake://a } }").services).toHaveLength(1);
    expect(faultsOf("services: { a: { url: fake://a, x-note: 1 } }\nxnote: 1")).toMatchObject([
      { path: "services.a.x-note" },
      { path: "xnote" },
    ]);
  });

  it("is no place for secrets", () => {
    const [fault] = faultsOf(
      "x-hook: https://hooks.slack.com/services/T0/B0/hunter2\nservices: { a: { url: fake://a } }",
    );
    expect(fault).toMatchObject({ path: "x-hook", found: "a literal webhook URL" });
  });
});

/** A section is one file and one line: whatever is registered is parsed, checked, typed and published, and nothing else needs to know. */
import { describe, expect, it } from "vitest";
import * as z from "zod/mini";
import { buildEditorSchema } from "../../../shared/config/editor-schema.ts";
import { parseConfig } from "../../../shared/config/parse-config.ts";
import { about, faultAt } from "../../../shared/config/schemas.ts";
import { defineSection } from "../../../shared/config/section.ts";
import { SECTIONS } from "../../../shared/config/sections/registry.ts";
import { intervals } from "../../../shared/config/sections/intervals.ts";
import { FAKE_REGISTRY } from "../../support/fake-check-types.ts";
import { FAKE_OPTIONS } from "../../support/fake-config.ts";
import { accepts, type JsonSchema } from "../../support/json-schema.ts";

const shape = z.strictObject({
  target: about("In percent.", z._default(z.number().check(z.gte(0), z.lt(100)), 99)),
  token: about("Where it is reported.", z.optional(z.string())),
});

/** Of a later version: what the file would say of it is refused today. */
const slo = defineSection({
  unit: "Percent",
  isSecret: ([key]) => key === "token",
  schema: ({ valueOf, file }) =>
    z.pipe(
      about("What services should reach.", z.prefault(shape, {})),
      z.transform(({ target }, { issues }) => {
        if (valueOf(intervals)?.criticalMs === 60_000) issues.push(faultAt(["target"], "intervals below a minute"));
        if (file["node"] === "elsewhere") issues.push(faultAt([], "no such section on another node"));
        return target;
      }),
    ),
});

const REGISTRY = { ...SECTIONS, service_objective: slo };

const SERVICES = "services: { a: { url: fake://a } }";

const parse = (...lines: readonly string[]) => parseConfig([...lines, SERVICES].join("\n"), FAKE_OPTIONS, REGISTRY);

describe("a section that is added to the registry", () => {
  it("has its value under the camel case of its key and its unit, beside the others", () => {
    const result = parse("service_objective: { target: 99.9 }");
    if (!result.ok) expect.unreachable(JSON.stringify(result.faults));
    const percent: number = result.config.serviceObjectivePercent;
    expect(percent).toBe(99.9);
    expect(result.config.maxConnections).toBe(2_000);
  });

  it("has its defaults when the file does not say it", () => {
    expect(parse()).toMatchObject({ ok: true, config: { serviceObjectivePercent: 99 } });
  });

  it("is no key of a file where it is not registered", () => {
    expect(parseConfig(`service_objective: {}\n${SERVICES}`, FAKE_OPTIONS)).toMatchObject({
      ok: false,
      faults: [{ path: "service_objective", expected: expect.stringContaining("one of node, services") }],
    });
  });

  it("reports its faults with path and line, and its keys with a guess", () => {
    const result = parse("service_objective:", "  target: 100", "  targe: 99");
    expect(!result.ok && result.faults).toEqual([
      { path: "service_objective.target", line: 2, found: "100", expected: "less than 100" },
      {
        path: "service_objective.targe",
        line: 3,
        found: 'the key "targe"',
        expected: 'no such key; perhaps "target" is meant',
      },
    ]);
  });

  it("is checked against what other sections have become, and against what is written in them", () => {
    const result = parse("service_objective: {}", "intervals: { critical: 1m }", "node: elsewhere");
    expect(!result.ok && result.faults.map(({ path, expected }) => `${path} ${expected}`)).toEqual([
      "service_objective.target intervals below a minute",
      "service_objective no such section on another node",
    ]);
  });

  it("is checked while another section is faulty", () => {
    const result = parse("service_objective: { target: 101 }", "intervals: 5");
    expect(!result.ok && result.faults.map(({ path }) => path)).toEqual(["service_objective.target", "intervals"]);
  });

  it("keeps its secrets out of the file and out of its faults", () => {
    const result = parse("service_objective: { token: hunter2 }");
    expect(!result.ok && result.faults).toMatchObject([
      { path: "service_objective.token", found: "a literal value", expected: expect.stringContaining("a reference") },
    ]);
    expect(JSON.stringify(result)).not.toContain("hunter2");
  });

  it("is a key of the schema for editors", () => {
    const schema = buildEditorSchema(FAKE_REGISTRY, REGISTRY) as JsonSchema;
    const services = { a: { url: "fake://a" } };
    expect(accepts(schema, { services, service_objective: { target: 99.9 } })).toBe(true);
    expect(accepts(schema, { services, service_objective: { target: 100 } })).toBe(false);
    expect(accepts(buildEditorSchema(FAKE_REGISTRY) as JsonSchema, { services, service_objective: {} })).toBe(false);
  });
});

describe("the registry", () => {
  it("leads to the keys of a file in the order in which editors show them", () => {
    const { properties } = buildEditorSchema(FAKE_REGISTRY);
    expect(Object.keys(properties ?? {})).toEqual(Object.keys(SECTIONS));
  });
});

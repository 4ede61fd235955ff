/** The JSON Schema for editors: up to date, complete, and of one mind with the parser about every fixture. */
import { execFile } from "node:child_process";
import { readdirSync, readFileSync } from "node:fs";
import { promisify } from "node:util";
import { describe, expect, it } from "vitest";
import { parse } from "yaml";
import { buildEditorSchema } from "../../shared/config/editor-schema.ts";
import { CHANNEL_TYPES } from "../../shared/notify/registry.ts";
import { CHECK_TYPES, DEFAULT_CHECK_TYPE } from "../../shared/probes/registry.ts";
import { FAKE_REGISTRY } from "../support/fake-check-types.ts";
import { accepts, type JsonSchema } from "../support/json-schema.ts";

const SCHEMA = buildEditorSchema({
  checkTypes: CHECK_TYPES,
  defaultCheckType: DEFAULT_CHECK_TYPE,
  channelTypes: CHANNEL_TYPES,
}) as JsonSchema;
const FAKE_SCHEMA = buildEditorSchema(FAKE_REGISTRY) as JsonSchema;
const ACCEPTED = new URL("fixtures/accepted/", import.meta.url);

function fakeAccepts(keys: Readonly<Record<string, unknown>>): boolean {
  return accepts(FAKE_SCHEMA, { services: { a: { url: "fake://a", ...keys } } });
}

describe("cluster.schema.json", () => {
  it("is what scripts/write-schema.ts writes", async () => {
    const script = new URL("../../scripts/write-schema.ts", import.meta.url).pathname;
    await expect(promisify(execFile)(process.execPath, [script, "--check"])).resolves.toMatchObject({ stderr: "" });
  });

  it("accepts the example", () => {
    expect(accepts(SCHEMA, parse(readFileSync(new URL("../../cluster.example.yaml", import.meta.url), "utf8")))).toBe(
      true,
    );
  });

  it.each(readdirSync(ACCEPTED))("accepts what the parser accepts: %s", (name) => {
    expect(accepts(SCHEMA, parse(readFileSync(new URL(name, ACCEPTED), "utf8"), { merge: true }))).toBe(true);
  });

  it("describes every key", () => {
    const undescribed = (schema: JsonSchema, path: string): string[] => {
      const { properties = {}, additionalProperties, anyOf = [] } = schema as { [keyword: string]: object };
      const own = Object.entries(properties).flatMap(([key, value]: [string, JsonSchema]) => [
        ...("description" in value ? [] : [`${path}.${key}`]),
        ...undescribed(value, `${path}.${key}`),
      ]);
      const below = [additionalProperties, ...(anyOf as object[])].filter((value) => typeof value === "object");
      return [...own, ...below.flatMap((value) => undescribed(value as JsonSchema, `${path}.*`))];
    };
    expect(undescribed(SCHEMA, "")).toEqual([]);
  });
});

describe("editorSchema", () => {
  it.each([
    ["nothing more", {}],
    ["durations as numbers and texts", { timeout: 0.1, interval: "1d", slow_after: "50.5s" }],
    ["the default check type by name", { check_type: "fake" }],
    ["a reference as a secret", { password: "${TOKEN}" }],
    ["a reference in a text with a form", { name: "${NAME}", timeout: "${TIMEOUT}" }],
  ])("accepts %s", (_, keys) => {
    expect(fakeAccepts(keys)).toBe(true);
  });

  it.each([
    ["an unknown key", { tiemout: 5 }],
    ["a literal secret", { password: "hunter2" }],
    ["a timeout out of bounds", { timeout: 301 }],
    ["a duration without a unit", { timeout: "30" }],
    ["another check type with the keys of this one", { check_type: "plain" }],
    ["an unknown check type", { check_type: "smtp" }],
    ["a nested unknown key", { json: { path: "a", equals: 1, is: 1 } }],
  ])("refuses %s", (_, keys) => {
    expect(fakeAccepts(keys)).toBe(false);
  });

  it("refuses a cluster without services, and ids that the parser refuses", () => {
    const a = { url: "fake://a" };
    expect(accepts(FAKE_SCHEMA, { services: { a } })).toBe(true);
    for (const services of [{}, { "a b": a }, { "${a}": a }, { "42": a }])
      expect(accepts(FAKE_SCHEMA, { services })).toBe(false);
    expect(accepts(FAKE_SCHEMA, {})).toBe(false);
  });
});

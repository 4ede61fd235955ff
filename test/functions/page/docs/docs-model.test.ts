/** The page about the API describes all that is registered, whatever will be: nothing here names an endpoint. */
import { execFileSync } from "node:child_process";
import { describe, expect, it } from "vitest";
import * as z from "zod/mini";
import { ENDPOINTS } from "../../../../functions/endpoints/registry.ts";
import type { Endpoint } from "../../../../functions/http/endpoint.ts";
import { openApiDocument } from "../../../../functions/http/openapi.ts";
import type { ApiDocument } from "../../../../functions/page/docs/api-document.ts";
import { buildDocs, type Operation } from "../../../../functions/page/docs/docs-model.ts";
import { curlLine } from "../../../../functions/page/docs/example.ts";
import { kindOf, listFields } from "../../../../functions/page/docs/fields.ts";
import { DocsView } from "../../../../functions/page/views/docs.tsx";
import { T0 } from "../../../support/checks.ts";

const PLACE = { origin: "http://localhost:8083", parts: { service: "tools" } };

function docsOf(readsNeedToken: boolean) {
  const document = JSON.parse(JSON.stringify(openApiDocument(ENDPOINTS, readsNeedToken))) as ApiDocument;
  return buildDocs(document, PLACE, T0);
}

const OPEN = docsOf(false);
const OPERATIONS = OPEN.groups.flatMap(({ operations }) => operations);
// oxlint-disable-next-line typescript/no-base-to-string -- an element of hono is its markup as a text
const HTML = DocsView({ docs: OPEN }).toString();

/** Words of a shell. */
function wordsOf(line: string): string[] {
  const env = { ...process.env, MONITORING_TOKEN: "lgm_token" };
  return execFileSync("sh", ["-c", `for word in ${line}; do printf '%s\\0' "$word"; done`], { env })
    .toString()
    .split("\0")
    .slice(0, -1);
}

describe.each(ENDPOINTS.map((endpoint: Endpoint) => [`${endpoint.method} ${endpoint.path}`, endpoint] as const))(
  "%s",
  (_name, endpoint) => {
    const { path, method, name, summary, query, pathParameters, refusals, body } = endpoint;
    const found = (): Operation => {
      const operation = OPERATIONS.find((each) => each.id === name);
      if (!operation) expect.unreachable(`${name} is not described`);
      return operation;
    };

    it("has its place, its summary and its parameters", () => {
      expect(found()).toMatchObject({ method, path, summary });
      const declared = [...Object.keys(pathParameters), ...Object.keys(query)];
      const shown = found().parameters.filter(({ place }) => place !== "header");
      expect(shown.map((parameter) => parameter.name)).toEqual(declared);
      expect(found().ownRefusals.map(({ description }) => description)).toEqual(
        expect.arrayContaining(Object.values(refusals)),
      );
      expect(found().refusals).toContain("400");
    });

    it("has each field of its answer", () => {
      const shape = endpoint.response instanceof z.ZodMiniObject ? Object.keys(endpoint.response.shape) : [];
      const [{ fields, kind } = { fields: [], kind: [] }] = found().answers;
      const isNamed = kind.some(({ isType }) => isType);
      const names = isNamed ? namesOfType(kind[0]?.text ?? "") : fields.map((field) => field.name);
      expect(names).toEqual(expect.arrayContaining(shape));
    });

    it("has a line that asks it, with a body that it takes", () => {
      const words = wordsOf(found().curl);
      expect(words[0]).toBe("curl");
      expect(words.at(-1)).toMatch(/^http:\/\/localhost:8083\/[\w./-]*$/);
      if (method !== "GET") expect(words).toContain(method);
      const needsToken = words.includes("Authorization: Bearer lgm_token");
      expect(needsToken).toBe(endpoint.effect === "write" || endpoint.scope !== "read");
      if (!body) return;
      const sent: unknown = JSON.parse(words[words.indexOf("-d") + 1] ?? "");
      expect(z.safeParse(body, sent).error?.issues ?? []).toEqual([]);
    });
  },
);

function namesOfType(name: string): string[] {
  return (OPEN.types.find((type) => type.name === name)?.fields ?? []).map((field) => field.name);
}

describe("the page about the API", () => {
  it("leads nowhere that is not there, and has each place once", () => {
    const ids = [...HTML.matchAll(/ id="([^"]+)"/g)].map(([, id]) => id);
    expect(new Set(ids).size).toBe(ids.length);
    const led = [...HTML.matchAll(/href="#([^"]+)"/g)].map(([, id]) => id);
    expect(led.length).toBeGreaterThan(200);
    expect(led.filter((id) => !ids.includes(id))).toEqual([]);
    for (const { id } of OPERATIONS) expect(led).toContain(id);
  });

  it("runs nothing, and has no style of its own", () => {
    expect(HTML).not.toMatch(/<script|style=|on\w+="/);
  });

  it("says where a token is needed, and for what", () => {
    const closed = docsOf(true).groups.flatMap(({ operations }) => operations);
    expect(closed.every(({ scope }) => scope !== null)).toBe(true);
    expect(OPERATIONS.some(({ scope }) => scope === null)).toBe(true);
    expect(OPERATIONS.some(({ scope }) => scope === "alerts:write")).toBe(true);
  });
});

describe("a kind", () => {
  const textOf = (schema: Parameters<typeof kindOf>[0]) =>
    kindOf(schema)
      .map(({ text }) => text)
      .join("");

  it.each([
    [{ type: "integer", minimum: 1, maximum: 10 }, "whole number, 1 to 10"],
    [{ type: "string", maxLength: 120 }, "text, at most 120 characters"],
    [{ type: "string", format: "date-time" }, "instant"],
    [{ anyOf: [{ $ref: "#/components/schemas/Mark" }, { type: "null" }] }, "Mark or null"],
    [{ type: ["string", "null"] }, "text or null"],
    [{ type: "array", items: { type: "number" } }, "list of number"],
    [{ type: "object", additionalProperties: { type: "boolean" } }, "map of true or false"],
    [{ enum: ["a", "b"] }, '"a" or "b"'],
    [{}, "anything"],
  ])("of %j is %s", (schema, words) => {
    expect(textOf(schema)).toBe(words);
  });

  it("without a name of its own is told field by field, at any depth", () => {
    const inner = { type: "object", properties: { c: { type: "string" } }, required: ["c"] };
    const schema = {
      type: "object",
      properties: { a: { type: "array", items: inner }, b: { type: "object", additionalProperties: inner } },
    };
    expect(listFields(schema).map(({ name, isRequired }) => [name, isRequired])).toEqual([
      ["a", false],
      ["a[].c", true],
      ["b", false],
      ["b.*.c", true],
    ]);
  });
});

it("A line can be pasted whatever a body holds", () => {
  const operation = { operationId: "x", summary: "", tags: [], security: [], parameters: [], responses: {} };
  const body = { text: `it's "$HOME" \`id\` \\` };
  const words = wordsOf(curlLine({ method: "POST", path: "/x/{id}", operation, body }, PLACE));
  expect(JSON.parse(words[words.indexOf("-d") + 1] ?? "")).toEqual(body);
  expect(words.at(-1)).toBe("http://localhost:8083/x/ID");
});

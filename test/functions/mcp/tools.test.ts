import { describe, expect, it } from "vitest";
import { ENDPOINTS } from "../../../functions/endpoints/registry.ts";
import { describeTool } from "../../../functions/mcp/tool.ts";
import { TOOLS } from "../../../functions/mcp/tools.ts";
import type { Endpoint } from "../../../functions/http/endpoint.ts";
import type { Json } from "../../../functions/http/json-schema.ts";

/** Characters of JSON; some 3,500 tokens. It stands in the context of every conversation. */
const MOST_CHARACTERS = 14_000;

describe("the tools of agents", () => {
  const listed = TOOLS.map(describeTool);

  it("are endpoints that there are, each under a name of its own", () => {
    const endpoints: readonly Endpoint[] = ENDPOINTS;
    expect(TOOLS.filter(({ endpoint }) => !endpoints.includes(endpoint))).toEqual([]);
    expect(new Set(TOOLS.map(({ name }) => name)).size).toBe(TOOLS.length);
  });

  it.each(TOOLS)("$name takes what its endpoint takes, and all that it needs", (tool) => {
    const { properties, required = [] } = describeTool(tool)["inputSchema"] as Json;
    expect(new Set(Object.keys(properties as Json))).toEqual(new Set(tool.parameters));
    expect(required).toEqual(Object.keys(tool.endpoint.pathParameters));
    for (const [name, { byDefault, most }] of Object.entries(tool.bounds)) {
      expect((properties as Json)[name]).toMatchObject({ maximum: most, default: byDefault });
      expect(byDefault).toBeLessThanOrEqual(most);
    }
  });

  it("are read-only unless they say so", () => {
    const writing = listed.filter(({ annotations }) => !(annotations as Json)["readOnlyHint"]);
    expect(writing.map(({ name }) => name)).toEqual(["acknowledge_alert"]);
  });

  it("fit into the context of a model, each schema for itself", () => {
    const text = JSON.stringify(listed);
    expect(text).not.toContain("$ref");
    // Nothing that is not seen, as the pattern of a comment has it.
    expect(text).toMatch(/^[\x20-\x7e]*$/);
    expect(text.length).toBeLessThan(MOST_CHARACTERS);
  });
});

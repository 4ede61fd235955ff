import { describe, expect, it } from "vitest";
import { ENDPOINTS } from "../../../functions/endpoints/registry.ts";
import { openApiDocument } from "../../../functions/http/openapi.ts";

interface Operation {
  readonly operationId: string;
  readonly security: readonly Readonly<Record<string, readonly string[]>>[];
  readonly responses: Readonly<Record<string, object>>;
}

function describeApi(readsNeedToken: boolean) {
  const document = JSON.parse(JSON.stringify(openApiDocument(ENDPOINTS, readsNeedToken)));
  const paths: Record<string, Record<string, Operation>> = document.paths;
  const operations = Object.entries(paths).flatMap(([path, item]) =>
    Object.entries(item).map(([method, operation]) => ({ path, method, ...operation })),
  );
  return { document, paths, operations };
}

const OPEN = describeApi(false);
const CLOSED = describeApi(true);

function pointedTo(root: unknown, value: object): unknown {
  if (!("$ref" in value)) return value;
  const steps = String(value.$ref).replace(/^#\//, "").split("/");
  return steps.reduce<unknown>((at, step) => (at as Record<string, unknown> | undefined)?.[step], root);
}

describe("the OpenAPI document", () => {
  it("describes every endpoint, and HEAD beside each GET, under a name of its own", () => {
    const wanted = ENDPOINTS.flatMap(({ path, method }) => [
      `${method.toLowerCase()} ${path}`,
      ...(method === "GET" ? [`head ${path}`] : []),
    ]);
    const { operations } = OPEN;
    expect(operations.map(({ method, path }) => `${method} ${path}`).sort()).toEqual(wanted.sort());
    expect(new Set(operations.map(({ operationId }) => operationId)).size).toBe(operations.length);
  });

  it("gives every refusal the schema Problem", () => {
    const refusals = [OPEN, CLOSED].flatMap(({ document, operations }) =>
      operations
        .filter(({ method }) => method !== "head")
        .flatMap(({ path, method, responses }) =>
          Object.entries(responses).map(([status, response]) => ({
            what: `${method} ${path} ${status}`,
            isRefusal: Number(status) >= 400,
            response: pointedTo(document, response),
          })),
        )
        .filter(({ isRefusal }) => isRefusal),
    );
    expect(refusals.length).toBeGreaterThan(100);
    for (const { what, response } of refusals) {
      expect(response, what).toMatchObject({
        content: { "application/problem+json": { schema: { $ref: "#/components/schemas/Problem" } } },
      });
    }
  });

  it("writes patterns that every engine reads alike", () => {
    const patterns: string[] = [];
    JSON.stringify(OPEN.document, (key, value: unknown) => {
      if (key === "pattern" && typeof value === "string") patterns.push(value);
      return value;
    });
    expect(patterns.length).toBeGreaterThan(5);
    for (const pattern of patterns) {
      expect(pattern).not.toMatch(/\\[duwp]|\(\?[=!<]/);
      expect(() => new RegExp(pattern, "u")).not.toThrow();
    }
  });

  it("says of a field what is noted of it, not what is noted of another that has the same schema", () => {
    const { schemas } = OPEN.document.components;
    expect(schemas.ClusterHealth.properties.timestamp).toEqual({ $ref: "#/components/schemas/Timestamp" });
    expect(schemas.ServiceHealth.properties.response_time.description).toBe("Seconds; null when nothing was measured.");
    expect(schemas.ServiceHealth.properties.response_time.anyOf[0]).toEqual({ type: "number", minimum: 0 });
    expect(schemas.ReportedOutage.properties.since.description).toBe(
      "Of its first failing check, before the range as well.",
    );
  });

  it("lists the tags that its operations have", () => {
    const { document, operations } = OPEN;
    const used = operations.flatMap((operation) => Object.values({ tags: [], ...operation }.tags));
    expect(new Set(document.tags.map(({ name }: { name: string }) => name))).toEqual(new Set(used));
    expect(used).not.toContain("openapi.json");
  });

  it("names what several answers share, and refers to nothing that is not there", () => {
    const { document } = OPEN;
    expect(Object.keys(document.components.schemas)).toEqual(
      expect.arrayContaining([
        "Problem",
        "ClusterHealth",
        "ServiceHealth",
        "CheckStatus",
        "Reason",
        "Alert",
        "PastAlert",
        "Silence",
        "MaintenanceWindow",
        "Channel",
        "Drill",
        "AuditEntry",
      ]),
    );
    const references = JSON.stringify(document).match(/"#\/[^"]*"/g) ?? [];
    const lost = references.filter((one) => pointedTo(document, { $ref: JSON.parse(one) }) === undefined);
    expect([references.length > 100, lost]).toEqual([true, []]);
  });

  it("gives no field a default: generators of clients would demand the field of who sends it", () => {
    const fields: Record<string, { properties?: object }> = OPEN.document.components.schemas;
    const withDefault = Object.entries(fields).flatMap(([name, { properties = {} }]) =>
      Object.entries(properties).flatMap(([field, schema]) => ("default" in schema ? [`${name}.${field}`] : [])),
    );
    expect(withDefault).toEqual([]);
    const { properties, required } = OPEN.document.components.schemas.CreateSilenceRequest;
    expect(required).toEqual(["services", "ends_at", "comment"]);
    for (const { description } of [properties.allow_empty, properties.severities, properties.starts_at]) {
      expect(description).toMatch(/^Default: /);
    }
  });

  it("says which scope is needed, and where none is", () => {
    const needed = (one: typeof OPEN, path: string, method: string) => {
      const { security = [], responses = {} } = one.paths[path]?.[method] ?? {};
      return [security, "401" in responses, "403" in responses];
    };
    expect(needed(OPEN, "/health", "get")).toEqual([[], false, false]);
    expect(needed(CLOSED, "/health", "get")).toEqual([[{ token: ["read"] }], true, true]);
    for (const one of [OPEN, CLOSED]) {
      expect(needed(one, "/silences", "post")).toEqual([[{ token: ["alerts:write"] }], true, true]);
      expect(needed(one, "/audit", "get")).toEqual([[{ token: ["admin"] }], true, true]);
    }
  });

  it("tells of a body only where there is one", () => {
    const statuses = (path: string, method: string) => Object.keys(OPEN.paths[path]?.[method]?.responses ?? {});
    expect(statuses("/silences", "post")).toEqual(
      expect.arrayContaining(["201", "400", "401", "403", "405", "409", "413", "414", "415", "421", "422", "503"]),
    );
    expect(statuses("/drill", "post")).not.toContain("413");
    expect(statuses("/cluster_health", "get")).toEqual([
      "200",
      "304",
      "400",
      "404",
      "405",
      "408",
      "414",
      "421",
      "431",
      "503",
    ]);
  });
});

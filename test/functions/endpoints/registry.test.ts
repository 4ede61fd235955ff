import { describe, expect, expectTypeOf, it } from "vitest";
import * as z from "zod/mini";
import type { Severity } from "../../../shared/domain/alerting/alert.ts";
import { ENDPOINTS } from "../../../functions/endpoints/registry.ts";
import { defineEndpoint, type Endpoint, type Method } from "../../../functions/http/endpoint.ts";
import { flag, id, key } from "../../../functions/http/parameters.ts";

/** What clients and tools of programs are made of: everything follows from the list of endpoints. */
type Listed = (typeof ENDPOINTS)[number];
type At<Path extends string, Verb extends Method = "GET"> = Extract<Listed, { path: Path; method: Verb }>;
type ResponseOf<Path extends string, Verb extends Method = "GET"> = z.output<At<Path, Verb>["response"]>;
type BodyOf<Path extends string> = z.input<NonNullable<At<Path, "POST">["body"]>>;
type QueryOf<Path extends string> = keyof At<Path>["query"];

describe("the list of endpoints", () => {
  it("knows the type of each answer, body and query", () => {
    expectTypeOf<ResponseOf<"/alerts">["details"][number]["severity"]>().toEqualTypeOf<Severity>();
    expectTypeOf<ResponseOf<"/cluster_health">["services"][string]["critical"]>().toEqualTypeOf<boolean>();
    expectTypeOf<ResponseOf<"/silences">["silences"][number]>().toEqualTypeOf<ResponseOf<"/silences", "POST">>();
    expectTypeOf<BodyOf<"/silences">["ends_at"]>().toEqualTypeOf<string>();
    expectTypeOf<QueryOf<"/alerts/history">>().toEqualTypeOf<
      "service" | "severity" | "state" | "since" | "until" | "timeline" | "limit" | "before"
    >();
    expectTypeOf<Listed["path"]>().not.toEqualTypeOf<`/${string}`>();
  });

  it("has one endpoint for each path and method, and one name for each endpoint", () => {
    const places = ENDPOINTS.map(({ path, method }) => `${method} ${path}`);
    expect(new Set(places).size).toBe(places.length);
    expect(new Set(ENDPOINTS.map(({ name }) => name)).size).toBe(ENDPOINTS.length);
  });

  it("has no endpoint that changes something by GET", () => {
    const changing: readonly Endpoint[] = ENDPOINTS.filter(({ effect }) => effect === "write");
    expect(changing.filter(({ method }) => method === "GET")).toEqual([]);
  });
});

/** The compiler reads these; a @ts-expect-error that is not needed any more is an error, too. */
describe("defineEndpoint", () => {
  const base = { path: "/things", name: "things", summary: "Things.", effect: "read" } as const;
  const response = z.object({ word: z.enum(["a", "b"]), list: z.array(z.int()) });

  it("hands several path parameters and the query to the handler under their names", () => {
    const endpoint = defineEndpoint({
      ...base,
      path: "/things/{thing}/parts/{part}",
      pathParameters: { thing: key("A thing."), part: id("A part of it.") },
      query: { loud: flag("Loudly.") },
      response,
      handle({ path, query, body }) {
        expectTypeOf(path).toEqualTypeOf<{ readonly thing: string; readonly part: string }>();
        expectTypeOf(query).toEqualTypeOf<{ loud: boolean }>();
        expectTypeOf(body).toEqualTypeOf<undefined>();
        return { word: "a", list: [1] };
      },
    });
    expect(Object.keys(endpoint.pathParameters)).toEqual(["thing", "part"]);
  });

  it("takes what fits the schema from the handler and nothing else", () => {
    const made = { status: 200, headers: {}, body: "{}" };
    const fit = defineEndpoint({ ...base, response, handle: () => ({ word: "b", list: [1, 2] as readonly number[] }) });
    // @ts-expect-error -- not a word of the schema
    defineEndpoint({ ...base, response, handle: () => ({ word: "c", list: [] }) });
    // @ts-expect-error -- a list is missing
    defineEndpoint({ ...base, response, handle: async () => ({ word: "a" }) });
    // @ts-expect-error -- an ordinary endpoint returns the value, no answer of its own making
    defineEndpoint({ ...base, response, handle: () => new Response("{}") });
    // @ts-expect-error -- nor bytes, which it would have to declare
    defineEndpoint({ ...base, response, handle: () => made });
    const bytes = defineEndpoint({ ...base, response, answersWith: "bytes", handle: () => made });
    expect([fit.answersWith, bytes.answersWith]).toEqual(["value", "bytes"]);
  });

  it("takes nothing from the handler that the schema does not declare, however deep it stands", () => {
    const part = z.object({ x: z.int() });
    const whole = z.object({
      word: z.string(),
      parts: z.array(part),
      byName: z.record(z.string(), part),
      perhaps: z.nullable(part),
      kind: z.discriminatedUnion("is", [
        z.object({ is: z.literal("a"), a: z.int() }),
        z.object({ is: z.literal("b"), b: z.int() }),
      ]),
      later: z.optional(z.string()),
      any: z.looseObject({ x: z.int() }),
    });
    type Whole = z.input<typeof whole>;
    const fit = (word: string): Whole => {
      return { word, parts: [{ x: 1 }], byName: {}, perhaps: null, kind: { is: "a", a: 1 }, any: { x: 1, y: {} } };
    };
    const define = { ...base, response: whole };
    defineEndpoint({ ...define, handle: ({ actor }) => fit(actor) });
    defineEndpoint({ ...define, handle: async ({ actor }) => (actor === "" ? fit("") : { ...fit(""), later: actor }) });
    // @ts-expect-error -- leaked is not declared
    defineEndpoint({ ...define, handle: ({ actor }) => ({ ...fit(""), leaked: actor }) });
    // @ts-expect-error -- nor is it where a promise holds it
    defineEndpoint({ ...define, handle: async ({ actor }) => ({ ...fit(""), leaked: actor }) });
    // @ts-expect-error -- nor in an item
    defineEndpoint({ ...define, handle: async () => ({ ...fit(""), parts: [1].map((x) => ({ x, leaked: x })) }) });
    // @ts-expect-error -- nor behind a name
    defineEndpoint({ ...define, handle: async () => ({ ...fit(""), byName: { one: { x: 1, leaked: 1 } } }) });
    // @ts-expect-error -- nor in what may be absent
    defineEndpoint({ ...define, handle: async () => ({ ...fit(""), perhaps: { x: 1, leaked: 1 } }) });
    // @ts-expect-error -- nor in one of several forms
    defineEndpoint({ ...define, handle: async () => ({ ...fit(""), kind: { is: "a", a: 1, leaked: 1 } }) });
    expect(whole.parse({ ...fit("a"), leaked: 1 })).toEqual(fit("a"));
  });

  it("demands the parameters that stand in the path, and a scope for what changes something", () => {
    const handle = (): z.input<typeof response> => ({ word: "a", list: [] });
    // @ts-expect-error -- {thing} is not declared
    defineEndpoint({ ...base, path: "/things/{thing}", response, handle });
    // @ts-expect-error -- there is no {thing} in the path
    defineEndpoint({ ...base, pathParameters: { thing: key("A thing.") }, response, handle });
    // @ts-expect-error -- whoever may read may not write yet
    defineEndpoint({ ...base, effect: "write", response, handle });
    expect(defineEndpoint({ ...base, effect: "write", scope: "admin", response, handle }).scope).toBe("admin");
  });
});

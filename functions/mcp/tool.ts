/**
 * What a tool of agents is: an endpoint, which of its parameters may be given, and what of its answer is told. Pure.
 * tools.ts defines them, call-tool.ts calls them. Invariants: a tool can do nothing that its endpoint does not let the same token do;
 * what goes into the context of a model is small, and as its schema says.
 */
import * as z from "zod/mini";
import { isOpen } from "../http/guard.ts";
import type { Endpoint, ValueOf } from "../http/endpoint.ts";
import type { Parameters } from "../http/input.ts";
import { toWholeJsonSchema, type Json } from "../http/json-schema.ts";

/** A number may be less than its endpoint takes. */
export interface Bound {
  readonly most: number;
  readonly byDefault: number;
}

export interface Tool {
  readonly name: string;
  readonly title: string;
  /** For the model, which chooses by it. */
  readonly description: string;
  readonly endpoint: Endpoint;
  /** Of its path, its query and its body. */
  readonly parameters: readonly string[];
  readonly bounds: Readonly<Record<string, Bound>>;
  /** What it tells. */
  readonly output: z.ZodMiniObject;
  /** Of what the endpoint answers. */
  tell(answer: never): unknown;
}

interface Declared<Asked extends Endpoint, Output extends z.ZodMiniObject> extends Pick<
  Tool,
  "name" | "title" | "description"
> {
  readonly endpoint: Asked;
  readonly parameters?: readonly string[];
  readonly bounds?: Tool["bounds"];
  readonly output: Output;
  tell(answer: ValueOf<Asked["response"]>): ValueOf<Output>;
}

/** Ties what is told to what the endpoint answers and to what is declared. */
export function defineTool<const Asked, Output extends z.ZodMiniObject>(
  declared: Declared<Asked & Endpoint, Output>,
): Tool {
  return { parameters: [], bounds: {}, ...declared };
}

/** As `tools/list` tells of it. */
export function describeTool(tool: Tool): Json {
  const { name, title, description, endpoint, output } = tool;
  const reads = isOpen(endpoint);
  return {
    name,
    title,
    description,
    inputSchema: describeInput(tool),
    outputSchema: toWholeJsonSchema(output),
    annotations: { title, readOnlyHint: reads, destructiveHint: false, idempotentHint: true, openWorldHint: false },
  };
}

/** Without patterns, which say nothing to a model and fail in the grammars that are made of schemas; what does not fit is told by name. */
function describeInput({ endpoint, parameters, bounds }: Tool): Json {
  const declared = { ...endpoint.pathParameters, ...endpoint.query, ...bodyFields(endpoint) };
  const taken = z.object(Object.fromEntries(Object.entries(declared).filter(([name]) => parameters.includes(name))));
  const { properties = {}, required } = toWholeJsonSchema(taken);
  const bounded = Object.entries(properties as Record<string, Json>).map(([name, { pattern: _long, ...schema }]) => {
    const bound = bounds[name];
    return [name, bound ? { ...schema, maximum: bound.most, default: bound.byDefault } : schema];
  });
  return {
    type: "object",
    properties: Object.fromEntries(bounded),
    ...(required !== undefined && { required }),
    additionalProperties: false,
  };
}

function bodyFields({ body }: Endpoint): Parameters {
  return (body as { readonly shape: Parameters } | undefined)?.shape ?? {}; // every body is an object
}

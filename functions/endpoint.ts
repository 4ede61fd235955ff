/**
 * What an endpoint is: a path, its parameters, the shape of its answer and a handler that parses, asks and renders.
 * Each `endpoints/<name>.ts` exports one; `endpoints/registry.ts` lists them; app.ts mounts them, openapi.ts describes them.
 * Invariant: the declared answer schema describes what the handler sends (the HTTP contract suite checks it).
 */
import type * as z from "zod/mini";
import type { Store } from "../shared/ports/store.ts";
import type { Host } from "./env.ts";
import type { Parameters, Values } from "./parameter.ts";

export interface EndpointRequest<Query> {
  readonly request: Request;
  readonly query: Query;
  /** The value of `{service}` in the path; empty when the path has none. */
  readonly service: string;
}

export interface EndpointContext {
  readonly host: Host;
  readonly store: Store;
}

export interface Endpoint {
  /** In OpenAPI's form, e.g. `/history/{service}`. */
  readonly path: `/${string}`;
  readonly name: string;
  readonly summary: string;
  readonly parameters: Parameters;
  /** Body of the 200 answer. */
  readonly answer: z.ZodMiniType;
  /** Further status codes it may send, with their meaning. */
  readonly otherAnswers?: Readonly<Record<number, string>>;
  handle(request: EndpointRequest<never>, context: EndpointContext): Promise<Response>;
}

/** Ties the declared parameters to the query that the handler receives. */
export function defineEndpoint<Declared extends Parameters>(
  endpoint: Omit<Endpoint, "handle" | "parameters"> & {
    readonly parameters: Declared;
    handle(request: EndpointRequest<Values<Declared>>, context: EndpointContext): Promise<Response>;
  },
): Endpoint {
  return endpoint;
}

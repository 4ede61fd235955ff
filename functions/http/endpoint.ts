/**
 * What an endpoint is: a path, its parameters, the shape of its answer and a handler that parses, asks and renders.
 * Each `endpoints/<name>.ts` exports one; `endpoints/registry.ts` lists them; app.ts mounts them, openapi.ts describes them.
 * Invariant: the declared answer schema describes what the handler sends (the HTTP contract suite checks it).
 */
import type * as z from "zod/mini";
import type { Scope } from "../../shared/domain/access/access.ts";
import type { Host } from "../env.ts";
import type { Storage } from "../storage.ts";
import type { Parameters, Values } from "./parameter.ts";

export interface EndpointRequest<Query, Body> {
  readonly request: Request;
  readonly query: Query;
  /** The value of `{service}`, `{id}` or `{name}` in the path; empty when the path has none. */
  readonly target: string;
  /** What the declared body schema makes of the body; undefined without one. */
  readonly body: Body;
  /** Name of the token that came with it; null where none is needed. */
  readonly actor: string | null;
}

export interface EndpointContext extends Storage {
  readonly host: Host;
}

export type Method = "GET" | "POST" | "DELETE";

export interface Endpoint {
  /** In OpenAPI's form, e.g. `/history/{service}`. */
  readonly path: `/${string}`;
  readonly name: string;
  /** Default: GET, with HEAD. Everything else changes something and always needs a token. */
  readonly method?: Method;
  /** What a token must be good for. Default: `read`, and none is needed where reading is open. */
  readonly scope?: Scope;
  /** JSON body of the request. Default: there is none. */
  readonly body?: z.ZodMiniType;
  readonly summary: string;
  readonly parameters: Parameters;
  /** True: what it answers with success is 201. Default: 200. */
  readonly created?: boolean;
  /** Body of the answer of success. */
  readonly response: z.ZodMiniType;
  /** Further status codes it may send, with their meaning. */
  readonly otherResponses?: Readonly<Record<number, string>>;
  handle(request: EndpointRequest<never, never>, context: EndpointContext): Promise<Response> | Response;
}

/** Ties the declared parameters and body to what the handler receives. */
export function defineEndpoint<Declared extends Parameters, Body extends z.ZodMiniType = z.ZodMiniUndefined>(
  endpoint: Omit<Endpoint, "handle" | "parameters" | "body"> & {
    readonly parameters: Declared;
    readonly body?: Body;
    handle(
      request: EndpointRequest<Values<Declared>, z.output<Body>>,
      context: EndpointContext,
    ): Promise<Response> | Response;
  },
): Endpoint {
  return endpoint;
}

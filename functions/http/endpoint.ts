/**
 * What an endpoint is: a path, what it takes, the schema of what it answers, and a handler that asks and returns that value.
 * `endpoints/*.ts` define them; `endpoints/registry.ts` lists them; app.ts mounts them, openapi.ts describes them.
 * Invariant: the compiler holds the handler to the declaration, so that no endpoint can send what it does not declare.
 */
import type * as z from "zod/mini";
import type { Scope } from "../../shared/domain/access/access.ts";
import type { EventStream } from "../../shared/ports/event-stream.ts";
import type { MonitorContext } from "../context.ts";
import type { Bytes } from "./bytes.ts";
import type { Parameters, Values } from "./input.ts";
import type { AppError, RefusalCode } from "./problem.ts";

export type Method = "GET" | "POST" | "DELETE";

export interface EndpointRequest<Path, Query, Body> {
  /** Of the endpoint. */
  readonly name: string;
  readonly path: Path;
  readonly query: Query;
  /** What the declared body schema makes of the body; undefined without one. */
  readonly body: Body;
  readonly headers: Headers;
  /** Whose request it is; null where that is not known. */
  readonly address: string | null;
  /** Aborted when the client has gone, where the platform can tell. Asking for it costs something. */
  readonly signal: AbortSignal;
  /** Throws when the request would not be let in any more, as after a reload that took its token away. */
  admitAgain(): Promise<void>;
  /** Name of the token that came with it; empty where none is needed. */
  readonly actor: string;
  /** The error to throw, in the words that the endpoint declares for it. */
  refuse(code: RefusalCode): AppError;
}

export interface EndpointContext extends MonitorContext {
  /** All there are. */
  readonly endpoints: readonly Endpoint[];
}

export interface Endpoint<
  Path extends `/${string}` = `/${string}`,
  Verb extends Method = Method,
  Query extends Parameters = Parameters,
  Body extends z.ZodMiniType = z.ZodMiniType,
  Response extends z.ZodMiniType = z.ZodMiniType,
> {
  /** In OpenAPI's form, e.g. `/history/{service}`. */
  readonly path: Path;
  /** Default: GET, which is answered to HEAD as well. */
  readonly method: Verb;
  /** Operation id of the OpenAPI document. */
  readonly name: string;
  readonly summary: string;
  /** Whether it changes anything. Then it needs a token and refuses pages of other origins, whatever its method is. */
  readonly effect: "read" | "write";
  /** What a token must be good for. Default: `read`, and none is needed where reading is open. */
  readonly scope: Scope;
  readonly pathParameters: Parameters;
  readonly query: Query;
  /** Of a JSON body. Default: there is none. */
  readonly body?: Body;
  /** What it answers with success. */
  readonly response: Response;
  /** True: success is 201. Default: 200. */
  readonly created: boolean;
  /** The same document with the status 503, when `when` says so; what it then means. */
  readonly failing?: { readonly meaning: string; when(value: z.input<Response>): boolean };
  /** True: it has an ETag and may answer 304. Only of `bytes`. */
  readonly conditional: boolean;
  /** Of what it answers with success. Default: JSON. Only of `bytes`. */
  readonly type: "application/json" | "text/plain" | "text/markdown";
  /** Further media types that a parameter asks for, with success. Only of `bytes`. */
  readonly media: readonly string[];
  /** What it may refuse and why, in words for who asked. */
  readonly refusals: Readonly<Partial<Record<RefusalCode, string>>>;
  /**
   * `bytes`: the handler has JSON of the response already, or no body at all. `stream`: it returns server-sent events, and the response
   * is an object with the data of each by its name. Default: it returns the value.
   */
  readonly answersWith: "value" | "bytes" | "stream";
  handle(request: EndpointRequest<PathValues<Path>, Values<Query>, z.output<Body>>, context: EndpointContext): unknown;
}

type NamesIn<Path extends string> = Path extends `${string}{${infer Name}}${infer Rest}` ? Name | NamesIn<Rest> : never;
type PathValues<Path extends string> = { readonly [Name in NamesIn<Path>]: string };

/** What fits a schema; lists may be readonly. */
export type ValueOf<Schema extends z.ZodMiniType> = Immutable<z.input<Schema>>;
type Immutable<Value> = Value extends readonly (infer Item)[]
  ? readonly Immutable<Item>[]
  : Value extends object
    ? { readonly [Key in keyof Value]: Immutable<Value[Key]> }
    : Value;

/** The value, but for `never` where it has what the shape does not declare, at any depth. */
type Exact<Value, Shape> = unknown extends Shape
  ? Value
  : Value extends readonly (infer Item)[]
    ? readonly Exact<Item, Shape extends readonly (infer Each)[] ? Each : never>[]
    : Value extends object
      ? { readonly [Key in keyof Value]: Key extends KeyOf<Shape> ? Exact<Value[Key], At<Shape, Key>> : never }
      : Value;
/** In any of the forms that the shape may have. */
type KeyOf<Shape> = Shape extends unknown ? keyof Shape : never;
type At<Shape, Key> = Shape extends unknown ? (Key extends keyof Shape ? Shape[Key] : never) : never;

/** What may be left out is the default. */
type Declared<Whole extends Endpoint> = Omit<Whole, Optional | Tied> & Partial<Pick<Whole, Optional>>;
type Optional = "method" | "query" | "created" | "refusals" | "media" | "type";
type Tied = "effect" | "scope" | "pathParameters" | "answersWith" | "conditional" | "handle";

type DeclaredEffect =
  | { readonly effect: "read"; readonly scope?: Scope }
  | { readonly effect: "write"; readonly scope: Exclude<Scope, "read"> };

/** What stands in braces in the path, and nothing else. */
type DeclaredPath<Path extends string> = [NamesIn<Path>] extends [never]
  ? { readonly pathParameters?: never }
  : { readonly pathParameters: { readonly [Name in NamesIn<Path>]: z.ZodMiniType<string> } };

type DeclaredHandler<Request, Value, Shape> =
  | {
      readonly answersWith?: "value";
      readonly conditional?: never;
      handle(request: Request, context: EndpointContext): Now<Value & Exact<Value, Shape>>;
    }
  | {
      readonly answersWith: "bytes";
      readonly conditional?: boolean;
      handle(request: Request, context: EndpointContext): Now<Bytes>;
    }
  | {
      readonly answersWith: "stream";
      readonly conditional?: never;
      handle(request: Request, context: EndpointContext): Now<EventStream>;
    };
type Now<Value> = Value | Promise<Value>;

const NO_PARAMETERS = {} as const satisfies Parameters;

/** Ties the parts of a declaration together: the handler gets what is declared and must return what is declared. */
export function defineEndpoint<
  const Path extends `/${string}`,
  Response extends z.ZodMiniType,
  const Verb extends Method = "GET",
  Query extends Parameters = typeof NO_PARAMETERS,
  Body extends z.ZodMiniType = z.ZodMiniUndefined,
  const Value extends ValueOf<Response> = ValueOf<Response>,
>(
  declared: Declared<Endpoint<Path, Verb, Query, Body, Response>> &
    DeclaredEffect &
    DeclaredPath<Path> &
    DeclaredHandler<EndpointRequest<PathValues<Path>, Values<Query>, z.output<Body>>, Value, ValueOf<Response>>,
): Endpoint<Path, Verb, Query, Body, Response> {
  const defaults = { method: "GET", scope: "read", answersWith: "value", created: false, conditional: false };
  // Where something is not declared its type is that of the default.
  return {
    ...defaults,
    pathParameters: {},
    query: NO_PARAMETERS,
    refusals: {},
    media: [],
    type: "application/json",
    ...declared,
  } as never;
}

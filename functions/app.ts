/**
 * The HTTP application: guards, routes, errors. Built once, stateless; everything variable comes with the Env.
 * Called by bundle.ts on both hosts. Invariant: no request passes the Host rule unseen, and no error leaves unmapped.
 */
import type { D1Database } from "@cloudflare/workers-types";
import { Hono, type Context } from "hono";
import { AppError } from "../shared/domain/app-error.ts";
import { isAllowedHost } from "../shared/domain/host-name.ts";
import type { Store } from "../shared/ports/store.ts";
import { createD1Store } from "../shared/storage/d1-store.ts";
import { authorize } from "./authorize.ts";
import type { Endpoint } from "./endpoint.ts";
import { storeOptions } from "./store-options.ts";
import { ENDPOINTS } from "./endpoints/registry.ts";
import type { Env } from "./env.ts";
import { jsonAnswer } from "./headers.ts";
import { openApiDocument } from "./openapi.ts";
import { readParameters } from "./parameter.ts";
import { problemAnswer } from "./problem.ts";

type AppContext = Context<{ Bindings: Env }>;
type Handler = (context: AppContext) => Promise<Response> | Response;

/** No URL of this API comes near; everything longer is an attack or a mistake. */
const LONGEST_URL = 8_192;

const ALLOWED_METHODS = "GET, HEAD";

export function createApp(): Hono<{ Bindings: Env }> {
  const app = new Hono<{ Bindings: Env }>();
  const routes = new Map<string, Handler>([
    ["/", index],
    ["/openapi.json", openApi],
    ...ENDPOINTS.map((endpoint): [string, Handler] => [endpoint.path, handlerOf(endpoint)]),
  ]);
  for (const [path, handler] of routes) {
    const pattern = path.replace(/\{(\w+)\}/g, ":$1");
    app.get(pattern, guarded(handler));
    app.all(pattern, guarded(refuseMethod));
  }
  app.notFound(guarded(refusePath));
  app.onError((error, context) => problemAnswer(error, context.env.HOST.log));
  return app;
}

/**
 * HAProxy's `option httpchk` asks for /health without a Host header; everything else must name us. Where reading needs a
 * token, so does finding out what there is to read.
 */
function guarded(handler: Handler): Handler {
  return async (context) => {
    if (context.req.url.length > LONGEST_URL)
      throw new AppError("uri_too_long", `A URL has at most ${LONGEST_URL} characters.`);
    // Null for a Host such as 1.2.3.4.5, which is no name and no address.
    const url = URL.parse(context.req.url);
    const host = context.req.header("host");
    const isNamed = host === undefined ? url?.pathname === "/health" : isForUs(host, url?.host, context.env);
    if (!isNamed) {
      throw new AppError("misdirected_request", "This service does not answer for the host named in the request.");
    }
    const { clock, access } = context.env.HOST;
    const granted = access();
    if (granted.readsNeedToken) {
      await authorize(context.req.header("authorization"), granted, { scope: "read", nowMs: clock.nowMs() });
    }
    return handler(context);
  };
}

function isForUs(header: string, urlHost: string | undefined, { HOST }: Env): boolean {
  const names = HOST.hostNames();
  return urlHost !== undefined && isAllowedHost(header, names) && isAllowedHost(urlHost, names);
}

function handlerOf(endpoint: Endpoint): Handler {
  return async (context) => {
    const { HOST: host } = context.env;
    const query = readParameters(endpoint.parameters, new URL(context.req.url).searchParams);
    const service = context.req.param("service") ?? "";
    // The endpoint's own parameters were read just above; `defineEndpoint` tied their types to its handler.
    const request = { request: context.req.raw, query: query as never, service };
    return endpoint.handle(request, { host, store: storeOf(context.env) });
  };
}

/** A store caches immutable rows only, so it may live as long as its database binding. */
const stores = new WeakMap<D1Database, Store>();

function storeOf({ DB, HOST }: Env): Store {
  let store = stores.get(DB);
  if (!store) stores.set(DB, (store = createD1Store(DB, storeOptions(HOST))));
  return store;
}

function index({ env }: AppContext): Response {
  const { node, notice, intervalMs } = env.HOST.cluster();
  return jsonAnswer({
    service: "LangGraph Monitoring Service",
    monitoring_node: node,
    interval_s: intervalMs / 1000,
    ...(notice === null ? {} : { notice }),
    endpoints: [
      ...ENDPOINTS.map(({ path, summary, parameters }) => ({ path, summary, parameters: Object.keys(parameters) })),
      { path: "/openapi.json", summary: "This API as an OpenAPI 3.1 document.", parameters: [] },
    ],
  });
}

/** Of the declarations alone, so it is made once: that takes zod two milliseconds. */
let description: unknown;

function openApi(): Response {
  description ??= openApiDocument(ENDPOINTS);
  return jsonAnswer(description);
}

function refuseMethod({ req, env }: AppContext): Response {
  const error = new AppError("method_not_allowed", `${req.method} is not possible here.`);
  return problemAnswer(error, env.HOST.log, { allow: ALLOWED_METHODS });
}

function refusePath(): never {
  throw new AppError("not_found", "There is nothing here. GET / lists what there is.");
}

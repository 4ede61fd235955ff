/**
 * The HTTP application: guards, routes, errors. Built once, stateless; everything variable comes with the context.
 * Called by the monitor. Invariant: no request passes the Host rule unseen, and no error leaves unmapped.
 */
import { Hono, type Context } from "hono";
import { AppError } from "../../shared/domain/app-error.ts";
import { isAllowedHost } from "../../shared/domain/net/host-name.ts";
import { authorize } from "./authorize.ts";
import { readBody } from "./body.ts";
import type { Endpoint, EndpointContext } from "./endpoint.ts";
import { ENDPOINTS } from "../endpoints/registry.ts";
import { jsonResponse } from "./headers.ts";
import { openApiDocument } from "./openapi.ts";
import { readParameters } from "./parameter.ts";
import { problemResponse } from "./problem.ts";

interface AppEnv {
  Bindings: EndpointContext;
  /** `actor`: name of the token that came with the request. */
  Variables: { actor?: string };
}

type AppContext = Context<AppEnv>;
type Handler = (context: AppContext) => Promise<Response> | Response;

/** No URL of this API comes near; everything longer is an attack or a mistake. */
const LONGEST_URL = 8_192;

export function createApp(): Hono<AppEnv> {
  const app = new Hono<AppEnv>();
  app.get("/", guarded(index));
  app.get("/openapi.json", guarded(openApi));
  for (const endpoint of ENDPOINTS) {
    app.on(endpoint.method ?? "GET", patternOf(endpoint.path), guarded(handlerOf(endpoint), endpoint));
  }
  for (const path of new Set(["/", "/openapi.json", ...ENDPOINTS.map((endpoint) => endpoint.path)])) {
    const allowed = methodsOf(path).join(", ");
    app.all(
      patternOf(path),
      guarded((context) => refuseMethod(context, allowed)),
    );
  }
  app.notFound(guarded(refusePath));
  app.onError((error, context) => problemResponse(error, context.env.host.log));
  return app;
}

function patternOf(path: string): string {
  return path.replace(/\{(\w+)\}/g, ":$1");
}

/** As the header Allow lists them. */
function methodsOf(path: string): string[] {
  const own = ENDPOINTS.filter((endpoint) => endpoint.path === path).map(({ method = "GET" }) => method);
  const methods = own.length > 0 ? own : ["GET"];
  return methods.flatMap((method) => (method === "GET" ? ["GET", "HEAD"] : [method]));
}

/**
 * HAProxy's `option httpchk` asks for /health without a Host header; everything else must name us. Where reading needs a
 * token, so does finding out what there is to read.
 */
function guarded(handler: Handler, endpoint?: Pick<Endpoint, "method" | "scope">): Handler {
  return async (context) => {
    requireAddressed(context);
    const { clock, access } = context.env.host;
    const granted = access();
    const isReading = (endpoint?.method ?? "GET") === "GET" && (endpoint?.scope ?? "read") === "read";
    if (!isReading) requireOwnOrigin(context);
    if (granted.readsNeedToken || !isReading) {
      const purpose = { scope: endpoint?.scope ?? "read", nowMs: clock.nowMs() };
      context.set("actor", await authorize(context.req.header("authorization"), granted, purpose));
    }
    return handler(context);
  };
}

/** A page of somebody else has no business here, whatever token it has got hold of. */
function requireOwnOrigin({ req, env }: AppContext): void {
  const origin = req.header("origin");
  const host = origin === undefined ? null : URL.parse(origin)?.host;
  if (host === null || (host !== undefined && isForUs(host, host, env))) return;
  throw new AppError("forbidden", "Pages of other origins may not change anything here.");
}

/** Throws unless the request is for us, by its URL and its Host. */
function requireAddressed(context: AppContext): void {
  if (context.req.url.length > LONGEST_URL)
    throw new AppError("uri_too_long", `A URL has at most ${LONGEST_URL} characters.`);
  // Null for a Host such as 1.2.3.4.5, which is no name and no address.
  const url = URL.parse(context.req.url);
  const host = context.req.header("host");
  const isNamed = host === undefined ? url?.pathname === "/health" : isForUs(host, url?.host, context.env);
  if (!isNamed) {
    throw new AppError("misdirected_request", "This service does not answer for the host named in the request.");
  }
}

function isForUs(header: string, urlHost: string | undefined, { host }: EndpointContext): boolean {
  const names = host.hostNames();
  return urlHost !== undefined && isAllowedHost(header, names) && isAllowedHost(urlHost, names);
}

function handlerOf(endpoint: Endpoint): Handler {
  return async (context) => {
    const query = readParameters(endpoint.parameters, new URL(context.req.url).searchParams);
    const [target = ""] = Object.values(context.req.param());
    const body = endpoint.body ? await readBody(context.req.raw, endpoint.body) : undefined;
    const actor = context.get("actor") ?? null;
    // The endpoint's own parameters and body were read just above; `defineEndpoint` tied their types to its handler.
    const request = { request: context.req.raw, query: query as never, body: body as never, target, actor };
    return endpoint.handle(request, context.env);
  };
}

function index({ env }: AppContext): Response {
  const { node, notice, intervalMs } = env.host.cluster();
  return jsonResponse({
    service: "LangGraph Monitoring Service",
    monitoring_node: node,
    interval_s: intervalMs / 1000,
    ...(notice === null ? {} : { notice }),
    endpoints: [
      ...ENDPOINTS.map(({ path, method = "GET", summary, parameters }) => {
        return { path, method, summary, parameters: Object.keys(parameters) };
      }),
      { path: "/openapi.json", method: "GET", summary: "This API as an OpenAPI 3.1 document.", parameters: [] },
    ],
  });
}

/** Of the declarations alone, so it is made once: that takes zod two milliseconds. */
let description: unknown;

function openApi(): Response {
  description ??= openApiDocument(ENDPOINTS);
  return jsonResponse(description);
}

function refuseMethod({ req, env }: AppContext, allow: string): Response {
  const error = new AppError("method_not_allowed", `${req.method} is not possible here.`);
  return problemResponse(error, env.host.log, { allow });
}

function refusePath(): never {
  throw new AppError("not_found", "There is nothing here. GET / lists what there is.");
}

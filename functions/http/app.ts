/**
 * The HTTP application: every endpoint behind the guard, what it takes read strictly, what it returns sent, errors mapped.
 * Built once, stateless; everything variable comes with the context. Called by the monitor.
 * Invariant: no handler runs before the guard has let the request in, and no error leaves unmapped.
 */
import { Hono, type Context } from "hono";
import * as z from "zod/mini";
import type { EventStream } from "../../shared/ports/event-stream.ts";
import { ENDPOINTS } from "../endpoints/registry.ts";
import { asPageForPeople, wantsPage } from "../page/as-page.tsx";
import { mountPages, PAGES } from "../page/pages.tsx";
import { MCP_PATH, serveMcp } from "../mcp/serve-mcp.ts";
import { mountPublic } from "../public/routes.tsx";
import { jsonBytes, toResponse, type Bytes } from "./bytes.ts";
import type { Endpoint } from "./endpoint.ts";
import { streamResponse } from "./event-stream.ts";
import type { AppEnv } from "./app-env.ts";
import { AdmittedRequest } from "./admitted-request.ts";
import { admit, READING } from "./guard.ts";
import { readBody, readQuery } from "./input.ts";
import { AppError, problemResponse, REFUSALS, type RefusalCode } from "./problem.ts";

type AppContext = Context<AppEnv>;

export function createApp(): Hono<AppEnv> {
  const app = new Hono<AppEnv>();
  mountPages(app);
  mountPublic(app);
  app.post(MCP_PATH, serveMcp(app));
  app.all(MCP_PATH, (context) => refuseMethod(context, "POST"));
  for (const endpoint of ENDPOINTS) app.on(endpoint.method, route(endpoint.path), serve(endpoint));
  for (const path of new Set(ENDPOINTS.map((endpoint) => endpoint.path))) {
    const allow = methodsAt(path).join(", ");
    app.all(route(path), (context) => refuseMethod(context, allow));
  }
  for (const [path, allow] of Object.entries(PAGES))
    app.all(
      path,
      asPageForPeople((context) => refuseMethod(context, allow)),
    );
  app.notFound(asPageForPeople(refuseUnknown));
  app.onError((error, { env }) => problemResponse(error, env.log));
  return app;
}

function route(path: string): string {
  return path.replace(/\{(\w+)\}/g, ":$1");
}

/** As the header Allow lists them. */
function methodsAt(path: string): string[] {
  const methods = ENDPOINTS.filter((endpoint) => endpoint.path === path).map(({ method }) => method);
  return methods.flatMap((method) => (method === "GET" ? ["GET", "HEAD"] : [method]));
}

function serve(endpoint: Endpoint): (context: AppContext) => Promise<Response> {
  // Made once: zod compiles a schema when it reads the first value.
  const querySchema = z.object(endpoint.query);
  const pathSchema = z.object(endpoint.pathParameters);
  const refuse = (code: RefusalCode): AppError => new AppError(code, endpoint.refusals[code] ?? REFUSALS[code]);
  return async ({ req, env }) => {
    const actor = await admit(req.raw, endpoint, env);
    const query = readQuery(querySchema, new URL(req.url).searchParams);
    const { data: path } = pathSchema.safeParse(req.param());
    if (!path) throw refuse("not_found");
    const body = endpoint.body && (await readBody(req.raw, endpoint.body));
    // What is refused for what it says changes nothing, and does not count.
    if (endpoint.effect === "write") env.rates.write(actor, env.clock.nowMs());
    const request = new AdmittedRequest({ raw: req.raw, endpoint, env, path, query, body, actor, refuse });
    // HEAD comes here as well, and nobody would ever end its stream.
    if (endpoint.answersWith === "stream" && req.raw.method === "HEAD")
      return streamResponse(null, env.respondWithEvents);
    // The endpoint's own declarations have just read these; `defineEndpoint` tied their types to its handler.
    const answer = await endpoint.handle(request as never, { ...env, endpoints: ENDPOINTS });
    if (endpoint.answersWith === "stream") return streamResponse(answer as EventStream, env.respondWithEvents);
    if (endpoint.answersWith === "bytes") return toResponse(answer as Bytes);
    const status = endpoint.failing?.when(answer) ? 503 : endpoint.created ? 201 : 200;
    return toResponse(jsonBytes(JSON.stringify(answer), { status }));
  };
}

async function refuseUnknown(context: AppContext): Promise<never> {
  await admit(context.req.raw, READING, context.env);
  throw new AppError("not_found", wantsPage(context) ? "There is no page at this address." : REFUSALS.not_found);
}

async function refuseMethod({ req, env }: AppContext, allow: string): Promise<Response> {
  await admit(req.raw, READING, env);
  const error = new AppError("method_not_allowed", `${req.method} is not possible here.`);
  return problemResponse(error, env.log, { allow });
}

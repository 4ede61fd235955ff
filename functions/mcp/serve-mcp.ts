/**
 * POST /mcp: the API as tools of agents (Model Context Protocol, Streamable HTTP, answers as JSON). Mounted by app.ts.
 * Stateless: no session, no stream of our own, so that any instance can answer any request.
 * Invariants: a request passes the rules for Host, Origin and token before it is read; a tool is listed to who may call it.
 */
import type { Context, Hono } from "hono";
import * as z from "zod/mini";
import type { AppEnv } from "../http/app-env.ts";
import { jsonBytes, SECURITY_HEADERS, toResponse } from "../http/bytes.ts";
import { isGranted, isOpen, READING, requireAddressed, requireOwnOrigin, verifyToken } from "../http/guard.ts";
import { readBody } from "../http/input.ts";
import type { Json } from "../http/json-schema.ts";
import { AppError } from "../http/problem.ts";
import { shownToken } from "../http/shown-token.ts";
import { ownApi } from "../page/own-api.ts";
import { callTool } from "./call-tool.ts";
import { isObject, readMessage, RpcError, type Call, type Id } from "./json-rpc.ts";
import { discover, findEra, initialize, toResult, type Era } from "./protocol.ts";
import { describeTool, type Tool } from "./tool.ts";
import { TOOLS } from "./tools.ts";

export const MCP_PATH = "/mcp";

type McpContext = Pick<Context<AppEnv>, "req" | "env">;
type Answer = (params: Json, context: McpContext, app: Hono<AppEnv>) => Json | Promise<Json>;

const METHODS: Readonly<Record<Era, Readonly<Record<string, Answer>>>> = {
  initialized: { initialize, ping: () => ({}), "tools/list": listTools, "tools/call": call },
  stateless: {
    "server/discover": discover,
    "tools/list": async (params, context) => ({ ...(await listTools(params, context)), ...LIST_KEPT }),
    "tools/call": call,
  },
};

/** A reload may take a token away; what it may call is nobody else's business. */
const LIST_KEPT = { ttlMs: 60_000, cacheScope: "private" };

export function serveMcp(app: Hono<AppEnv>): (context: McpContext) => Promise<Response> {
  return async (context) => {
    await requireKnown(context);
    let id: Id | null = null;
    try {
      const message = readMessage(await readJson(context));
      if (!message) return new Response(null, { status: 202, headers: SECURITY_HEADERS });
      ({ id } = message);
      return send(200, { id, result: await answer(message, context, app) });
    } catch (error) {
      if (!(error instanceof RpcError)) throw error;
      const { status, code, message, data } = error;
      return send(status, { id, error: { code, message, ...(data && { data }) } });
    }
  };
}

function send(status: number, message: Json): Response {
  return toResponse(jsonBytes(JSON.stringify({ jsonrpc: "2.0", ...message }), { status }));
}

/** Any token will do where reading needs one: what it is good for is asked when a tool is called. */
async function requireKnown({ req, env }: McpContext): Promise<void> {
  requireAddressed(req.raw, env);
  requireOwnOrigin(req.raw);
  if (!env.config().auth.readsNeedToken) return;
  const token = shownToken(req.raw.headers, READING);
  if ((await isGranted(token, READING.scope, env)) === null) await verifyToken(token, READING.scope, env);
}

async function readJson({ req }: McpContext): Promise<unknown> {
  try {
    return await readBody(req.raw, z.unknown());
  } catch (error) {
    if (error instanceof AppError && error.code === "invalid_body") throw new RpcError("parse", error.message);
    throw error;
  }
}

async function answer(message: Call, context: McpContext, app: Hono<AppEnv>): Promise<Json> {
  const era = findEra(message, context.req.raw.headers);
  const { method, params } = message;
  if (!Object.hasOwn(METHODS[era], method)) {
    // The newer protocol wants it to be told from an endpoint that is not there.
    const status = era === "stateless" ? 404 : 200;
    throw new RpcError("methodNotFound", `There is no method ${method.slice(0, 60)}.`, { status });
  }
  return toResult(era, (await METHODS[era][method]?.(params, context, app)) ?? {});
}

/** Made once: zod takes some milliseconds for them. */
const described = new Map<Tool, Json>();

async function listTools({ cursor }: Json, context: McpContext): Promise<Json> {
  if (cursor !== undefined) throw new RpcError("invalidParams", "cursor: there is one page only", { status: 200 });
  const tools: Json[] = [];
  for (const tool of TOOLS) {
    if (!(await isAllowed(tool, context))) continue;
    const description = described.get(tool) ?? describeTool(tool);
    described.set(tool, description);
    tools.push(description);
  }
  return { tools };
}

async function isAllowed({ endpoint }: Tool, { req, env }: McpContext): Promise<boolean> {
  if (isOpen(endpoint) && !env.config().auth.readsNeedToken) return true;
  return (await isGranted(shownToken(req.raw.headers, endpoint), endpoint.scope, env)) === true;
}

async function call(params: Json, context: McpContext, app: Hono<AppEnv>): Promise<Json> {
  const { name, arguments: given = {} } = params;
  const tool = TOOLS.find((one) => one.name === name);
  if (!tool) throw new RpcError("invalidParams", `Unknown tool: ${String(name).slice(0, 60)}`, { status: 200 });
  if (!isObject(given)) throw new RpcError("invalidParams", "arguments: expected an object", { status: 200 });
  // At the edge a request may have no signal.
  return callTool(tool, given, ownApi(app, context, context.req.raw.signal ?? null));
}

/**
 * JSON-RPC 2.0 as MCP uses it: what a message is, and what is wrong with one. Pure.
 * Read by serve-mcp.ts and protocol.ts. Invariant: an error says what to do otherwise, and nothing of our inside.
 */
import * as z from "zod/mini";
import type { Json } from "../http/json-schema.ts";

export const CODES = {
  parse: -32_700,
  invalidRequest: -32_600,
  methodNotFound: -32_601,
  invalidParams: -32_602,
  /** The last two are MCP's own. */
  headerMismatch: -32_020,
  unsupportedVersion: -32_022,
} as const;

interface Details {
  /** Of the HTTP answer. Default: 400. */
  readonly status?: number;
  readonly data?: Json;
}

export class RpcError extends Error {
  override readonly name = "RpcError";
  readonly code: number;
  readonly status: number;
  readonly data: Json | null;

  constructor(code: keyof typeof CODES, message: string, { status = 400, data }: Details = {}) {
    super(message);
    this.code = CODES[code];
    this.status = status;
    this.data = data ?? null;
  }
}

export type Id = string | number;

export interface Call {
  readonly id: Id;
  readonly method: string;
  readonly params: Json;
}

const object = z.record(z.string(), z.unknown());

const messageSchema = z.object({
  jsonrpc: z.literal("2.0"),
  id: z.optional(z.union([z.string(), z.number()])),
  method: z.optional(z.string()),
  params: z.optional(object),
});

/** Null: it wants no answer, as a notification. Throws RpcError for what is no message. */
export function readMessage(value: unknown): Call | null {
  if (Array.isArray(value)) throw new RpcError("invalidRequest", "Batches are not taken: send one message at a time.");
  const { data } = messageSchema.safeParse(value);
  if (!data) throw new RpcError("invalidRequest", "This is no JSON-RPC 2.0 message: jsonrpc, id, method, params.");
  const { id, method, params = {} } = data;
  if (method === undefined && !isResponse(value)) throw new RpcError("invalidRequest", "The message names no method.");
  return id === undefined || method === undefined ? null : { id, method, params };
}

/** Nobody was asked anything, so there is nothing to do with one. */
function isResponse(value: unknown): boolean {
  return isObject(value) && ("result" in value || "error" in value);
}

export function isObject(value: unknown): value is Json {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/**
 * A client of MCP that sends what it is given, and a service for it: one target fails and one works, a token may read and another one
 * acknowledge. Used by the MCP contracts; the official clients have a contract of their own.
 */
import { expect } from "vitest";
import { newToken } from "../../functions/cli/new-token.ts";
import { request, type RawAnswer } from "./raw-http.ts";

export const READER = newToken("reader");
export const WRITER = newToken("writer");

/** Of the protocol with `initialize`. */
export const OLD = "2025-11-25";

export type Sent = Readonly<Record<string, unknown>>;

interface Told {
  readonly headers?: Readonly<Record<string, string>>;
  /** Default: one that may read. Empty for none. */
  readonly token?: string;
}

/** Of a service that watches what fails and what works at these URLs. */
export function mcpConfiguration(failing: string, working: string): string {
  const each = { interval: 3_600, failures: 1 };
  return JSON.stringify({
    services: {
      tools: { name: "Tools Server", critical: true, impact: "No tools", url: failing, ...each },
      llm: { name: "LLM", url: working, ...each },
    },
    routes: { llm: ["llm", "tools"] },
    auth: {
      reads: "token",
      tokens: {
        reader: { hash: READER.hash, scopes: ["read"] },
        writer: { hash: WRITER.hash, scopes: ["alerts:write"] },
      },
    },
  });
}

/** @param port of the service, which may not run yet */
export function mcpClient(port: () => number) {
  const get = (path: string) => request(port(), path, { headers: { authorization: `Bearer ${READER.token}` } });
  const post = (message: unknown, { headers = {}, token = READER.token }: Told = {}): Promise<RawAnswer> => {
    const body = typeof message === "string" ? message : JSON.stringify(message);
    return request(port(), "/mcp", {
      method: "POST",
      headers: {
        "content-type": "application/json",
        accept: "application/json, text/event-stream",
        "content-length": String(Buffer.byteLength(body)),
        ...(token !== "" && { authorization: `Bearer ${token}` }),
        ...headers,
      },
      body,
    });
  };
  const old = (method: string, params: Sent = {}, told: Told = {}) => {
    const headers = { "mcp-protocol-version": OLD, ...told.headers };
    return post({ jsonrpc: "2.0", id: 1, method, params }, { ...told, headers });
  };
  const call = async (tool: string, given: Sent, token = READER.token) => {
    const { status, json } = await old("tools/call", { name: tool, arguments: given }, { token });
    expect(status).toBe(200);
    return json.result;
  };
  return {
    get,
    post,
    /** As a client sends it that has begun with `initialize`. */
    old,
    /** What a tool tells; the same as text. */
    async told(tool: string, given: Sent = {}, token?: string) {
      const { structuredContent, content, isError } = await call(tool, given, token);
      expect(isError).toBeUndefined();
      expect(JSON.parse(content[0].text)).toEqual(structuredContent);
      return structuredContent;
    },
    /** What it says to the model instead. */
    async refused(tool: string, given: Sent, token?: string): Promise<string> {
      const { content, isError } = await call(tool, given, token);
      expect(isError).toBe(true);
      return content[0].text;
    },
  };
}

/**
 * POST /mcp over a socket of the running service, the same on every host: both protocols message by message, as clients were seen to send
 * them. What the tools tell is in mcp-tools-contract.ts.
 */
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { mcpClient, mcpConfiguration, OLD, type Sent } from "../support/mcp-client.ts";
import { sendJson, startTarget, type TargetServer } from "../support/target-server.ts";
import type { HttpHost, StartHttpHost } from "./http-host.ts";

const NEW = "2026-07-28";
const META = "io.modelcontextprotocol/";

const READING_TOOLS = [
  "get_cluster_health",
  "get_service_health",
  "pick_llm_endpoint",
  "wait_for_healthy",
  "list_alerts",
  "explain_service",
  "get_history",
];

/** As a client of the newer protocol sends it: all is said in the body, and again in the headers. */
function selfContained(method: string, params: Sent = {}) {
  const meta = { [`${META}protocolVersion`]: NEW, [`${META}clientCapabilities`]: {} };
  const headers = { "mcp-protocol-version": NEW, "mcp-method": method };
  const named = typeof params["name"] === "string" ? { "mcp-name": params["name"] } : {};
  return {
    message: { jsonrpc: "2.0", id: 1, method, params: { ...params, _meta: meta } },
    headers: { ...headers, ...named } as Record<string, string>,
  };
}

/** `start` adds nothing to the requests. */
export function mcpContract(name: string, start: StartHttpHost): void {
  describe(`MCP on ${name}`, () => {
    let down: TargetServer;
    let well: TargetServer;
    let host: HttpHost;
    const { get, post, old, told } = mcpClient(() => host.port);

    beforeAll(async () => {
      [down, well] = await Promise.all([startTarget(sendJson(503, {})), startTarget()]);
      host = await start(mcpConfiguration(down.url, well.url));
      await get("/cluster_health?fresh=true");
    });
    afterAll(async () => {
      await host.stop();
      await Promise.all([down.close(), well.close()]);
    });

    describe("with clients that begin with initialize", () => {
      it("answers the whole conversation, as it was seen", async () => {
        const hello = { protocolVersion: OLD, capabilities: {}, clientInfo: { name: "t", version: "1" } };
        const first = await post({ method: "initialize", params: hello, jsonrpc: "2.0", id: 0 });
        expect(first).toMatchObject({
          status: 200,
          json: { jsonrpc: "2.0", id: 0, result: { protocolVersion: OLD, capabilities: { tools: {} } } },
        });
        expect(Object.keys(first.json.result.serverInfo)).toEqual(["name", "title", "version"]);
        const version = { "mcp-protocol-version": OLD };
        const second = await post({ method: "notifications/initialized", jsonrpc: "2.0" }, { headers: version });
        expect([second.status, second.body]).toEqual([202, ""]);
        const third = await old("tools/list");
        expect(third.json.result.tools.map((tool: { name: string }) => tool.name)).toEqual(READING_TOOLS);
        expect(await told("get_cluster_health")).toMatchObject({ counts: { healthy: 1, unhealthy: 1 } });
      });

      it.each([
        ["2024-11-05", "2024-11-05"],
        ["2025-06-18", "2025-06-18"],
        ["1999-01-01", OLD],
        [NEW, OLD],
      ])("asked for %s it offers %s", async (asked, offered) => {
        const { json } = await post({
          jsonrpc: "2.0",
          id: 1,
          method: "initialize",
          params: { protocolVersion: asked },
        });
        expect(json.result.protocolVersion).toBe(offered);
      });

      it("needs no header of its version, and says which it knows to who names another one", async () => {
        expect((await post({ jsonrpc: "2.0", id: "a", method: "ping" })).json).toEqual({
          jsonrpc: "2.0",
          id: "a",
          result: {},
        });
        const { status, json } = await old("ping", {}, { headers: { "mcp-protocol-version": "1900-01-01" } });
        expect([status, json.error.code, json.error.data.requested]).toEqual([400, -32_022, "1900-01-01"]);
        expect(json.error.data.supported).toContain(OLD);
      });

      it("says that there is no such method, with status 200", async () => {
        expect(await old("resources/list")).toMatchObject({ status: 200, json: { id: 1, error: { code: -32_601 } } });
        expect((await old("constructor")).json.error.code).toBe(-32_601);
      });
    });

    describe("with clients of which each request stands alone", () => {
      const fresh = (method: string, params: Sent = {}, headers: Record<string, string | null> = {}) => {
        const sent = selfContained(method, params);
        const all = Object.entries({ ...sent.headers, ...headers }).filter(([, value]) => value !== null);
        return post(sent.message, { headers: Object.fromEntries(all) as Record<string, string> });
      };

      it("answers the whole conversation, as it was seen", async () => {
        const server = { [`${META}serverInfo`]: { name: "langgraph-monitoring" } };
        const first = await fresh("server/discover");
        expect(first).toMatchObject({
          status: 200,
          json: {
            id: 1,
            result: {
              resultType: "complete",
              supportedVersions: [NEW],
              capabilities: { tools: {} },
              ttlMs: 3_600_000,
              cacheScope: "public",
              _meta: server,
            },
          },
        });
        const second = await fresh("tools/list");
        expect(second.json.result).toMatchObject({ resultType: "complete", cacheScope: "private", _meta: server });
        expect(second.json.result.tools).toHaveLength(READING_TOOLS.length);
        const third = await fresh("tools/call", { name: "get_cluster_health", arguments: {} });
        expect(third.json.result).toMatchObject({ resultType: "complete", structuredContent: { status: "unhealthy" } });
      });

      it.each([
        ["no version", { "mcp-protocol-version": null }],
        ["another version", { "mcp-protocol-version": OLD }],
        ["no method", { "mcp-method": null }],
        ["another method", { "mcp-method": "tools/call" }],
      ])("refuses headers with %s than the body", async (_what, headers) => {
        expect(await fresh("tools/list", {}, headers)).toMatchObject({
          status: 400,
          json: { id: 1, error: { code: -32_020 } },
        });
      });

      it.each([
        ["none", null],
        ["another one", "list_alerts"],
        ["what is no base64", "=?base64?%%?="],
      ])("refuses a call whose header names %s", async (_what, header) => {
        const answer = await fresh("tools/call", { name: "get_history" }, { "mcp-name": header });
        expect(answer).toMatchObject({ status: 400, json: { error: { code: -32_020 } } });
      });

      it("takes a name in base64", async () => {
        const encoded = `=?base64?${Buffer.from("list_alerts").toString("base64")}?=`;
        const { json } = await fresh("tools/call", { name: "list_alerts" }, { "mcp-name": encoded });
        expect(json.result.structuredContent.count).toBe(1);
      });

      it("says which versions it knows to who names another one", async () => {
        const { message, headers } = selfContained("tools/list");
        const other = { ...message.params._meta, [`${META}protocolVersion`]: "2027-01-01" };
        const sent = { ...message, params: { _meta: other } };
        const answer = await post(sent, { headers: { ...headers, "mcp-protocol-version": "2027-01-01" } });
        expect(answer).toMatchObject({
          status: 400,
          json: { error: { code: -32_022, data: { requested: "2027-01-01" } } },
        });
        expect(answer.json.error.data.supported[0]).toBe(NEW);
      });

      it("refuses a request that does not say all about itself", async () => {
        const headers = { "mcp-protocol-version": NEW, "mcp-method": "tools/list" };
        const without = await post({ jsonrpc: "2.0", id: 1, method: "tools/list" }, { headers });
        expect(without).toMatchObject({ status: 400, json: { error: { code: -32_602 } } });
        const half = { _meta: { [`${META}protocolVersion`]: NEW } };
        const answer = await post({ jsonrpc: "2.0", id: 1, method: "tools/list", params: half }, { headers });
        expect(answer.json.error.message).toContain("clientCapabilities");
      });

      it.each(["ping", "initialize", "resources/list"])("has no method %s, with status 404", async (method) => {
        expect(await fresh(method)).toMatchObject({ status: 404, json: { id: 1, error: { code: -32_601 } } });
      });
    });

    describe("messages", () => {
      it.each([
        ["no JSON", "{", -32_700],
        ["a batch", [{ jsonrpc: "2.0", id: 1, method: "ping" }], -32_600],
        ["no object", "7", -32_600],
        ["another JSON-RPC", { jsonrpc: "1.0", id: 1, method: "ping" }, -32_600],
        ["an id that is null", { jsonrpc: "2.0", id: null, method: "ping" }, -32_600],
        ["no method", { jsonrpc: "2.0", id: 1 }, -32_600],
        ["parameters in a list", { jsonrpc: "2.0", id: 1, method: "ping", params: [] }, -32_600],
      ])("are refused when they are %s", async (_what, message, code) => {
        const { status, json } = await post(message);
        expect([status, json.jsonrpc, json.id, json.error.code]).toEqual([400, "2.0", null, code]);
      });

      it("that are answers or notifications are taken and not answered", async () => {
        for (const message of [
          { jsonrpc: "2.0", method: "notifications/cancelled", params: { requestId: 1 } },
          { jsonrpc: "2.0", id: 1, result: {} },
        ])
          expect(await post(message)).toMatchObject({ status: 202, body: "" });
      });

      it.each([
        ["an unknown tool", { name: "reboot" }, "Unknown tool: reboot"],
        ["no tool", {}, "Unknown tool"],
        ["arguments in a list", { name: "list_alerts", arguments: [] }, "arguments: expected an object"],
      ])("are refused for %s", async (_what, params, message) => {
        const { status, json } = await old("tools/call", params);
        expect([status, json.error.code]).toEqual([200, -32_602]);
        expect(json.error.message).toContain(message);
      });

      it("have one page of tools", async () => {
        expect((await old("tools/list", { cursor: "2" })).json.error.code).toBe(-32_602);
      });
    });
  });
}

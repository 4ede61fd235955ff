/**
 * POST /mcp as the official clients use it, of the protocol with `initialize` and of the one without. They check what they are told against
 * the schemas that they were told before. The same on every host.
 */
import { Client, StreamableHTTPClientTransport } from "@modelcontextprotocol/client";
import { Client as ClientV1 } from "@modelcontextprotocol/sdk/client/index.js";
import { StreamableHTTPClientTransport as TransportV1 } from "@modelcontextprotocol/sdk/client/streamableHttp.js";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { newToken } from "../../functions/cli/new-token.ts";
import { request } from "../support/raw-http.ts";
import { sendJson, startTarget, type TargetServer } from "../support/target-server.ts";
import type { HttpHost, StartHttpHost } from "./http-host.ts";

const { token, hash } = newToken("agents");
const AUTHORIZATION = { authorization: `Bearer ${token}` };

const WHO = { name: "test", version: "1" };
const NEW = "2026-07-28";

/** What both versions of the client can do. */
interface Peer {
  listTools(): Promise<{ readonly tools: readonly { readonly name: string }[] }>;
  callTool(asked: { name: string; arguments?: Record<string, unknown> }): Promise<object>;
  close(): Promise<void>;
}

type Connect = (url: URL) => Promise<{ readonly peer: Peer; readonly version: string | undefined }>;

const options = { requestInit: { headers: AUTHORIZATION } };

const connectV1: Connect = async (url) => {
  const peer = new ClientV1(WHO);
  const transport = new TransportV1(url, options);
  await peer.connect(transport);
  return { peer, version: transport.protocolVersion };
};

const connectV2 =
  (settings: ConstructorParameters<typeof Client>[1]): Connect =>
  async (url) => {
    const peer = new Client(WHO, settings);
    await peer.connect(new StreamableHTTPClientTransport(url, options));
    return { peer, version: peer.getNegotiatedProtocolVersion() };
  };

const PEERS = [
  ["sdk 1", "2025-11-25", connectV1],
  ["client 2 by default", "2025-11-25", connectV2({})],
  ["client 2 that finds out", NEW, connectV2({ versionNegotiation: { mode: "auto" } })],
  ["client 2 of one version only", NEW, connectV2({ versionNegotiation: { mode: { pin: NEW } } })],
] as const;

/** `start` adds nothing to the requests. */
export function mcpPeersContract(name: string, start: StartHttpHost): void {
  describe(`MCP on ${name}, by`, () => {
    let down: TargetServer;
    let well: TargetServer;
    let host: HttpHost;

    beforeAll(async () => {
      [down, well] = await Promise.all([startTarget(sendJson(503, {})), startTarget()]);
      const services = {
        tools: { name: "Tools Server", critical: true, url: down.url, interval: 3_600, failures: 1 },
        llm: { url: well.url, interval: 3_600, depends_on: ["tools"] },
      };
      const auth = { reads: "token", tokens: { agents: { hash, scopes: ["read", "alerts:write"] } } };
      host = await start(JSON.stringify({ services, routes: { llm: ["llm", "tools"] }, auth }));
      await request(host.port, "/cluster_health?fresh=true", { headers: AUTHORIZATION });
    });
    afterAll(async () => {
      await host.stop();
      await Promise.all([down.close(), well.close()]);
    });

    it.each(PEERS)("%s, which speaks %s: every tool tells what its schema says", async (_peer, expected, connect) => {
      const { peer, version } = await connect(new URL(`http://127.0.0.1:${host.port}/mcp`));
      try {
        expect(version).toBe(expected);
        // Only what was listed is checked by its schema.
        const { tools } = await peer.listTools();
        const alert: { id: string } = (await tell(peer, "list_alerts")).alerts[0];
        const given: Readonly<Record<string, Record<string, unknown>>> = {
          get_service_health: { service: "llm" },
          explain_service: { service: "tools" },
          wait_for_healthy: { timeout: 0 },
          acknowledge_alert: { id: alert.id, comment: "On it." },
        };
        for (const tool of tools) expect(await tell(peer, tool.name, given[tool.name])).toBeTypeOf("object");
        expect(tools).toHaveLength(8);
        const refused = await peer.callTool({ name: "explain_service", arguments: { service: "nobody" } });
        expect(refused).toMatchObject({ isError: true });
        await expect(peer.callTool({ name: "reboot" })).rejects.toThrow("Unknown tool: reboot");
      } finally {
        await peer.close();
      }
    });

    it("a client without a token, which hears that it needs one", async () => {
      const peer = new ClientV1(WHO);
      const transport = new TransportV1(new URL(`http://127.0.0.1:${host.port}/mcp`));
      await expect(peer.connect(transport)).rejects.toThrow("unauthorized");
    });
  });
}

// oxlint-disable-next-line typescript/no-explicit-any -- the client has checked the shape, by the schema it was told
async function tell(peer: Peer, name: string, given: Record<string, unknown> = {}): Promise<any> {
  const answer: { structuredContent?: unknown; isError?: boolean } = await peer.callTool({ name, arguments: given });
  expect(answer.isError).toBeUndefined();
  return answer.structuredContent;
}

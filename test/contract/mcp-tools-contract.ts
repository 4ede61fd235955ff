/**
 * The tools of POST /mcp, the same on every host: who may see and call them, and that each tells what its endpoint answers to the same
 * token.
 */
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { newToken } from "../../functions/cli/new-token.ts";
import { mcpClient, mcpConfiguration, READER, WRITER } from "../support/mcp-client.ts";
import { request } from "../support/raw-http.ts";
import { sendJson, startTarget, type TargetServer } from "../support/target-server.ts";
import type { HttpHost, StartHttpHost } from "./http-host.ts";

const FORGED = newToken("reader");

/** `start` adds nothing to the requests. */
export function mcpToolsContract(name: string, start: StartHttpHost): void {
  describe(`tools by MCP on ${name}`, () => {
    let down: TargetServer;
    let well: TargetServer;
    let host: HttpHost;
    const { get, post, told, refused } = mcpClient(() => host.port);

    beforeAll(async () => {
      [down, well] = await Promise.all([startTarget(sendJson(503, {})), startTarget()]);
      host = await start(mcpConfiguration(down.url, well.url));
      await get("/cluster_health?fresh=true");
    });
    afterAll(async () => {
      await host.stop();
      await Promise.all([down.close(), well.close()]);
    });

    describe("who may ask", () => {
      const list = { jsonrpc: "2.0", id: 1, method: "tools/list" };

      it("is who has a token, where reading needs one", async () => {
        for (const token of ["", FORGED.token]) {
          const { status, headers } = await post(list, { token });
          expect([status, headers["www-authenticate"]]).toEqual([401, 'Bearer realm="monitoring"']);
        }
      });

      it("sees what the token is good for", async () => {
        const { json } = await post(list, { token: WRITER.token });
        const [only, ...others] = json.result.tools;
        expect(others).toEqual([]);
        expect(only).toMatchObject({
          name: "acknowledge_alert",
          inputSchema: { required: ["id"], additionalProperties: false },
          annotations: { readOnlyHint: false, destructiveHint: false },
        });
      });

      it("can call nothing else", async () => {
        const alert = (await told("list_alerts")).alerts[0];
        expect(await refused("acknowledge_alert", { id: alert.id })).toBe("This token lacks the scope alerts:write.");
        expect(await refused("list_alerts", {}, WRITER.token)).toBe("This token lacks the scope read.");
      });

      it("is no page of somebody else, and nobody who asks for another host", async () => {
        const foreign = await post(list, { headers: { origin: "http://evil.example.com" } });
        expect(foreign.status).toBe(403);
        const own = await post(list, { headers: { origin: `http://127.0.0.1:${host.port}` } });
        expect(own.status).toBe(200);
        expect((await post(list, { headers: { host: "evil.example.com" } })).status).toBe(421);
      });

      it("sends JSON, and not too much of it", async () => {
        expect((await post(list, { headers: { "content-type": "text/plain" } })).status).toBe(415);
        const long = { ...list, params: { filler: "x".repeat(70_000) } };
        expect((await post(long)).status).toBe(413);
      });

      it("asks by POST", async () => {
        for (const method of ["GET", "DELETE"]) {
          const headers = { authorization: `Bearer ${READER.token}`, accept: "text/event-stream" };
          const answer = await request(host.port, "/mcp", { method, headers });
          expect([answer.status, answer.headers["allow"]]).toEqual([405, "POST"]);
        }
      });
    });

    describe("tools", () => {
      it("tell of the cluster what is wrong, and how much is well", async () => {
        const { json } = await get("/cluster_health");
        expect(await told("get_cluster_health")).toEqual({
          status: "unhealthy",
          since: json.overall_since,
          checked_at: json.timestamp,
          counts: { healthy: 1, unhealthy: 1 },
          not_healthy: [
            {
              service: "tools",
              name: "Tools Server",
              critical: true,
              status: "unhealthy",
              reason: "http_status",
              message: json.services.tools.health.error,
              since: json.services.tools.since,
            },
          ],
          left_out: 0,
        });
      });

      it("tell of a service why it is what it is", async () => {
        const of = { service: "tools" };
        const { json } = await get("/services/tools");
        expect(await told("get_service_health", of)).toMatchObject({
          status: json.status,
          reason: "http_status",
          message: json.message,
          impact: "No tools",
          critical: true,
          depends_on: {},
          uptime_percent: { day: json.periods[0].uptime_percent },
        });
        const { sentences, service } = await told("explain_service", of);
        const expected = (await get("/explain/tools")).json.sentences.length;
        expect([service, sentences.length]).toEqual(["tools", expected]);
      });

      it("pick the endpoint that the API picks", async () => {
        const { json } = await get("/route");
        expect(await told("pick_llm_endpoint")).toMatchObject({
          endpoint: { service: "llm", url: json.endpoint.url, api: "openai" },
          fail_open: false,
          skipped: [{ service: "tools" }],
        });
        expect(await told("pick_llm_endpoint", { exclude: "llm", max_latency_ms: 60_000 })).toMatchObject({
          endpoint: { service: "tools" },
          fail_open: true,
        });
      });

      it("wait no longer than is asked, and not at all for what is well", async () => {
        expect(await told("wait_for_healthy", { service: "llm" })).toMatchObject({ met: true, service: "llm" });
        expect(await told("wait_for_healthy", { capability: "llm" })).toMatchObject({ met: true, capability: "llm" });
        expect(await told("wait_for_healthy", { timeout: 0 })).toMatchObject({ met: false, waiting_for: ["tools"] });
      });

      it("tell what happened, page by page", async () => {
        const first = await told("get_history", { limit: 1 });
        expect(first.changes).toHaveLength(1);
        const second = await told("get_history", { limit: 1, before: first.next_cursor });
        expect(new Set([first.changes[0].service, second.changes[0].service])).toEqual(new Set(["tools", "llm"]));
      });

      it.each([
        ["wait_for_healthy", { timeout: 26 }, "timeout: expected 25 at most"],
        ["wait_for_healthy", { timeout: -1 }, "timeout: expected a whole number from 0 to 300"],
        ["wait_for_healthy", { service: "nobody" }, "service: expected the key of a configured service"],
        ["get_cluster_health", { fresh: true }, "fresh: unknown; this tool takes none"],
        ["get_history", { limit: 51 }, "limit: expected 50 at most"],
        ["get_history", { limit: {} }, "limit: expected a text, a number, true or false"],
        ["explain_service", {}, "service: expected string"],
        ["explain_service", { service: ".." }, "service: expected the key of a service"],
        ["explain_service", { service: "nobody" }, "There is nothing here"],
        ["pick_llm_endpoint", { capability: "vision" }, "capability: expected llm"],
      ])("say to the model what does not fit: %s %j", async (tool, given, text) => {
        expect(await refused(tool, given)).toContain(text);
      });

      it("take null for what is left out, as models say it", async () => {
        expect(await told("get_history", { service: "llm", since: null })).toMatchObject({
          changes: [{ service: "llm" }],
        });
      });
    });

    // The last one: it changes what is asked above.
    it("acknowledges an alert in the name of the token", async () => {
      const alert = (await told("list_alerts")).alerts[0];
      expect(alert).toMatchObject({ service: "tools", state: "firing", acknowledged_by: null, impact: "No tools" });
      const bad = { id: alert.id, duration: 1, comment: "a\nb" };
      const text = await refused("acknowledge_alert", bad, WRITER.token);
      expect(text).toContain("duration: expected one minute to seven days");
      expect(text).toContain("comment: expected 1 to 500 characters");
      const given = { id: alert.id, comment: "On it.", duration: 600 };
      expect(await told("acknowledge_alert", given, WRITER.token)).toEqual({
        id: alert.id,
        state: "acknowledged",
        acknowledged_by: "writer",
      });
      expect((await get("/alerts")).json.details[0].acknowledged_by).toBe("writer");
    });
  });
}

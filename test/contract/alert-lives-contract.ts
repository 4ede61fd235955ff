/** What the API tells of the life of an alert, and for how long people may keep it quiet, the same on every host. */
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { alertHistoryEndpoint, alertsEndpoint } from "../../functions/endpoints/alerts.ts";
import { newToken } from "../../functions/cli/new-token.ts";
import { request } from "../support/raw-http.ts";
import { sendJson, startTarget, type TargetServer } from "../support/target-server.ts";
import type { HttpHost, StartHttpHost } from "./http-host.ts";

const ADMIN = newToken("admin");
const HOUR_S = 3_600;

/** `start` adds nothing to the requests. */
export function alertLivesContract(name: string, start: StartHttpHost): void {
  describe(`the life of an alert on ${name}`, () => {
    let target: TargetServer;
    let host: HttpHost;
    const ask = (method: string, path: string, body?: object) => {
      const text = body === undefined ? "" : JSON.stringify(body);
      const headers = {
        authorization: `Bearer ${ADMIN.token}`,
        "content-length": String(Buffer.byteLength(text)),
        ...(body && { "content-type": "application/json" }),
      };
      return request(host.port, path, { method, headers, body: text });
    };
    const open = async () => (await ask("GET", "/alerts?timeline=true")).json;

    beforeAll(async () => {
      target = await startTarget(sendJson(503, {}));
      const services = {
        tools: { url: target.url, critical: true, timeout: 50, interval: 60, failures: 1, successes: 1 },
      };
      const policies = { critical: { steps: [{ after: 0, channels: ["lines"] }] } };
      const alerting = { channels: { lines: { type: "log" } }, policies };
      const auth = { tokens: { admin: { hash: ADMIN.hash, scopes: ["admin"] } } };
      host = await start(JSON.stringify({ services, alerting, auth }));
      await ask("GET", "/cluster_health?fresh=true");
    });
    afterAll(async () => {
      await host.stop();
      await target.close();
    });

    it("is told when it is asked for, by what receivers have taken and people have done", async () => {
      const [before] = (await ask("GET", "/alerts")).json.details;
      expect(before.timeline).toBeUndefined();
      for (const duration of [59, 604_801, "1h"])
        expect((await ask("POST", `/alerts/${before.id}/acknowledge`, { duration })).status).toBe(400);
      const asked = { comment: "on it", duration: 2 * HOUR_S };
      expect((await ask("POST", `/alerts/${before.id}/acknowledge`, asked)).status).toBe(200);
      const answer = await open();
      expect(alertsEndpoint.response.parse(answer)).toEqual(answer);
      const [{ timeline, acknowledged_until: until }] = answer.details;
      const kinds = timeline.map(({ event }: { event: string }) => event);
      expect(kinds.slice(0, 2)).toEqual(["failed", "fired"]);
      expect(["told", "waiting"]).toContain(kinds[2]);
      const acknowledged = timeline.at(-1);
      expect(acknowledged).toMatchObject({ event: "acknowledged", by: "admin", comment: "on it", until });
      expect(Date.parse(until) - Date.parse(acknowledged.at)).toBe(2 * HOUR_S * 1_000);
      const past = (await ask("GET", "/alerts/history?timeline=true")).json;
      expect(alertHistoryEndpoint.response.parse(past)).toEqual(past);
      expect(past.alerts[0].timeline.at(-1)).toEqual(acknowledged);
    });

    it("is kept quiet until it is over, and no longer", async () => {
      const endsAt = new Date(Date.now() + 20 * HOUR_S * 1_000).toISOString();
      const wanted = { services: ["tools"], ends_at: endsAt, until_healthy: true, comment: "until it is healthy" };
      const { status, json } = await ask("POST", "/silences", wanted);
      expect([status, json.until_healthy, json.active]).toEqual([201, true, true]);
      const isActive = async () => (await ask("GET", "/silences")).json.silences[0].active;
      expect(await isActive()).toBe(true);
      target.response = sendJson(200, {});
      // Young checks are not made again.
      const looked = async () => {
        await ask("GET", "/cluster_health?fresh=true");
        return (await open()).details;
      };
      await expect.poll(looked).toEqual([]);
      expect(await isActive()).toBe(false);
      const [over] = (await ask("GET", "/alerts/history?timeline=true")).json.alerts;
      expect(over.timeline.map(({ event }: { event: string }) => event)).toContain("ended");
    });

    it("is in maintenance for a time that is told", async () => {
      const endsAt = new Date(Date.now() + HOUR_S * 1_000).toISOString();
      const schedule = { kind: "once", starts_at: new Date(Date.now() - 1_000).toISOString(), ends_at: endsAt };
      const { json } = await ask("POST", "/maintenance", { services: ["tools"], schedule, comment: "x" });
      expect(json).toMatchObject({ active: true, active_until: endsAt });
    });
  });
}

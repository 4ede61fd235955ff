/**
 * GET /haproxy over a socket of the running service, the same on every host: from what the last check has stored, and nothing else.
 */
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { haproxyEndpoint } from "../../functions/endpoints/haproxy.ts";
import { closedPort } from "../support/loopback-server.ts";
import { request } from "../support/raw-http.ts";
import { startTarget, type TargetServer } from "../support/target-server.ts";
import type { HttpHost, StartHttpHost } from "./http-host.ts";

const TABLE = `# pxname,svname,status,type,bck,stot,scur,qcur,smax,lastsess,rtime,mode,hrsp_2xx,hrsp_5xx,last_chk,
llm,jetson,UP 1/3,2,0,40,1,0,3,0,180,http,30,0,"one, ""two""",
llm,cpu,DOWN,2,0,2,0,0,1,9,220,http,2,0,,
llm,spare,MAINT,2,1,0,0,0,0,-1,,http,0,0,,
llm,BACKEND,UP,1,0,42,1,2,3,0,183,http,32,0,,
cache,redis,no check,2,0,7,0,0,1,3,0,tcp,,,,
cache,BACKEND,UP,1,0,7,0,0,1,3,0,tcp,,,,
`;

export function haproxyContract(name: string, start: StartHttpHost): void {
  describe(`GET /haproxy on ${name}`, () => {
    let target: TargetServer;
    let host: HttpHost;
    const get = (path: string) => request(host.port, path, { headers: host.headers });

    beforeAll(async () => {
      target = await startTarget((_request, response) =>
        response.writeHead(200, { "content-type": "text/plain" }).end(TABLE),
      );
      const services = {
        lb: { check_type: "haproxy", url: `${target.url}/stats;csv`, interval: 3_600 },
        gone: { check_type: "haproxy", url: `http://127.0.0.1:${await closedPort()}/stats;csv`, interval: 3_600 },
        second: { check_type: "haproxy", url: `${target.url}/second;csv`, interval: 3_600 },
      };
      host = await start(JSON.stringify({ node: "worker-node4", services }));
      await get("/cluster_health?fresh=true");
    });
    afterAll(async () => {
      await host.stop();
      await target.close();
    });

    it("answers in the seed's shape what the last check has found, and asks nobody", async () => {
      const { services } = (await get("/cluster_health")).json;
      expect(services.lb.health).toMatchObject({ status: "degraded", reason: "partly_down", error: "llm/cpu DOWN" });
      await expect.poll(async () => (await get("/haproxy?service=lb")).status).toBe(200);
      const seen = target.seen;
      const { json } = await get("/haproxy?service=lb");
      expect(json).toEqual({
        timestamp: expect.stringMatching(/^\d{4}-\d\d-\d\dT[\d:.]+Z$/),
        backends: {
          llm: {
            status: "UP",
            total_sessions: 42,
            current_sessions: 1,
            response_time: 183,
            queue_length: 2,
            error_percent: null,
            servers_up: 1,
            servers_total: 2,
            servers: [
              { name: "jetson", status: "UP 1/3", backup: false },
              { name: "cpu", status: "DOWN", backup: false },
              { name: "spare", status: "MAINT", backup: true },
            ],
          },
          cache: expect.objectContaining({ status: "UP", total_sessions: 7, response_time: null, servers_total: 1 }),
        },
        total_backends: 2,
        service: "lb",
        status: "degraded",
        services: { lb: { status: "degraded", timestamp: json.timestamp, total_backends: 2 } },
      });
      expect(haproxyEndpoint.response.parse(json)).toEqual(json);
      expect(Date.parse(json.timestamp)).toBeLessThanOrEqual(Date.parse(services.lb.health.checked_at));
      expect(target.seen).toBe(seen);
    });

    it("answers for all balancers together, each backend by its balancer and its name", async () => {
      const path = (id: string): string => `/haproxy?service=${id}`;
      await expect.poll(async () => (await get(path("second"))).status).toBe(200);
      const [{ json: all }, { json: one }, { json: other }] = [
        await get("/haproxy"),
        await get(path("lb")),
        await get(path("second")),
      ];
      expect(Object.keys(all.backends)).toEqual(["lb/llm", "lb/cache", "second/llm", "second/cache"]);
      expect(all).toMatchObject({
        timestamp: one.timestamp < other.timestamp ? one.timestamp : other.timestamp,
        backends: { "lb/llm": one.backends.llm, "second/cache": other.backends.cache },
        total_backends: 4,
        service: null,
        status: "error",
      });
      expect(all.services).toEqual({
        ...one.services,
        gone: { status: "error", timestamp: null, total_backends: null },
        ...other.services,
      });
      expect(haproxyEndpoint.response.parse(all)).toEqual(all);
    });

    it("names the balancers that there are", async () => {
      const { status, json } = await get("/haproxy?service=third");
      const message = "expected lb or gone or second";
      expect([status, json.errors]).toEqual([400, [{ field: "service", message }]]);
    });

    it("says so while the balancer has told nothing", async () => {
      const { status, json } = await get("/haproxy?service=gone");
      expect([status, json.detail]).toEqual([503, "The balancer has told nothing of its backends yet."]);
    });
  });
}

/** What is said of the time when the monitor was cut off from the network, over a socket of the running service, the same on every host. */
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { request } from "../support/raw-http.ts";
import { startTarget, type TargetServer } from "../support/target-server.ts";
import type { HttpHost, StartHttpHost } from "./http-host.ts";

export function cutOffContract(name: string, start: StartHttpHost): void {
  describe(`a monitor that is cut off on ${name}`, () => {
    let targets: TargetServer[];
    let host: HttpHost;
    const get = async (path: string) => JSON.parse((await request(host.port, path, { headers: host.headers })).body);

    beforeAll(async () => {
      targets = [await startTarget(), await startTarget(() => {})];
      const [well, mute] = targets.map(({ url }) => `${url}/`);
      const services = {
        near: { name: "Near Server", url: well, critical: true },
        far: { name: "Far Server", url: mute, critical: true, timeout: 1 },
        // What it says is known before anything else that is out of reach.
        router: { name: "Router", url: mute, timeout: 0.3 },
      };
      host = await start(JSON.stringify({ services, alerting: { connectivity_targets: ["router"] } }));
      await get("/cluster_health?fresh=true");
    });
    afterAll(async () => {
      await host.stop();
      await Promise.all(targets.map((target) => target.close()));
    });

    it("says that nothing is known of what it cannot reach, and what it has found of the rest", async () => {
      const { services } = await get("/cluster_health");
      for (const id of ["far", "router"]) {
        const { health } = services[id];
        expect(health).toMatchObject({ status: "unknown", reason: "isolated", response_time: null });
        expect(health.error).toMatch(/^The monitor itself is cut off from the network: ./);
      }
      expect(services.near.health.status).toBe("healthy");
    });

    it("tells of no outage of anybody else, and of no time that it was down, wherever the past is told", async () => {
      const { services } = await get("/uptime");
      expect(services.far).toMatchObject({ uptime_percent: null, outages: 0 });
      expect(services.far.down.at(-1)).toBe(0);
      expect(services.near).toMatchObject({ uptime_percent: 100, outages: 0 });
      expect(await get("/outages/far")).toMatchObject({ total: 0, outages: [] });
      expect(await get("/series/far")).toMatchObject({ outages: [], outages_total: 0 });
      expect((await get("/report")).outages).toEqual([]);
      const timeline = await get("/timeline");
      const isDown = timeline.services.map((each: { readonly kind: string[] }) => each.kind.includes("down"));
      expect(isDown).toEqual([false, false, false]);
    });

    it("keeps each check in the history, with what it found in words", async () => {
      const { samples } = await get("/history/far");
      expect(samples.at(-1)).toMatchObject({ status: "unknown", reason: "isolated" });
    });
  });
}

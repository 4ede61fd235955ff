/**
 * Waiting for a service, asked over a socket of the running service, the same on every host: whoever waits hears of a recovery, and
 * of a time that is over. The target holds its answers back until a test lets them go, so nothing is known of it before.
 */
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { request, type RawAnswer } from "../support/raw-http.ts";
import { startTarget, type TargetServer } from "../support/target-server.ts";
import type { HttpHost, StartHttpHost } from "./http-host.ts";

export function waitContract(name: string, start: StartHttpHost): void {
  describe(`GET /wait on ${name}`, () => {
    let target: TargetServer;
    let held: (() => void)[] = [];
    let host: HttpHost;
    const get = (path: string): Promise<RawAnswer> => request(host.port, path, { headers: host.headers });
    const letGo = (): void => held.splice(0).forEach((answer) => answer());

    beforeAll(async () => {
      target = await startTarget((_request, response) => {
        held.push(() => response.writeHead(200).end());
      });
      host = await start(
        JSON.stringify({
          services: {
            tools: { name: "Tools Server", url: `${target.url}/`, critical: true, timeout: 60 },
            spare: { name: "Spare Server", url: "http://127.0.0.1:1/", timeout: 5 },
          },
          routes: { llm: ["tools", "spare"], spare: ["spare"] },
        }),
      );
    });
    afterAll(async () => {
      letGo();
      await host.stop();
      await target.close();
    });

    it("says at once what is so, and when to ask again, where nobody wants to wait", async () => {
      const { status: code, json } = await get("/wait?timeout=0&service=tools");
      expect(code).toBe(200);
      expect(json).toMatchObject({
        met: false,
        service: "tools",
        status: "unknown",
        waiting_for: ["tools"],
        eta: null,
      });
      expect(json.retry_after_s).toBeGreaterThan(0);
      expect((await get("/wait?timeout=0")).json).toMatchObject({ met: false, service: null, status: "unknown" });
      expect((await get("/wait?timeout=0&capability=llm")).json).toMatchObject({
        met: false,
        service: null,
        capability: "llm",
        status: "unknown",
        waiting_for: ["tools", "spare"],
        eta: null,
      });
    });

    it("says that the time is over, with status 200", async () => {
      const { status: code, json } = await get("/wait?timeout=1");
      expect([code, json.met]).toEqual([200, false]);
      expect(json.waited_s).toBeGreaterThanOrEqual(1);
    });

    it.each([
      ["service=nobody", "service"],
      ["timeout=301", "timeout"],
      ["timeout=-1", "timeout"],
      ["timeout=1.5", "timeout"],
      ["for=unhealthy", "for"],
      ["services=tools", "services"],
      ["capability=nobody", "capability"],
      ["capability=constructor", "capability"],
      ["capability=llm&service=tools", "capability"],
    ])("refuses %s and names the parameter", async (query, field) => {
      const { status: code, json } = await get(`/wait?${query}`);
      expect([code, json.errors]).toMatchObject([400, [{ field }]]);
    });

    it("answers who waits for the service, for the cluster, and for somebody to call, when the check that finds it healthy is committed", async () => {
      // Before the check, and however far they have come when it ends.
      const waiting = ["/wait?for=healthy&service=tools", "/wait?timeout=300", "/wait?timeout=300&capability=llm"].map(
        (path) => get(path),
      );
      const probing = get("/cluster_health?fresh=true");
      await expect.poll(() => held.length).toBeGreaterThan(0);
      letGo();
      const [one, all, any] = await Promise.all(waiting);
      expect(one?.json).toMatchObject({
        met: true,
        service: "tools",
        capability: null,
        status: "healthy",
        reason: null,
        message: null,
        since: expect.stringMatching(/Z$/),
        waiting_for: [],
        eta: null,
        retry_after_s: null,
      });
      expect(all?.json).toMatchObject({ met: true, service: null, status: "healthy", waiting_for: [] });
      expect(any?.json).toMatchObject({
        met: true,
        service: null,
        capability: "llm",
        status: "healthy",
        waiting_for: [],
        retry_after_s: null,
      });
      expect(all?.json.generation).toBeGreaterThan(0);
      expect((await probing).status).toBe(200);
    });

    it("answers at once when it is so already, and HEAD without the answer", async () => {
      expect((await get("/wait?service=tools")).json).toMatchObject({ met: true, waited_s: expect.any(Number) });
      const head = await request(host.port, "/wait", { method: "HEAD", headers: host.headers });
      expect([head.status, head.body]).toEqual([200, ""]);
    });

    it("says what a service is that is not healthy, and since when", async () => {
      const { json } = await get("/wait?service=spare&timeout=0");
      expect(json).toMatchObject({
        met: false,
        status: "error",
        reason: "refused",
        since: expect.stringMatching(/Z$/),
        waiting_for: ["spare"],
        eta: null,
      });
      const least = (await get("/wait?capability=spare&timeout=0")).json;
      expect(least).toMatchObject({ met: false, status: "error", reason: "refused", waiting_for: ["spare"] });
    });
  });
}

/** The page of one service, over a socket of the running service, the same on every host. */
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { request } from "../support/raw-http.ts";
import { sendJson, startTarget, type TargetServer } from "../support/target-server.ts";
import type { HttpHost, StartHttpHost } from "./http-host.ts";

const HOSTILE = `<img src=x onerror="alert(1)">\u202e`;
const SECRET_PATH = "/health/of?key=path-and-query";

export function servicePageContract(name: string, start: StartHttpHost): void {
  describe(`the page of a service on ${name}`, () => {
    let targets: TargetServer[];
    let host: HttpHost;
    const get = (path: string, headers: Record<string, string> = {}) =>
      request(host.port, path, { headers: { ...host.headers, ...headers } });
    const post = (path: string, body: string, headers: Record<string, string> = {}) =>
      request(host.port, path, {
        method: "POST",
        body,
        headers: {
          "content-type": "application/x-www-form-urlencoded",
          "content-length": String(Buffer.byteLength(body)),
          origin: `http://127.0.0.1:${host.port}`,
          ...host.headers,
          ...headers,
        },
      });

    beforeAll(async () => {
      targets = [await startTarget(), await startTarget(sendJson(503, {}))];
      const [well, broken] = targets;
      const services = {
        tools: {
          name: "Tools Server",
          url: `${broken?.url}${SECRET_PATH}`,
          keyword: HOSTILE,
          critical: true,
          timeout: 60,
          slow_after: 30,
          failures: 1,
          depends_on: ["base"],
        },
        base: { name: "Base", url: `${well?.url}/`, timeout: 60 },
      };
      host = await start(JSON.stringify({ node: "worker-node4", services }));
      await get("/cluster_health?fresh=true");
    });
    afterAll(async () => {
      await host.stop();
      await Promise.all(targets.map((target) => target.close()));
    });

    it("says what it is, when it was checked, where it is, what it needs and what needs it", async () => {
      const { status, body } = await get("/dashboard/services/tools");
      expect(status).toBe(200);
      const verdict = /<section class="verdict down">.*?<\/section>/s.exec(body)?.[0] ?? "";
      const text = verdict.replaceAll(/<[^>]*>/g, "");
      expect(text).toMatch(/Last known: Unhealthy for \d+ s, since \d/); // the style shows one of both
      expect(text).toMatch(
        /checked \d+ s ago(?: · next check (?:in [^·]+|now))? · every (?:30 s|1 min) · http · 127\.0\.0\.1:\d+ · last check at \d/,
      );
      expect(verdict).toMatch(/checked <time datetime="[^"]+" data-run="ago">/);
      expect(verdict).not.toContain("path-and-query");
      expect(body).toContain('<dt>It needs</dt><dd><span class="status healthy">');
      expect((await get("/dashboard/services/base")).body).toContain("<dt>Needed by</dt>");
    });

    it("has its figures, its outage with what was told, and its last checks", async () => {
      const { body } = await get("/dashboard/services/tools");
      expect(body).toContain("<dt>Uptime 24 h</dt><dd>0.00 %</dd>");
      expect(body).toMatch(/<dt>Response p50, 24 h<\/dt><dd>[\d.]+ ms/);
      expect(body).toContain("<p>HTTP 503</p>");
      expect(body).toContain("and it still is");
      expect(body).toContain("Nobody was told.");
      expect(body).toMatch(/<h2 id="checks">Last checks <span class="muted">\d/);
      expect(body).toMatch(/Last 24 hours: (one answer|half of \d+ answers)/);
    });

    it("has a chart of each range, by a link, and names the field of one that is none", async () => {
      for (const [range, words] of [
        ["1h", "Last hour: "],
        ["7d", "Last 7 days: "],
        ["1y", "Last year: "],
      ] as const) {
        const { status, body } = await get(`/dashboard/services/tools?range=${range}`);
        expect(status).toBe(200);
        expect(body).toContain(`<figcaption>${words}`);
        expect(body).toContain(`href="/dashboard/services/tools?range=${range}" aria-current="true"`);
        expect(body).toContain(`url=/dashboard/services/tools?range=${range}"`);
      }
      const { status, body } = await get("/dashboard/services/tools?range=2h");
      expect([status, body.includes("range: expected one of 1h, 6h, 24h")]).toEqual([400, true]);
    });

    it("shows how it is checked as text, whatever stands there", async () => {
      const { body } = await get("/dashboard/services/tools");
      expect(body).toContain("<code>keyword</code></th><td><code>&lt;img src=x onerror=");
      expect(body).not.toMatch(/<img|onerror="|\u202e|style=/);
    });

    it("checks now, says so at once, and leads back when it has", async () => {
      const { status, headers, body } = await post("/dashboard/check", "service=tools");
      expect([status, headers["content-type"]]).toEqual([200, "text/html; charset=utf-8"]);
      expect(body).toMatch(/<h1 id="checking">Checking Tools Server<\/h1>.*<progress.*Checked\..*<\/main>/s);
      expect(body).toContain('<meta http-equiv="refresh" content="0; url=/dashboard/services/tools"/>');
      const [cookie = ""] = (headers["set-cookie"] ?? "").split(";");
      const page = await get("/dashboard/services/tools", { cookie });
      expect(page.body).toContain("Checked just now.");
      expect(page.headers["set-cookie"]).toMatch(/^said=; Max-Age=0;/);
      expect((await get("/dashboard/services/tools")).body).not.toContain('role="status"');
      const later = { cookie: cookie.replace(/\.\d+\./, `.${Date.now() + 60_000}.`) };
      expect((await get("/dashboard/services/tools", later)).body).not.toContain('role="status"');
    });

    it("checks for nobody else's page, and what there is only", async () => {
      expect((await post("/dashboard/check", "service=tools", { origin: "http://evil.example" })).status).toBe(403);
      expect((await post("/dashboard/check", "service=nobody")).status).toBe(404);
      const nonsense = await post("/dashboard/check", "service=%3Cscript%3E");
      expect([nonsense.status, nonsense.body.includes("service: expected the key of a service")]).toEqual([400, true]);
      expect((await get("/dashboard/check")).headers["allow"]).toBe("POST");
    });
  });
}

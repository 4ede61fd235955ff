/** What strangers may see, over a socket of the running service, the same on every host: no request of theirs has a token. */
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { newToken } from "../../functions/cli/new-token.ts";
import { request } from "../support/raw-http.ts";
import { sendJson, startTarget, type TargetServer } from "../support/target-server.ts";
import { parseXml, PYTHON, textsOf } from "../support/xml.ts";
import type { HttpHost, StartHttpHost } from "./http-host.ts";

const HOSTILE = "</title><script>alert(1)</script>]]>&\"'";
const { token, hash } = newToken("insider");
const HOUR_MS = 3_600_000;

/** `start` adds nothing to the requests. */
export function publicContract(name: string, start: StartHttpHost): void {
  describe(`what strangers may see on ${name}`, () => {
    let targets: TargetServer[];
    let host: HttpHost;
    const get = (path: string, headers: Record<string, string> = {}, method = "GET") =>
      request(host.port, path, { method, headers });
    const post = (path: string, fields: object) => {
      const body = JSON.stringify(fields);
      const type = { "content-type": "application/json", "content-length": String(Buffer.byteLength(body)) };
      const headers = { authorization: `Bearer ${token}`, ...type };
      return request(host.port, path, { method: "POST", headers, body });
    };

    beforeAll(async () => {
      targets = [await startTarget(), await startTarget(sendJson(503, { secret: "said-so" }))];
      const [well, broken] = targets.map(({ url }) => `${url}/`);
      const services = {
        steady: { name: "Steady Server", url: well, critical: true, timeout: 60 },
        broken: { name: HOSTILE, url: broken, critical: true, timeout: 60 },
        backstage: { name: "Hidden Server", url: broken, critical: true, timeout: 60 },
      };
      const auth = { reads: "token", tokens: { insider: { hash, scopes: ["read", "alerts:write"] } } };
      const groups = [{ name: "For people", services: ["steady", "broken"] }];
      host = await start(JSON.stringify({ node: "worker-node4", services, auth, public: { title: "Home", groups } }));
      await request(host.port, "/cluster_health?fresh=true", { headers: { authorization: `Bearer ${token}` } });
      const note = (service: string, text: string) => post("/marks", { service, text, public: true });
      expect((await note("broken", "Being repaired")).status).toBe(201);
      // Nobody believes that strangers read what they do not.
      const refused = await note("backstage", "Of the house");
      expect([refused.status, JSON.parse(refused.body).errors]).toEqual([
        400,
        [{ field: "public", message: expect.any(String) }],
      ]);
      const [startsAt, endsAt] = [1, 2].map((hours) => new Date(Date.now() + hours * HOUR_MS).toISOString());
      const schedule = { kind: "once", starts_at: startsAt, ends_at: endsAt };
      const made = await post("/maintenance", { services: ["*"], comment: "new disks for the node", schedule });
      expect(made.status).toBe(201);
    });
    afterAll(async () => {
      await host.stop();
      await Promise.all(targets.map((target) => target.close()));
    });

    it("is a page of the services that are shown, with what is wrong, what people say of it, and what is planned", async () => {
      const { status, headers, body } = await get("/status");
      expect([status, headers["content-type"]]).toEqual([200, "text/html; charset=utf-8"]);
      expect(headers["cache-control"]).toBe("max-age=15");
      expect(headers["content-security-policy"]).toMatch(/^default-src 'none'; /);
      for (const text of ["For people", "Steady Server", "1 of 2 critical services is failing", "Incidents now"])
        expect(body).toContain(text);
      for (const text of ["Unhealthy: It answers with an error.", "Being repaired", "Planned maintenance"])
        expect(body).toContain(text);
      expect(body).toContain("&lt;script&gt;alert(1)&lt;/script&gt;");
      expect(body).not.toMatch(/<script>|style=|onerror/);
      expect(Buffer.byteLength(body)).toBeLessThan(15_000);
    });

    it("says nothing of the house anywhere", async () => {
      for (const path of [
        "/status",
        "/status/broken",
        "/status.json",
        "/feed.xml",
        "/badge/broken.svg",
        "/badge/overall.json",
      ]) {
        const { status, headers, body } = await get(path);
        expect([path, status]).toEqual([path, 200]);
        const all = body + JSON.stringify(headers);
        expect(all).not.toMatch(
          /backstage|Hidden Server|Of the house|new disks|worker-node4|said-so|HTTP 503|127\.0\.0\.1|insider|lgm_/i,
        );
      }
    });

    it("is what the page of the house leads to", async () => {
      const { status, body } = await get("/dashboard", { authorization: `Bearer ${token}` });
      expect([status, body.includes('<a href="/status">Public page</a>')]).toEqual([200, true]);
    });

    it("tells of a service that is not shown what it tells of one that is not there", async () => {
      for (const path of ["/status/", "/badge/"]) {
        const end = path === "/badge/" ? ".svg" : "";
        const [one, other] = [await get(`${path}backstage${end}`), await get(`${path}nobody${end}`)];
        expect(one.status).toBe(404);
        const { date: _one, ...headers } = one.headers;
        const { date: _other, ...otherHeaders } = other.headers;
        expect([one.body, headers]).toEqual([other.body, otherHeaders]);
      }
      expect((await get("/badge/backstage.svg")).headers["content-type"]).toBe("image/svg+xml; charset=utf-8");
      expect((await get("/status/backstage")).body).toContain('<a class="alone" href="/status">Back to the status</a>');
    });

    it("is since the instant at which a service has made it so, as it is inside", async () => {
      const headers = { authorization: `Bearer ${token}` };
      const inside = (await request(host.port, "/cluster_health", { headers })).json;
      const instants = Object.values(inside.services as Record<string, { since: string }>).map(({ since }) => since);
      expect(instants).toContain(inside.overall_since);
      const { since, overall_status: overall } = (await get("/status.json")).json;
      expect([overall, instants]).toEqual([inside.overall_status, expect.arrayContaining([since])]);
    });

    it("is JSON and badges for programs", async () => {
      const { json } = await get("/status.json");
      expect(json).toMatchObject({ title: "Home", overall_status: "unhealthy", stale: false, past_complete: true });
      expect(json.days).toHaveLength(90);
      expect(json.groups[0].services[1]).toMatchObject({
        id: "broken",
        status: "unhealthy",
        sentence: "It answers with an error.",
      });
      expect(json.incidents).toMatchObject([{ service: "broken", until: null, updates: [{ text: "Being repaired" }] }]);
      expect(json.maintenance).toMatchObject([{ services: ["steady", "broken"], active: false }]);
      expect((await get("/badge/steady.json")).json).toMatchObject({
        schemaVersion: 1,
        label: "steady",
        message: "healthy",
      });
      const badge = await get("/badge/steady.svg?style=uptime&days=30");
      expect(badge.headers["cross-origin-resource-policy"]).toBe("cross-origin");
      expect(badge.headers["cache-control"]).toBe("max-age=30");
      expect(badge.body).toMatch(/role="img" aria-label="Steady Server: (100 % up|no data) in 30 days"/);
    });

    it.skipIf(!PYTHON)("is a feed that an XML parser reads (needs python3)", async () => {
      const { headers, body } = await get("/feed.xml");
      expect(headers["content-type"]).toBe("application/atom+xml; charset=utf-8");
      const [feed] = parseXml([body]);
      const entries = feed?.children.filter((each) => each.name === "entry") ?? [];
      expect(entries.map((entry) => textsOf(entry, "title")[0])).toEqual([
        expect.stringContaining(`${HOSTILE}: unhealthy since `),
      ]);
    });

    it("is sent again only when it has changed, and to HEAD without a body", async () => {
      const etag = (await get("/status.json")).headers["etag"] ?? "";
      const answer = await get("/feed.xml", { "if-none-match": (await get("/feed.xml")).headers["etag"] ?? "" });
      expect([answer.status, answer.body]).toEqual([304, ""]);
      expect(etag).toMatch(/^"[0-9a-z]+"$/);
      expect((await get("/status", {}, "HEAD")).body).toBe("");
    });

    it.each(["?style=plain", "?days=0", "?days=91", "?days=1&days=2", "?days=1e1"])(
      "refuses badges with %s as a badge",
      async (query) => {
        const { status, headers, body } = await get(`/badge/steady.svg${query}`);
        expect([status, headers["content-type"]]).toEqual([400, "image/svg+xml; charset=utf-8"]);
        expect(body).toMatch(/aria-label="Status: (style|days): /);
      },
    );
  });
}

/** Signing in to the pages where reading needs a token, the same on every host. */
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { newToken } from "../../functions/cli/new-token.ts";
import { VERSION } from "../../functions/version.ts";
import { request, type RequestOptions } from "../support/raw-http.ts";
import type { HttpHost, StartHttpHost } from "./http-host.ts";

const { token: GOOD, hash: goodHash } = newToken("people");
const { token: WRITER, hash: writerHash } = newToken("writers");
const { token: FORGED } = newToken("people");

const CONFIGURATION = JSON.stringify({
  services: { a: { url: "http://127.0.0.1:1/", timeout: 1 } },
  auth: {
    reads: "token",
    tokens: {
      people: { hash: goodHash, scopes: ["read"] },
      writers: { hash: writerHash, scopes: ["read", "alerts:write"] },
    },
  },
});

/** `start` adds nothing to the requests. */
export function signInContract(name: string, start: StartHttpHost): void {
  describe(`signing in to the pages on ${name}`, () => {
    let host: HttpHost;
    const ask = (path: string, options: RequestOptions = {}) => request(host.port, path, options);
    const own = () => `http://127.0.0.1:${host.port}`;
    /** Of another program on the same machine. */
    const otherPort = () => `http://127.0.0.1:${host.port - 1}`;
    const post = (path: string, fields: Record<string, string>, headers: Record<string, string> = {}) => {
      const body = new URLSearchParams(fields).toString();
      const type = "application/x-www-form-urlencoded";
      const all = { "content-type": type, "content-length": String(body.length), origin: own(), ...headers };
      return ask(path, { method: "POST", headers: all, body });
    };
    const cookieOf = async (token: string): Promise<string> => {
      const answer = await post("/dashboard/login", { token });
      return answer.headers["set-cookie"]?.split(";")[0] ?? "";
    };

    beforeAll(async () => {
      host = await start(CONFIGURATION);
    });
    afterAll(async () => void (await host.stop()));

    it("is not what it takes to hear that a file of the pages is not there", async () => {
      expect((await ask("/assets/page.0123456789.js")).status).toBe(404);
    });

    it("is asked for in place of the page, and leads back to it", async () => {
      const refused = await ask("/dashboard");
      expect([refused.status, refused.headers["content-type"]]).toEqual([401, "text/html; charset=utf-8"]);
      expect(refused.body).toContain('<input type="hidden" name="next" value="/dashboard"/>');
      expect(refused.body).not.toContain(VERSION);
      expect(refused.body).toContain("<title>Sign in · Monitoring</title>");
      const other = await ask("/dashboard/services/a");
      expect(other.status).toBe(401);
      const docs = await ask("/docs");
      expect([docs.status, docs.body.includes("/cluster_health")]).toEqual([401, false]);
      expect((await post("/dashboard/login", { token: GOOD, next: "/docs" })).headers["location"]).toBe("/docs");
      const unknown = await ask("/no/such", { headers: { accept: "text/html" } });
      for (const { headers } of [refused, other, unknown])
        expect(headers["www-authenticate"]).toBe('Bearer realm="monitoring"');
      expect([unknown.status, unknown.body]).toEqual([
        401,
        refused.body.replace('value="/dashboard"', 'value="/no/such"'),
      ]);
      expect(other.body).toContain('value="/dashboard/services/a"');
      const { status, headers } = await post("/dashboard/login", { token: ` ${GOOD}\n`, next: "/dashboard" });
      expect([status, headers["location"]]).toEqual([303, "/dashboard"]);
      expect(headers["set-cookie"]).toMatch(
        /^lgm=lgm_people_[\w-]{43}; Path=\/; Max-Age=\d+; HttpOnly; SameSite=Strict$/,
      );
      const page = await ask("/dashboard", { headers: { cookie: await cookieOf(GOOD) } });
      expect(page.status).toBe(200);
      expect(page.body).toContain("Sign out");
      expect(page.body).not.toContain("lgm_");
    });

    it.each(["", "lgm_", FORGED, "x".repeat(5_000)])("is refused with a token that is none: %.8s", async (token) => {
      const { status, headers, body } = await post("/dashboard/login", { token });
      expect([status, headers["set-cookie"]]).toEqual([401, undefined]);
      expect(body).toContain("This token is not known here, or has expired.");
      if (token.length > 4) expect(body).not.toContain(token.slice(4));
    });

    it.each([
      "//evil.example",
      "https://evil.example/",
      "/dashboard/../x",
      "/\\evil.example",
      "javascript:alert(1)",
      "/dashboard/logout",
      "/dashboard?next=//evil.example",
    ])("leads nobody to %s", async (next) => {
      expect((await post("/dashboard/login", { token: GOOD, next })).headers["location"]).toBe("/dashboard");
    });

    it("is not for pages of others", async () => {
      const foreign = { origin: "http://evil.example" };
      expect((await post("/dashboard/login", { token: GOOD }, foreign)).status).toBe(403);
      expect((await post("/dashboard/logout", {}, foreign)).status).toBe(403);
      expect((await post("/dashboard/login", { token: GOOD }, { origin: otherPort() })).status).toBe(403);
      expect((await post("/dashboard/login", { token: GOOD }, { "sec-fetch-site": "cross-site" })).status).toBe(403);
    });

    it("counts for the API too, unless another site asks", async () => {
      const cookie = await cookieOf(GOOD);
      const statusOf = async (headers: Record<string, string>) =>
        (await ask("/stats", { headers: { cookie, ...headers } })).status;
      expect(await statusOf({})).toBe(200);
      expect(await statusOf({ "sec-fetch-site": "same-origin" })).toBe(200);
      expect(await statusOf({ "sec-fetch-site": "none" })).toBe(200);
      expect(await statusOf({ "sec-fetch-site": "cross-site" })).toBe(401);
      expect(await statusOf({ "sec-fetch-site": "same-site" })).toBe(401);
      expect(await statusOf({ origin: otherPort() })).toBe(401);
      expect(await statusOf({ authorization: `Bearer ${FORGED}` })).toBe(401);
    });

    it("changes something only for a page of ours", async () => {
      const cookie = await cookieOf(WRITER);
      const body = JSON.stringify({ text: "deploy" });
      const statusOf = async (headers: Record<string, string>) => {
        const all = { "content-type": "application/json", "content-length": String(body.length), cookie, ...headers };
        return (await ask("/marks", { method: "POST", headers: all, body })).status;
      };
      expect(await statusOf({})).toBe(401);
      expect(await statusOf({ "sec-fetch-site": "none" })).toBe(401);
      expect(await statusOf({ origin: "http://evil.example" })).toBe(403);
      expect(await statusOf({ origin: own(), "sec-fetch-site": "cross-site" })).toBe(403);
      expect(await statusOf({ origin: otherPort() })).toBe(403);
      expect(await statusOf({ origin: own() })).toBe(201);
      expect(await statusOf({ origin: own(), "sec-fetch-site": "same-origin" })).toBe(201);
      expect(await statusOf({ origin: own(), cookie: await cookieOf(GOOD) })).toBe(403);
    });

    it("is what it takes to act from the page, by a token that is good for it", async () => {
      const unknown = await post("/dashboard/acknowledge", { alert: "a" });
      expect(unknown.status).toBe(401);
      expect(unknown.body).toContain("Nothing has been done yet");
      const lacking = await post("/dashboard/silence", { service: "a" }, { cookie: await cookieOf(GOOD) });
      expect([lacking.status, lacking.headers["content-type"]]).toEqual([403, "text/html; charset=utf-8"]);
      expect(lacking.body).toContain("This token lacks the scope alerts:write.");
      const cookie = await cookieOf(WRITER);
      expect(
        (await post("/dashboard/silence", { service: "a" }, { cookie, origin: "http://evil.example" })).status,
      ).toBe(403);
      // An id is a part of the address whatever is in it; what is not there is told on the page.
      for (const [action, sent, said] of [
        ["acknowledge", { alert: "no/such?alert" }, "gone"],
        ["silence", { service: "nobody" }, "gone"],
        ["silence", { service: "a" }, "done"],
      ] as const) {
        const { status, headers } = await post(`/dashboard/${action}`, sent, { cookie });
        expect([status, headers["location"]]).toEqual([303, "/dashboard"]);
        expect(headers["set-cookie"]).toMatch(new RegExp(`^said=${said}\\.${action}\\.`));
      }
      const page = (path: string) => ask(path, { headers: { cookie } });
      const silences = (await page("/silences")).json.silences;
      expect(silences).toMatchObject([{ author: "writers", comment: "for an hour, from the page" }]);
    });

    it("ends with the cookie", async () => {
      const { status, headers } = await post("/dashboard/logout", {});
      expect([status, headers["location"]]).toEqual([303, "/dashboard/login"]);
      expect(headers["set-cookie"]).toMatch(/^lgm=; Path=\/; Max-Age=0;/);
    });
  });
}

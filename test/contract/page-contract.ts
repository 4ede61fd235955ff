/** The pages for people, over a socket of the running service, the same on every host. */
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { request } from "../support/raw-http.ts";
import { sendJson, startTarget, type TargetServer } from "../support/target-server.ts";
import type { HttpAbilities, HttpHost, StartHttpHost } from "./http-host.ts";

const HOSTILE = '</title><script>alert(1)</script><img src=x onerror="alert(2)">';
const POLICY =
  "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; form-action 'self'; " +
  "base-uri 'none'; frame-ancestors 'none'; require-trusted-types-for 'script'; trusted-types monitoring";

const IMPACT = "no <b>search</b>, see javascript:alert(3) =HYPERLINK()";

const OUR_SCRIPT = /<script src="(\/assets\/page\.[0-9a-f]{10}\.js)" defer=""><\/script>/;
const OUR_STYLE = /href="(\/assets\/page\.[0-9a-f]{10}\.css)"/;

const withoutOurScript = (body: string): string =>
  body.replaceAll(/<script src="\/assets\/\w+\.[0-9a-f]{10}\.js" defer=""><\/script>/g, "");

export function pageContract(name: string, start: StartHttpHost, { ownsTransport }: HttpAbilities): void {
  describe(`the pages on ${name}`, () => {
    let targets: TargetServer[];
    let host: HttpHost;
    const get = (path: string, headers: Record<string, string> = {}, method = "GET") =>
      request(host.port, path, { method, headers: { ...host.headers, ...headers } });

    beforeAll(async () => {
      targets = [await startTarget(), await startTarget(sendJson(503, {}))];
      const [steady, broken] = targets;
      const services = {
        steady: { name: "Steady Server", url: `${steady?.url}/`, critical: true, timeout: 60 },
        broken: { name: HOSTILE, impact: `${IMPACT}\u202e`, url: `${broken?.url}/`, timeout: 60 },
      };
      host = await start(JSON.stringify({ node: "worker-node4", services }));
      await get("/cluster_health?fresh=true");
    });
    afterAll(async () => {
      await host.stop();
      await Promise.all(targets.map((target) => target.close()));
    });

    it("are where a browser that asks for / is led; everybody else gets the index", async () => {
      const browser = await get("/", { accept: "text/html,application/xhtml+xml,*/*;q=0.8" });
      expect([browser.status, browser.headers["location"], browser.headers["vary"]]).toEqual([
        303,
        "/dashboard",
        "Accept",
      ]);
      for (const accept of ["*/*", "application/json"]) {
        const index = await get("/", { accept });
        expect(index.json.endpoints).toBeDefined();
        expect(index.headers["vary"]).toBe("Accept");
      }
      expect((await get("/dashboard/")).headers["location"]).toBe("/dashboard");
    });

    it("say the verdict, what is wrong and every service, without a script", async () => {
      const { status, headers, body } = await get("/dashboard");
      expect(status).toBe(200);
      expect(headers["content-type"]).toBe("text/html; charset=utf-8");
      expect(body).toMatch(/^<!doctype html><html lang="en">/);
      expect(body).toContain('<noscript><meta http-equiv="refresh" content="15; url=/dashboard"/></noscript>');
      expect(body).toContain("<title>Healthy · worker-node4</title>");
      expect(body).toContain("The critical service answers. 1 other service needs a look.");
      for (const text of ["Steady Server", "HTTP 503", "Unhealthy", "What happened"]) expect(body).toContain(text);
    });

    it("show what a service is called as text, and run our script only", async () => {
      const { headers, body } = await get("/dashboard");
      expect(withoutOurScript(body)).not.toMatch(/<script|<img|onerror="/);
      expect(body).toContain("&lt;script&gt;alert(1)&lt;/script&gt;");
      expect(body).not.toContain("style=");
      expect(headers["content-security-policy"]).toBe(POLICY);
      expect(headers["x-content-type-options"]).toBe("nosniff");
    });

    it("tell of one service why it is what it is, how fast it was and what happened", async () => {
      const { status, headers, body } = await get("/dashboard/services/broken");
      expect(status).toBe(200);
      expect(headers["content-security-policy"]).toBe(POLICY);
      expect(body).toContain("<title>Unhealthy: &lt;/title&gt;&lt;script&gt;");
      expect(withoutOurScript(body)).not.toMatch(/<script|<img|onerror="|style=/);
      expect(body).toMatch(/The check of <time datetime="[^"]+" data-run="ago">\d+ s ago<\/time> found it unhealthy/);
      expect(body).toMatch(/aria-label="90 days: [^"]*down on \d days?, 89 days without data\."/);
      for (const text of ["Response times", "HTTP 503", "and it still is"]) expect(body).toContain(text);
      const unknown = await get("/dashboard/services/nobody");
      expect([unknown.status, unknown.headers["content-type"]]).toEqual([404, "text/html; charset=utf-8"]);
      expect((await get("/dashboard/services/broken", {}, "DELETE")).headers["allow"]).toBe("GET, HEAD");
    });

    it("say how long ago or for how long in a way that counts on, wherever they say it", async () => {
      for (const path of ["/dashboard", "/dashboard/services/broken", "/dashboard/alerts", "/dashboard/setup"]) {
        const { body } = await get(path);
        const counted = /<time datetime="[^"]+" data-run="\w+">[^<]*<\/time>/g;
        expect(body.match(counted)).not.toBeNull();
        // Of what is over, as an outage of the past, the length is told; "ago" and "in" are of now.
        expect(body.replaceAll(counted, "").match(/[^>]*(\d (s|min|h|d) ago|\bin \d+ (s|min)\b)[^<]*/g)).toBeNull();
      }
    });

    it("say what people lack while a service is down, as text", async () => {
      for (const path of ["/dashboard", "/dashboard/services/broken"]) {
        const { body } = await get(path);
        expect(body).toContain("no &lt;b&gt;search&lt;/b&gt;, see javascript:alert(3) =HYPERLINK()");
        expect(body).not.toMatch(/<b>|href="javascript|\u202e/);
      }
    });

    it("lead to the routes only where somebody can be called", async () => {
      expect((await get("/dashboard")).body).not.toContain("/dashboard/routes");
      const { status, body } = await get("/dashboard/routes");
      expect(status).toBe(200);
      expect(body).toContain("Nothing that is configured can be called.");
    });

    it.each([
      { what: "a style sheet", link: OUR_STYLE, type: "text/css; charset=utf-8", part: "prefers-color-scheme" },
      { what: "a script", link: OUR_SCRIPT, type: "text/javascript; charset=utf-8", part: "DateTimeFormat" },
    ])("have $what that is named after its contents, kept for ever and compressed", async ({ link, type, part }) => {
      const path = link.exec((await get("/dashboard")).body)?.[1] ?? "";
      const packed = await fetch(`http://127.0.0.1:${host.port}${path}`, { headers: { "accept-encoding": "gzip" } });
      const names = ["content-type", "content-encoding", "cache-control", "vary"];
      expect(names.map((header) => packed.headers.get(header))).toEqual([
        type,
        "gzip",
        "public, max-age=31536000, immutable",
        "Accept-Encoding",
      ]);
      const text = await packed.text();
      expect(text).toContain(part);
      // At the edge the platform sends it, and what that unpacks and refuses is its own.
      if (ownsTransport) expect(await get(path)).toMatchObject({ status: 200, body: text });
      expect((await get(path.replace(/\.\w{10}\./, ".0123456789."))).status).toBe(404);
      const lengthOf = async (method: string) =>
        (await get(path, { "accept-encoding": "gzip" }, method)).headers["content-length"];
      if (ownsTransport) expect(Number(await lengthOf("GET"))).toBeGreaterThan(1_000);
      expect(await lengthOf("HEAD")).toBe(await lengthOf("GET"));
      const posted = await get(path, {}, "POST");
      expect(posted.status).toBe(405);
      if (ownsTransport) expect(posted.headers["allow"]).toBe("GET, HEAD");
    });

    it("describe the API, all of it, with lines that ask this very service", async () => {
      const now = (await get("/dashboard")).body;
      expect(now).toContain('<a href="/docs">API</a>');
      expect(now).not.toContain('href="/status"');
      const { status, headers, body } = await get("/docs");
      expect([status, headers["content-type"]]).toEqual([200, "text/html; charset=utf-8"]);
      expect(headers["content-security-policy"]).toMatch(/^default-src 'none'; script-src 'self'; /);
      expect(body).not.toMatch(/<script>|style=|onerror/);
      const { paths } = (await get("/openapi.json")).json as {
        paths: Record<string, Record<string, { operationId: string }>>;
      };
      for (const [path, methods] of Object.entries(paths)) {
        expect(body).toContain(`<code>${path}</code>`);
        for (const [method, { operationId }] of Object.entries(methods))
          if (method !== "head") expect(body).toContain(`<h3 id="${operationId}">`);
      }
      expect(body).toContain(`http://127.0.0.1:${host.port}/explain/steady&#39;`);
    });

    it("tell browsers of what is not there, or not so, as a page with a way back; programs as ever", async () => {
      const accept = "text/html,application/xhtml+xml,*/*;q=0.8";
      const missing = await get("/no/such", { accept });
      expect([missing.status, missing.headers["content-type"]]).toEqual([404, "text/html; charset=utf-8"]);
      for (const text of [
        "Not found",
        "There is no page at this address.",
        "HTTP 404",
        '<a class="alone" href="/dashboard">Back</a>',
      ])
        expect(missing.body).toContain(text);
      const refused = await get("/dashboard/acknowledge", { accept });
      expect([refused.status, refused.headers["allow"]]).toEqual([405, "POST"]);
      expect(refused.body).toContain("GET is not possible here.");
      expect((await get("/no/such")).json.type).toBe("urn:problem:not_found");
      expect((await get("/alerts/history?limit=0", { accept })).json.errors).toHaveLength(1);
    });

    it("are light or dark from the first paint on, as somebody has chosen", async () => {
      const origin = `http://127.0.0.1:${host.port}`;
      const press = (theme: string, more: Record<string, string> = {}) =>
        get("/dashboard/theme", { origin, referer: `${origin}/dashboard/alerts`, cookie: theme, ...more }, "POST");
      const answers = await Promise.all(
        ["", "theme=dark", "lgm=x; theme=light", "theme=pink"].map((theme) => press(theme)),
      );
      expect(answers.map(({ status, headers }) => [status, headers["location"], headers["set-cookie"]])).toEqual(
        [
          "dark; Path=/; Max-Age=31536000",
          "light; Path=/; Max-Age=31536000",
          "; Path=/; Max-Age=0",
          "dark; Path=/; Max-Age=31536000",
        ].map((cookie) => [303, "/dashboard/alerts", `theme=${cookie}; SameSite=Lax`]),
      );
      expect((await press("", { referer: "http://evil.example//x" })).headers["location"]).toBe("/dashboard");
      expect((await press("", { origin: "http://evil.example" })).status).toBe(403);
      for (const path of ["/dashboard", "/dashboard/login", "/dashboard/services/nobody"])
        expect((await get(path, { cookie: "theme=dark" })).body).toContain('<html lang="en" data-theme="dark">');
      expect((await get("/dashboard", { cookie: 'theme="><b>' })).body).toContain('<html lang="en">');
    });

    it("are only to be read, and only under our own name", async () => {
      const refused = await get("/dashboard", {}, "POST");
      expect([refused.status, refused.headers["allow"]]).toEqual([405, "GET, HEAD"]);
      const foreign = await get("/dashboard", { host: "evil.example" });
      expect([foreign.status, foreign.headers["content-type"]]).toEqual([421, "text/html; charset=utf-8"]);
      expect((await get("/dashboard", {}, "HEAD")).body).toBe("");
    });
  });
}

/** Every form of the pages, posted as a browser posts it to the running service, the same on every host. */
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { newToken } from "../../functions/cli/new-token.ts";
import { ACTIONS } from "../../functions/page/actions/registry.ts";
import { request } from "../support/raw-http.ts";
import { sendJson, startTarget, type TargetServer } from "../support/target-server.ts";
import type { HttpHost, StartHttpHost } from "./http-host.ts";

const READER = newToken("reader");
const WRITER = newToken("writer");
const ADMIN = newToken("admin");

type Fields = Readonly<Record<string, string>>;

const HOSTILE = '"><script>alert(1)</script>';
const ALERTS = "/dashboard/alerts";
const HISTORY = "/dashboard/history";
const SETUP = "/dashboard/setup";

/** By action: what is sent and leads back to which page; `id` stands for what a form before it has made. */
const DONE: readonly (readonly [action: string, back: string, fields: Fields])[] = [
  ["acknowledge", ALERTS, { alert: "id", comment: HOSTILE, duration: "7200" }],
  ["silence", ALERTS, { service: "tools" }],
  ["end-silence", ALERTS, { id: "id" }],
  ["silence-until", ALERTS, { services: "tools", until: "morning" }],
  ["silence-until", ALERTS, { services: "tools t*", until: "healthy", comment: HOSTILE }],
  ["silence-until", ALERTS, { services: "*", ends: inTwoDays() }],
  ["maintenance", ALERTS, { services: "none-*, tools", ends: inTwoDays(), comment: "new disk" }],
  ["end-maintenance", ALERTS, { id: "id" }],
  ["mark", HISTORY, { text: HOSTILE, service: "tools" }],
  ["mark", HISTORY, { text: "=cmd()|' /C calc'!A0", service: "" }],
  ["mark", HISTORY, { text: "seen by all", service: "tools", public: "yes" }],
  ["withdraw-mark", HISTORY, { id: "id" }],
  ["test-channel", SETUP, { channel: "lines" }],
  ["drill", SETUP, {}],
];

/** By action: what is sent for something that is there no more, or done by somebody else meanwhile. */
const GONE: readonly (readonly [action: string, back: string, fields: Fields])[] = [
  ["acknowledge", ALERTS, { alert: "a", duration: "3600" }],
  ["silence", "/dashboard", { service: "removed" }],
  ["end-silence", ALERTS, { id: "a" }],
  ["end-maintenance", ALERTS, { id: "a" }],
  ["withdraw-mark", HISTORY, { id: "1" }],
  ["test-channel", SETUP, { channel: "removed" }],
];

/** What an address is made of, whatever the form. */
const ANY: Fields = { alert: "a", id: "a", channel: "lines" };

/** What is typed wrongly, and the field that says so. */
const CORRECTED: readonly (readonly [action: string, fields: Fields, field: string])[] = [
  ["acknowledge", { alert: "id", duration: "5", comment: HOSTILE }, "duration"],
  ["silence-until", { services: "tools", ends: "tomorrow", comment: HOSTILE }, "ends"],
  ["silence-until", { services: "no such", ends: inTwoDays(), comment: HOSTILE }, "services"],
  ["silence-until", { services: "", ends: inTwoDays(), comment: HOSTILE }, "services"],
  ["silence-until", { services: "tools", ends: inTwoDays(), comment: "\u202Egnp.exe" }, "comment"],
  ["maintenance", { services: "tools", starts: "x", ends: inTwoDays(), comment: HOSTILE }, "starts"],
  ["maintenance", { services: "tools", ends: "2020-01-01T00:00", comment: HOSTILE }, "ends"],
  ["mark", { text: "x".repeat(121) }, "text"],
  ["mark", { text: HOSTILE, service: "nobody" }, "service"],
];

/** `start` adds nothing to the requests. */
export function pageActionsContract(name: string, start: StartHttpHost): void {
  describe(`the forms of the pages on ${name}`, () => {
    let target: TargetServer;
    let host: HttpHost;
    const own = () => `http://127.0.0.1:${host.port}`;
    const cookieOf = ({ token }: { readonly token: string }) => ({ cookie: `lgm=${token}` });
    const ask = (path: string, headers = cookieOf(READER)) => request(host.port, path, { headers });
    const post = (action: string, fields: Fields, headers: Record<string, string>) => {
      const body = new URLSearchParams(fields).toString();
      const type = "application/x-www-form-urlencoded";
      const all = { "content-type": type, "content-length": String(body.length), origin: own(), ...headers };
      return request(host.port, `/dashboard/${action}`, { method: "POST", headers: all, body });
    };
    /** With the id of what is there to be acknowledged or ended. */
    const filled = async (action: string, fields: Fields): Promise<Fields> => {
      const key = Object.keys(fields).find((each) => fields[each] === "id");
      if (key === undefined) return fields;
      const paths: Fields = {
        "end-silence": "/silences",
        "end-maintenance": "/maintenance",
        "withdraw-mark": "/marks",
      };
      const { details, silences, windows, marks } = (await ask(paths[action] ?? "/alerts")).json;
      return { ...fields, [key]: (details ?? silences ?? windows ?? marks).at(-1).id };
    };

    beforeAll(async () => {
      target = await startTarget(sendJson(503, {}));
      host = await start(configFor(target));
      await ask("/cluster_health?fresh=true");
    });
    afterAll(async () => {
      await host.stop();
      await target.close();
    });

    it.each(DONE)("%s is done, and leads back to %s, which says so: %j", async (action, back, fields) => {
      const sent = { ...(await filled(action, fields)), back };
      const { status, headers, body } = await post(action, sent, cookieOf(ADMIN));
      expect(status, body).toBe(303);
      const { done = "?", begun = "?" } = ACTIONS[action] ?? {};
      expect(headers["location"]).toBe(back);
      const [kept = ""] = (headers["set-cookie"] ?? "").split(";");
      // What has only begun within a second says so.
      const said: Fields = { [`said=done.${action}`]: done, [`said=begun.${action}`]: begun };
      const what = kept.split(".", 2).join(".");
      const { cookie } = cookieOf(ADMIN);
      const page = await ask(back, { cookie: `${cookie}; ${kept}` });
      expect(page.status).toBe(200);
      expect(page.body).toContain(`<p class="banner done" role="status">${said[what]}`);
      expect(page.body).not.toContain("<script>");
      // Once: the browser forgets it.
      expect(page.headers["set-cookie"]).toMatch(/^said=; Max-Age=0; Path=\/dashboard; HttpOnly; SameSite=Strict$/);
      expect((await ask(back, { cookie })).body).not.toContain('role="status"');
    });

    it.each(GONE)("%s of what is gone leads back to %s, which says so: %j", async (action, back, fields) => {
      const { status, headers, body } = await post(action, { ...fields, back }, cookieOf(ADMIN));
      expect([status, headers["location"]], body).toEqual([303, back]);
      const [kept = ""] = (headers["set-cookie"] ?? "").split(";");
      expect(kept).toMatch(new RegExp(`^said=gone\\.${action}\\.`));
      const page = await ask(back, { cookie: `${cookieOf(ADMIN).cookie}; ${kept}` });
      expect(page.body).toContain(`<p class="banner done" role="status">${ACTIONS[action]?.gone}</p>`);
    });

    it("has a row above for every action about something that can go", () => {
      const all = Object.entries(ACTIONS).filter(([, { gone }]) => gone !== undefined);
      expect(GONE.map(([action]) => action)).toEqual(all.map(([action]) => action));
      // What is ended or taken back has an id, and may have been before.
      expect(all.map(([action]) => action)).toEqual(
        expect.arrayContaining(Object.keys(ACTIONS).filter((action) => /^(end|withdraw)-/.test(action))),
      );
    });

    it.each<{ make: string; fields: Fields; take: string; back: string; api: string }>([
      { make: "mark", fields: { text: "twice" }, take: "withdraw-mark", back: HISTORY, api: "/marks" },
      { make: "silence", fields: { service: "tools" }, take: "end-silence", back: ALERTS, api: "/silences" },
    ])("$take a second time says that it was gone", async ({ make, fields, take, back, api }) => {
      await post(make, { ...fields, back }, cookieOf(ADMIN));
      const sent: Fields = { ...(await filled(take, { id: "id" })), back };
      const answers = [await post(take, sent, cookieOf(ADMIN)), await post(take, sent, cookieOf(ADMIN))];
      expect(
        answers.map(({ headers }) => [headers["location"], headers["set-cookie"]?.split(".", 2).join(".")]),
      ).toEqual([
        [back, `said=done.${take}`],
        [back, `said=gone.${take}`],
      ]);
      // The API says so as well.
      const path = `${api}/${sent["id"]}`;
      const headers = { authorization: `Bearer ${ADMIN.token}` };
      expect((await request(host.port, path, { method: "DELETE", headers })).status).toBe(404);
    });

    it.each([
      ["/dashboard?done=silence-until", ""],
      [`${ALERTS}?done=acknowledge`, ""],
      [`${SETUP}?begun=drill`, "said=done.<b>"],
      [HISTORY, "said=done.toString"],
      // As a page on another port may write it.
      [ALERTS, "said=done.end-maintenance"],
      [ALERTS, `said=done.end-maintenance.${Date.now()}.${"a".repeat(64)}`],
      [`/dashboard/services/tools?done=check`, "said=check.99999999999999.tools"],
      [`/dashboard/services/tools`, `said=check.tools.${Date.now()}.${"a".repeat(64)}`],
    ])("are not claimed by an address, or by what no form has left: %s with %j", async (path, said) => {
      const { status, body } = await ask(path, { cookie: `${cookieOf(ADMIN).cookie}; ${said}` });
      expect([status, body.includes('role="status"')]).toEqual([200, false]);
    });

    it("has a row above for every action", () => {
      expect(new Set(DONE.map(([action]) => action))).toEqual(new Set(Object.keys(ACTIONS)));
    });

    it.each(DONE)("%s is refused for a token that may only read, in words, with a way back", async (action, back) => {
      const { status, headers, body } = await post(action, { ...ANY, back }, cookieOf(READER));
      expect([status, headers["content-type"]]).toEqual([403, "text/html; charset=utf-8"]);
      expect(body).toMatch(/This token lacks the scope (alerts:write|admin)\./);
      expect(body).toContain(`<a class="alone" href="${back}">Back</a>`);
    });

    it.each(Object.keys(ACTIONS))("%s is refused without a token, and from another origin", async (action) => {
      const sent = { ...ANY, back: ALERTS };
      expect((await post(action, sent, {})).status).toBe(401);
      const foreign = { ...cookieOf(ADMIN), origin: "http://evil.example" };
      expect((await post(action, sent, foreign)).status).toBe(403);
    });

    it.each(CORRECTED)("%s is shown again with %j, and the fault at %s", async (action, fields, field) => {
      const { status, headers, body } = await post(action, await filled(action, fields), cookieOf(WRITER));
      expect([400, 422]).toContain(status);
      expect(headers["content-type"]).toBe("text/html; charset=utf-8");
      expect(body).toMatch(new RegExp(`<(input|select)[^>]* name="${field}"[^>]* aria-invalid="true"`));
      expect(body).toContain(`id="${action}-${field}-fault"`);
      expect(body).not.toContain("<script>");
      if (fields["comment"] === HOSTILE) expect(body).toContain('value="&quot;&gt;&lt;script&gt;alert(1)');
    });

    it.each(["//evil.example", "https://evil.example/", "/dashboard/../x", "/silences", "javascript:alert(1)", ""])(
      "lead nobody to %s",
      async (back) => {
        const { headers } = await post("silence", { service: "tools", back }, cookieOf(WRITER));
        expect(headers["location"]).toBe("/dashboard");
      },
    );

    it("make nothing of what is too long, or of fields that they do not have", async () => {
      const long = "<b>".repeat(5_000);
      const { status, body } = await post("silence-until", { services: long, x: "y" }, cookieOf(WRITER));
      expect(status).toBe(400);
      expect(body).not.toContain("<b>");
      expect(body.length).toBeLessThan(20_000);
      expect((await post("silence-until", { services: "x".repeat(70_000) }, cookieOf(WRITER))).status).toBe(413);
    });
  });
}

function inTwoDays(): string {
  return new Date(Date.now() + 2 * 86_400_000).toISOString().slice(0, "2026-11-30T00:00".length);
}

function configFor({ url }: TargetServer): string {
  return JSON.stringify({
    services: { tools: { name: "Tools Server", url, critical: true, timeout: 50, interval: 60, failures: 1 } },
    alerting: { channels: { lines: { type: "log" } } },
    auth: {
      tokens: {
        reader: { hash: READER.hash, scopes: ["read"] },
        writer: { hash: WRITER.hash, scopes: ["read", "alerts:write"] },
        admin: { hash: ADMIN.hash, scopes: ["admin"] },
      },
    },
  });
}

/**
 * What a page that is open is told (`/events?view=now`), over a socket of the running service, the same on every host. The service
 * watches two targets, of which the test makes one fail; nothing is looked at by itself meanwhile but at the test's request.
 */
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { newToken } from "../../functions/cli/new-token.ts";
import { untimed } from "../../functions/page/clock-texts.ts";
import { request } from "../support/raw-http.ts";
import { listenTo, type EventClient } from "../support/server-sent-events.ts";
import { sendJson, startTarget, type TargetServer } from "../support/target-server.ts";
import type { HttpHost, StartHttpHost } from "./http-host.ts";

const PEOPLE = newToken("people");

/** `start` adds nothing to the requests. */
export function nowViewContract(name: string, start: StartHttpHost): void {
  describe(`GET /events?view=now on ${name}`, () => {
    let targets: TargetServer[];
    let host: HttpHost;
    const clients: EventClient[] = [];
    const headers = { authorization: `Bearer ${PEOPLE.token}` };
    const ask = (path: string) => request(host.port, path, { headers });

    beforeAll(async () => {
      targets = [await startTarget(), await startTarget()];
      const [tools, steady] = targets.map(({ url }) => ({ url: `${url}/`, timeout: 60, interval: 3_600 }));
      const services = {
        tools: { name: "Tools <Server>", critical: true, ...tools },
        steady: { name: "Steady Server", ...steady },
      };
      const auth = { reads: "token", tokens: { people: { hash: PEOPLE.hash } } };
      const intervals = { degraded: 3_600, unhealthy: 3_600 };
      host = await start(JSON.stringify({ services, auth, intervals }));
      await ask("/cluster_health?fresh=true");
    });
    afterEach(() => clients.splice(0).forEach((client) => client.leave()));
    afterAll(async () => {
      await host.stop();
      await Promise.all(targets.map((target) => target.close()));
    });

    const listen = async (more = ""): Promise<EventClient> => {
      const client = await listenTo({ port: host.port, path: `/events?view=now${more}`, headers });
      clients.push(client);
      return client;
    };
    const loadPage = async () => {
      const { body } = await ask("/dashboard");
      return { body, place: /data-place="([\d.]+)"/.exec(body)?.[1] ?? "" };
    };

    it("tells who knows nothing the whole page, in the same words", async () => {
      const { body, place } = await loadPage();
      const first = await (await listen()).heard(() => true);
      expect([first.event, first.id]).toEqual(["snapshot", place]);
      const { at, overall, order, sections, rows } = first.data;
      expect([at, overall, order]).toEqual([expect.stringMatching(/Z$/), "healthy", ["tools", "steady"]]);
      expect(Object.keys(rows)).toEqual(order);
      expect(Object.keys(sections)).toEqual(expect.arrayContaining(["verdict", "wrong", "services", "events"]));
      const page = untimed(body);
      for (const html of Object.values<string>({ ...sections, ...rows })) expect(page).toContain(html);
      expect(rows.tools).toContain("Tools &lt;Server&gt;");
    });

    it("tells who has the page only what is different, and who comes again what has changed meanwhile", async () => {
      const { place } = await loadPage();
      const client = await listen(`&last_event_id=${place}`);
      const first = await client.heard(() => true);
      expect([first.data.sections, first.data.rows]).toEqual([{}, {}]);
      const [tools] = targets;
      if (tools) tools.response = sendJson(503, {});
      // Checks younger than 10 s are left alone.
      await expect
        .poll(async () => (await ask("/cluster_health?fresh=true")).json.overall_status, {
          timeout: 30_000,
          interval: 1_000,
        })
        .toBe("unhealthy");
      const changed = await client.heard(({ data }) => data.overall === "unhealthy");
      expect(changed.data.rows.tools).toContain("HTTP 503");
      expect(changed.data.sections.verdict).toContain("1 of 1 critical service is failing: Tools");
      expect(changed.data.sections.services).toBeUndefined();
      const again = await (await listen(`&last_event_id=${place}`)).heard(() => true);
      expect(Number(again.id)).toBeGreaterThanOrEqual(Number(changed.id));
      expect(again.data.rows.tools).toContain("HTTP 503");
      const uptodate = await (await listen(`&last_event_id=${again.id}`)).heard(() => true);
      expect(uptodate.data.rows).toEqual({});
    });

    it.each(["999999999", "nonsense"])("tells who has the page of another service everything: %s", async (id) => {
      const client = await listenTo({
        port: host.port,
        path: "/events?view=now",
        headers: { ...headers, "last-event-id": id },
      });
      clients.push(client);
      expect(Object.keys((await client.heard(() => true)).data.rows)).toEqual(["tools", "steady"]);
    });

    it("asks for a token where reading needs one, and ends in time", async () => {
      expect((await request(host.port, "/events?view=now")).status).toBe(401);
      const client = await listen("&timeout=1");
      await client.ended;
      expect(client.text()).toMatch(/^retry: \d+\n\n[^]*\n\nretry: \d+\n\n$/);
    });
  });
}

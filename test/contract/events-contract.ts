/**
 * Server-sent events, asked over a socket of the running service, the same on every host: what comes first, what comes when something
 * happens, and what whoever comes again has missed. The service watches one target, which the test makes fail and heal; nothing is
 * looked at by itself meanwhile but at the test's request.
 */
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { newToken } from "../../functions/cli/new-token.ts";
import { request } from "../support/raw-http.ts";
import { listenTo, parseEvents, type EventClient } from "../support/server-sent-events.ts";
import { sendJson, startTarget, type TargetServer } from "../support/target-server.ts";
import type { HttpHost, StartHttpHost } from "./http-host.ts";

const AGENT = newToken("agent");

/** `start` adds nothing to the requests. */
export function eventsContract(name: string, start: StartHttpHost): void {
  describe(`GET /events on ${name}`, () => {
    let target: TargetServer;
    let host: HttpHost;
    const clients: EventClient[] = [];
    const headers = { authorization: `Bearer ${AGENT.token}` };

    beforeAll(async () => {
      target = await startTarget();
      host = await start(
        JSON.stringify({
          services: {
            tools: { name: "Tools Server", url: `${target.url}/`, critical: true, timeout: 60, interval: 3_600 },
          },
          auth: { reads: "token", tokens: { agent: { hash: AGENT.hash, scopes: ["read", "alerts:write"] } } },
        }),
      );
      await ask("GET", "/cluster_health?fresh=true");
    });
    afterEach(() => clients.splice(0).forEach((client) => client.leave()));
    afterAll(async () => {
      await host.stop();
      await target.close();
    });

    const ask = (method: string, path: string, body?: object) =>
      request(host.port, path, {
        method,
        headers: {
          ...headers,
          ...(body && { "content-type": "application/json", "content-length": `${JSON.stringify(body).length}` }),
        },
        ...(body && { body: JSON.stringify(body) }),
      });
    const listen = async (path = "/events", lastEventId?: string): Promise<EventClient> => {
      const more = lastEventId === undefined ? {} : { "last-event-id": lastEventId };
      const client = await listenTo({ port: host.port, path, headers: { ...headers, ...more } });
      clients.push(client);
      return client;
    };
    const mark = (text: string) => ask("POST", "/marks", { text, service: "tools" });

    it("begins with a complete snapshot, and nothing on the way may hold it back or pack it", async () => {
      const client = await listen();
      const { statusCode, headers: sent } = client.response;
      expect(statusCode).toBe(200);
      expect(sent["content-type"]).toBe("text/event-stream");
      expect(sent["cache-control"]).toBe("no-cache, no-transform");
      expect(sent["x-accel-buffering"]).toBe("no");
      expect(sent["x-content-type-options"]).toBe("nosniff");
      const first = await client.heard(() => true);
      expect(first.event).toBe("snapshot");
      expect(first.id).toMatch(/^\d+(\.\d{4})?$/);
      expect(first.data).toEqual({
        at: expect.stringMatching(/Z$/),
        overall_status: "healthy",
        overall_since: expect.stringMatching(/Z$/),
        complete: true,
        services: { tools: { status: "healthy", reason: null, message: null, since: expect.stringMatching(/Z$/) } },
      });
      expect(client.text()).toMatch(/^retry: \d+\n\n/);
    });

    it("tells what happens while it listens: a mark, as it is made", async () => {
      const client = await listen();
      await client.heard(({ event }) => event === "snapshot");
      const { json } = await mark("while listening");
      const heard = await client.heard(({ event }) => event === "mark");
      expect(heard.data).toEqual(json);
    });

    it("tells whoever comes again what it has missed, once, in the order in which it happened", async () => {
      const client = await listen();
      const { id } = await client.heard(({ event }) => event === "snapshot");
      client.leave();
      const texts = ["first", "second", "third"];
      for (const text of texts) await mark(text);
      const again = await listen("/events", id);
      const snapshot = await again.heard(({ event }) => event === "snapshot");
      const marksOf = (one: EventClient) =>
        one.events().flatMap(({ event, data }) => (event === "mark" ? [data.text] : []));
      expect(marksOf(again)).toEqual(texts);
      expect(snapshot.data.complete).toBe(true);
      const second = again.events().find(({ data }) => data.text === "second");
      const fromSecond = await listen(`/events?last_event_id=${second?.id}`);
      await fromSecond.heard(({ event }) => event === "snapshot");
      expect(marksOf(fromSecond)).toEqual(["third"]);
      const uptodate = await listen("/events", snapshot.id);
      await uptodate.heard(({ event }) => event === "snapshot");
      expect(uptodate.events().map(({ event }) => event)).toEqual(["snapshot"]);
    });

    it("tells from the beginning what is kept of it", async () => {
      const client = await listen("/events", "0");
      const transition = await client.heard(({ event }) => event === "transition");
      expect(transition.data).toMatchObject({ service: "tools", from: "unknown", to: "healthy", reason: null });
    });

    it.each(["999999999", "nonsense", "18446744073709551615"])(
      "says reset for an id of another service: %s",
      async (id) => {
        const client = await listen("/events", id);
        const [first] = [await client.heard(() => true)];
        expect([first.event, first.data]).toEqual(["reset", { reason: "unknown_id" }]);
        const snapshot = await client.heard(({ event }) => event === "snapshot");
        expect([snapshot.data.complete, snapshot.id]).toEqual([true, first.id]);
      },
    );

    it("ends when the time is over that was asked for, and says when to come again", async () => {
      const client = await listen("/events?timeout=1");
      await client.ended;
      expect(client.text()).toMatch(/\n\nretry: \d+\n\n$/);
      expect(parseEvents(client.text()).length).toBeGreaterThan(0);
    });

    it.each([
      ["last_event_id=x", "last_event_id"],
      ["timeout=0", "timeout"],
      ["timeout=3601", "timeout"],
      ["view=then", "view"],
    ])("refuses %s and names the parameter", async (query, field) => {
      const { status, json } = await ask("GET", `/events?${query}`);
      expect([status, json.errors]).toMatchObject([400, [{ field }]]);
    });

    it("answers HEAD with the head, and asks for a token", async () => {
      const head = await ask("HEAD", "/events");
      expect([head.status, head.headers["content-type"], head.body]).toEqual([200, "text/event-stream", ""]);
      expect((await request(host.port, "/events")).status).toBe(401);
    });

    it("tells a change of status once, before the snapshot that shows it", async () => {
      const client = await listen();
      const { id } = await client.heard(({ event }) => event === "snapshot");
      target.response = sendJson(503, {});
      // Checks younger than 10 s are left alone.
      await expect
        .poll(async () => (await ask("GET", "/cluster_health?fresh=true")).json.overall_status, {
          timeout: 30_000,
          interval: 1_000,
        })
        .toBe("unhealthy");
      const again = await listen("/events", id);
      await again.heard(({ event }) => event === "snapshot");
      const transitions = again.events().filter(({ event }) => event === "transition");
      expect(transitions.map(({ data }) => [data.from, data.to, data.reason])).toEqual([
        ["healthy", "unhealthy", "http_status"],
      ]);
      const live = await client.heard(({ event }) => event === "transition");
      expect(live.data).toEqual(transitions[0]?.data);
      const shown = await client.heard(
        ({ event, data }) => event === "snapshot" && data.overall_status === "unhealthy",
      );
      expect(shown.data).toMatchObject({ complete: false, services: { tools: { status: "unhealthy" } } });
      const [first, next] = [live, shown].map((event) => Number(event.id));
      expect(next).toBeGreaterThan(first ?? Infinity);
    });
  });
}

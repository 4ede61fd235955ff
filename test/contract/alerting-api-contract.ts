/**
 * The API about alerts, the same on every host: who may change what, what bad input is told, and that what was answered is true
 * afterwards. The service watches one target that fails; its alert fires with the first check.
 */
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { ENDPOINTS } from "../../functions/endpoints/registry.ts";
import { newToken } from "../../functions/cli/new-token.ts";
import { request, type RawAnswer } from "../support/raw-http.ts";
import { sendJson, startTarget, type TargetServer } from "../support/target-server.ts";
import { coverageContract, soon } from "./coverage-contract.ts";
import type { HttpHost, StartHttpHost } from "./http-host.ts";
import { marksApiContract } from "./marks-api-contract.ts";

const READER = newToken("reader");
const WRITER = newToken("writer");
const ADMIN = newToken("admin");

const HOUR_MS = 3_600_000;
const TOOLS = { name: "Tools Server", impact: "No tools", critical: true, timeout: 50, interval: 60, failures: 1 };
const MISSING = "00000000-0000-0000-0000-000000000000";

/** `start` adds nothing to the requests. */
export function alertingApiContract(name: string, start: StartHttpHost): void {
  describe(`alerting API on ${name}`, () => {
    let target: TargetServer;
    let host: HttpHost;

    const ask = async (
      method: string,
      path: string,
      { token = ADMIN.token, body }: { token?: string; body?: unknown } = {},
    ) => {
      const text = body === undefined ? "" : typeof body === "string" ? body : JSON.stringify(body);
      const headers: Record<string, string> = { "content-length": String(Buffer.byteLength(text)) };
      if (token !== "") headers["authorization"] = `Bearer ${token}`;
      if (body !== undefined) headers["content-type"] = "application/json";
      const answer = await request(host.port, path, { method, headers, body: text });
      if (answer.status < 300) expectDeclared(method, path, answer);
      return answer;
    };
    const detail = async () => (await ask("GET", "/alerts")).json.details[0];
    const faultsOf = ({ status, json }: RawAnswer): unknown[] => [
      status,
      ...json.errors.map(({ field }: { field: string }) => field),
    ];

    beforeAll(async () => {
      target = await startTarget(sendJson(503, {}));
      host = await start(configFor(target));
      await ask("GET", "/cluster_health?fresh=true");
    });
    afterAll(async () => {
      await host.stop();
      await target.close();
    });

    describe("GET /alerts", () => {
      it("tells the life of each open alert", async () => {
        expect(await detail()).toMatchObject({
          service: "tools",
          name: "Tools Server",
          severity: "critical",
          state: "firing",
          status: "unhealthy",
          reason: "http_status",
          message: "HTTP 503",
          impact: "No tools",
          flapping: false,
          notification: "no_channel",
          decision_text: "Its policy tells nobody.",
          failures_in_row: expect.any(Number),
          successes_in_row: 0,
          next_escalation_at: null,
          next_channels: [],
          acknowledged_by: null,
          action_taken: "monitoring increased frequency",
        });
      });
    });

    describe("who may change what", () => {
      const changing = ENDPOINTS.filter(({ method }) => method !== "GET");

      it.each(changing.map(({ method, path }) => [method, path] as const))(
        "%s %s needs a token, and one with the right scope",
        async (method, path) => {
          const place = path.replace(/\{\w+\}/, MISSING);
          expect((await ask(method, place, { token: "", body: {} })).status).toBe(401);
          const { status, json } = await ask(method, place, { token: READER.token, body: {} });
          expect([status, json.type]).toEqual([403, "urn:problem:forbidden"]);
        },
      );

      it("shows the audit trail and tests channels for admins only", async () => {
        expect((await ask("GET", "/audit", { token: WRITER.token })).status).toBe(403);
        expect((await ask("POST", "/channels/none/test", { token: WRITER.token })).status).toBe(403);
        expect((await ask("POST", "/channels/none/test")).status).toBe(404);
      });

      it.each(["null", "https://evil.example", "http://127.0.0.1.evil.example"])(
        "lets no page of the origin %s change anything",
        async (origin) => {
          const headers = { authorization: `Bearer ${ADMIN.token}`, origin };
          expect((await request(host.port, "/drill", { method: "POST", headers })).status).toBe(403);
        },
      );

      it("names the methods of a path that has others", async () => {
        const { status, headers } = await ask("PUT", "/silences");
        expect([status, headers["allow"]]).toEqual([405, "GET, HEAD, POST"]);
      });
    });

    describe("POST /alerts/{id}/acknowledge", () => {
      it("stops an alert, says who did it, and is in the history and the audit trail", async () => {
        const { id } = await detail();
        const path = `/alerts/${id}/acknowledge`;
        const { status, json } = await ask("POST", path, { token: WRITER.token, body: { comment: "on it" } });
        expect([status, json]).toEqual([200, { id, state: "acknowledged", acknowledged_by: "writer" }]);
        expect(await detail()).toMatchObject({
          state: "acknowledged",
          acknowledged_by: "writer",
          notification: "acknowledged",
        });
        const { alerts } = (await ask("GET", "/alerts/history?state=open&service=tools&severity=critical")).json;
        expect(alerts).toMatchObject([{ id, state: "acknowledged", acknowledged_by: "writer", ended_at: null }]);
        const { entries } = (await ask("GET", "/audit")).json;
        expect(entries[0]).toMatchObject({
          actor: "writer",
          action: "alert.acknowledged",
          target: id,
          detail: { comment: "on it" },
        });
        const report = (await ask("GET", "/report")).json;
        expect(report.alerts.find((each: { id: string }) => each.id === id)).toMatchObject({
          acknowledged_by: "writer",
          acknowledged_at: entries[0].timestamp,
        });
      });

      it("knows no alert that is not open", async () => {
        expect((await ask("POST", "/alerts/nothing/acknowledge", { body: {} })).status).toBe(404);
      });
    });

    marksApiContract(ask, { writer: WRITER.token, reader: READER.token });

    describe("silences", () => {
      it("are made, listed and ended, and stay on the list", async () => {
        const endsAt = new Date(Date.now() + HOUR_MS).toISOString();
        const wanted = { services: ["too*"], severities: ["critical"], ends_at: endsAt, comment: "moving house" };
        const { status, json } = await ask("POST", "/silences", { token: WRITER.token, body: wanted });
        expect([status, json]).toMatchObject([201, { ...wanted, covers: ["tools"], author: "writer", active: true }]);
        const listed = (await ask("GET", "/silences", { token: READER.token })).json.silences;
        expect(listed).toEqual([json]);
        expect((await ask("DELETE", `/silences/${json.id}`)).status).toBe(200);
        expect((await ask("GET", "/silences")).json.silences).toMatchObject([{ id: json.id, active: false }]);
        for (const gone of [json.id, MISSING]) expect((await ask("DELETE", `/silences/${gone}`)).status).toBe(404);
      });

      it.each<[what: string, body: object, fields: string[]]>([
        ["nothing said", {}, ["services", "ends_at", "comment"]],
        ["an end without a zone", { ends_at: "2030-01-01T00:00:00", comment: "x" }, ["ends_at"]],
        ["an end in the past", { ends_at: "2020-01-01T00:00:00Z", comment: "x" }, ["ends_at"]],
        ["an end for ever away", { ends_at: "2999-01-01T00:00:00Z", comment: "x" }, ["ends_at"]],
        ["an unknown field", { ends_at: soon(), comment: "x", forever: true }, ["forever"]],
        ["a wrong severity", { ends_at: soon(), comment: "x", severities: ["bad"] }, ["severities[0]"]],
        ["a wrong glob", { ends_at: soon(), comment: "x", services: ["a", "b c"] }, ["services[1]"]],
        ["a comment of blanks", { ends_at: soon(), comment: "  " }, ["comment"]],
        ["no service", { ends_at: soon(), comment: "x", services: [] }, ["services"]],
      ])("are refused with %s, each field by its name", async (_what, body, fields) => {
        const whole = Object.keys(body).length === 0 ? body : { services: ["tools"], ...body };
        expect(faultsOf(await ask("POST", "/silences", { body: whole }))).toEqual([400, ...fields]);
      });
    });

    coverageContract(ask);

    describe("maintenance windows", () => {
      it("are made, listed and deleted", async () => {
        const schedule = { kind: "weekly", zone: "Europe/Berlin", days: ["sun"], start: "03:00", duration: 3_600 };
        const wanted = { services: ["tools"], schedule, comment: "backup" };
        const { status, json } = await ask("POST", "/maintenance", { token: WRITER.token, body: wanted });
        expect([status, json]).toMatchObject([
          201,
          { ...wanted, schedule: { ...schedule, until: null }, author: "writer" },
        ]);
        expect((await ask("GET", "/maintenance", { token: READER.token })).json.windows).toEqual([json]);
        expect((await ask("DELETE", `/maintenance/${json.id}`)).status).toBe(200);
        expect((await ask("GET", "/maintenance")).json.windows).toEqual([]);
        expect((await ask("DELETE", `/maintenance/${json.id}`)).status).toBe(404);
      });

      it.each<[what: string, schedule: object, fields: string[]]>([
        ["an unknown zone", { zone: "Mars/Olympus" }, ["schedule.zone"]],
        ["an impossible time", { start: "25:00" }, ["schedule.start"]],
        ["no day", { days: [] }, ["schedule.days"]],
        ["no duration", { duration: 0 }, ["schedule.duration"]],
      ])("are refused with %s", async (_what, change, fields) => {
        const schedule = { kind: "weekly", zone: "UTC", days: ["mon"], start: "03:00", duration: 60, ...change };
        expect(
          faultsOf(await ask("POST", "/maintenance", { body: { services: ["tools"], schedule, comment: "x" } })),
        ).toEqual([400, ...fields]);
      });
    });

    describe("bodies", () => {
      const post = (body: string, type: string): Promise<RawAnswer> =>
        request(host.port, "/silences", {
          method: "POST",
          headers: {
            authorization: `Bearer ${ADMIN.token}`,
            "content-type": type,
            "content-length": String(Buffer.byteLength(body)),
          },
          body,
        });

      it.each([
        { what: "no JSON", body: "{", refusal: [400, "urn:problem:invalid_body"] },
        { what: "a byte order mark", body: "\uFEFF{}", refusal: [400, "urn:problem:invalid_body"] },
        { what: "another type", body: "{}", type: "text/plain", refusal: [415, "urn:problem:unsupported_media_type"] },
        { what: "65,537 bytes", body: " ".repeat(65_537), refusal: [413, "urn:problem:content_too_large"] },
      ])("with $what are refused", async ({ body, type = "application/json", refusal }) => {
        const { status, json } = await post(body, type);
        expect([status, json.type]).toEqual(refusal);
      });

      it("of 60,000 brackets are refused without harm", async () => {
        expect((await post("[".repeat(60_000), "application/json")).status).toBe(400);
      });
    });

    describe("a channel", () => {
      it("is tested, and takes part in a drill", async () => {
        expect((await ask("POST", "/channels/lines/test")).json).toMatchObject({ outcome: "accepted" });
        const { channels } = (await ask("POST", "/drill")).json;
        expect(channels).toMatchObject([{ name: "lines" }]);
        expect((await ask("GET", "/drill")).json.drill.channels).toMatchObject([{ name: "lines" }]);
        expect((await ask("GET", "/channels")).json.channels).toMatchObject([{ name: "lines", type: "log" }]);
      });
    });

    describe("GET /alerts/history", () => {
      it("refuses a cursor that was made up", async () => {
        const { status, json } = await ask("GET", "/alerts/history?before=1-1-a");
        expect([status, json.type]).toEqual([400, "urn:problem:invalid_cursor"]);
      });

      const early = "since=2001-01-01T00:00:00Z";
      const late = "until=2099-01-01T00:00:00Z";
      it.each([
        ["/alerts/history?limit=1&service=tools", "/alerts/history?limit=1&severity=critical&service=tools"],
        ["/alerts/history?limit=1&state=open", "/alerts/history?limit=1&service=open"],
        [`/alerts/history?limit=1&${early}`, `/alerts/history?limit=1&${early.replace("since", "until")}`],
        [`/alerts/history?limit=1&${late}`, `/alerts/history?limit=1&${late.replace("until", "since")}`],
        ["/history?limit=1", "/alerts/history?limit=1"],
        ["/history?limit=1", "/audit?limit=1"],
        ["/audit?limit=1", "/history?limit=1"],
      ])("gives a cursor for %s that is none for %s", async (query, another) => {
        const { next_cursor: cursor } = (await ask("GET", query)).json;
        expect(cursor).toEqual(expect.any(String));
        expect((await ask("GET", `${query}&before=${cursor}`)).status).toBe(200);
        const { status, json } = await ask("GET", `${another}&before=${cursor}`);
        expect([status, json.type]).toEqual([400, "urn:problem:invalid_cursor"]);
      });
    });

    it("has answered what changes something as it is declared", () => {
      const changing = ENDPOINTS.filter(({ effect }) => effect === "write").map((endpoint) => endpoint.name);
      expect([...answered]).toEqual(expect.arrayContaining([...changing, "audit"]));
    });
  });
}

const answered = new Set<string>();

/** What is answered is what the endpoint declares, to the last field. */
function expectDeclared(method: string, path: string, { json }: RawAnswer): void {
  const [place] = path.split("?");
  const matches = (pattern: string) => new RegExp(`^${pattern.replace(/\{\w+\}/, "[^/]+")}$`).test(place ?? "");
  const endpoint = ENDPOINTS.find((each) => each.method === method && matches(each.path));
  if (!endpoint) expect.unreachable(`${method} ${path} is no endpoint`);
  expect(endpoint.response.parse(json)).toEqual(json);
  answered.add(endpoint.name);
}

function configFor({ url }: TargetServer): string {
  return JSON.stringify({
    services: { tools: { ...TOOLS, url } },
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

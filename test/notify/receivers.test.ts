/**
 * What is one receiver's own: the seed's form for Slack, Discord's delays, two keys of a webhook, several phones, and answers
 * that no such receiver gives.
 */
import { createServer } from "node:https";
import { Webhook } from "standardwebhooks";
import { afterEach, describe, expect, it } from "vitest";
import type { Notification } from "../../shared/domain/alerting/notification.ts";
import { HTTP_CHANNELS, WEBHOOK_SECRET, type HttpChannelName } from "../contract/channels-under-test.ts";
import type { Settings } from "../support/configured-probe.ts";
import { startHostile, type MischiefName } from "../support/hostile-server.ts";
import { localDelivery } from "../support/local-channel.ts";
import { listen } from "../support/loopback-server.ts";
import { UNTRUSTED } from "../support/mail-trust.ts";
import { makeNotification, makeReport, NOON_MS } from "../support/notifications.ts";
import { startHttpReceiver, type Answer, type HttpReceiver } from "../support/receivers/http-receiver.ts";
import { isSigned, parseWebhook } from "../support/receivers/standard-webhooks-format.ts";
import { parseSlack } from "../support/receivers/slack-format.ts";
import { WAIT_LIMIT_MS } from "../support/time-limits.ts";

const open: HttpReceiver[] = [];
afterEach(async () => {
  for (const each of open.splice(0)) await each.close();
});

async function receiverOf(type: HttpChannelName): Promise<HttpReceiver> {
  const receiver = await startHttpReceiver(HTTP_CHANNELS[type].format);
  open.push(receiver);
  return receiver;
}

function send(
  type: HttpChannelName,
  { port }: { readonly port: number },
  { notification = makeNotification(), ...more }: Settings & { readonly notification?: Notification } = {},
) {
  const settings = { ...HTTP_CHANNELS[type].settings(port), ...more };
  return localDelivery({ type, settings, notification, timeoutMs: WAIT_LIMIT_MS });
}

async function answered(type: HttpChannelName, response: Answer) {
  const receiver = await receiverOf(type);
  receiver.response = () => response;
  return (await send(type, receiver)).outcome;
}

describe("slack", () => {
  it("says what the seed said, where the seed said it", async () => {
    const receiver = await receiverOf("slack");
    await send("slack", receiver);
    expect(parseSlack(receiver.messages[0]?.body ?? "").attachments[0]).toMatchObject({
      color: "#FF0000",
      title: "LangGraph Cluster Alert: Tools Server",
      text: expect.stringContaining("CRITICAL: Tools Server is timeout - Request timed out"),
      fields: [
        { title: "Severity", value: "critical", short: true },
        { title: "Service", value: "Tools Server", short: true },
        { title: "Reason", value: "deadline_response", short: true },
        { title: "Timestamp", value: "2026-11-23T12:00:00.000Z", short: false },
      ],
    });
  });

  it.each([
    ["warning", "alert.firing", "#FFA500"],
    ["info", "alert.firing", "#00FF00"],
    ["critical", "alert.resolved", "#00FF00"],
  ] as const)("shows %s of the type %s in %s", async (severity, type, colour) => {
    const receiver = await receiverOf("slack");
    const notification = makeNotification({ severity, type, alerts: [makeReport({ severity })] });
    await send("slack", receiver, { notification });
    expect(parseSlack(receiver.messages[0]?.body ?? "").attachments[0]?.color).toBe(colour);
  });
});

describe("a chat that takes what Slack takes", () => {
  it.each([
    ["Slack", "ok"],
    ["Mattermost", "ok\n"],
    ["Rocket.Chat", '{"success":true}'],
    ["Rocket.Chat, with the message", '{ "success": true, "message": { "_id": "x" } }'],
    ["Zulip", '{"result":"success","msg":"","ignored_parameters_unsupported":["link_names"]}'],
  ])("has taken the message when it answers as %s does", async (_name, body) => {
    expect(await answered("slack", { status: 200, body })).toEqual({ kind: "accepted", receipt: null });
  });

  it.each(['{"success":false,"error":"no"}', '{"success":"true"}', "{}", '"ok"', "okay", '{"result":"error"}'])(
    "has not taken it when it answers %s",
    async (body) => {
      expect(await answered("slack", { status: 200, body })).toMatchObject({
        kind: "refused",
        reason: "invalid_response",
      });
    },
  );
});

describe("discord", () => {
  it("is told in the body how long to wait, to the millisecond", async () => {
    const body = JSON.stringify({ message: "You are being rate limited.", retry_after: 64.57, global: false });
    const outcome = await answered("discord", { status: 429, headers: { "retry-after": "65" }, body });
    expect(outcome).toMatchObject({ kind: "deferred", reason: "rate_limited", retryAfterMs: 64_570 });
  });

  it.each([
    // As the unversioned URL says it: in milliseconds but for one header.
    ["2.4", "2400", '{"retry_after":2400}', 2_400],
    ["0.3", "300", '{"retry_after":300,"global":false}', 300],
    ["64", "1", "<html>", 64_000],
    ["soon", "65", '{"retry_after":64.57}', 64_570],
    ["", "65", "", 65_000],
    ["-1", "65", "{}", 65_000],
  ])("is asked again after X-RateLimit-Reset-After %j (Retry-After %s, body %s): %i ms", async (...row) => {
    const [resetAfter, retryAfter, body, retryAfterMs] = row;
    const headers = { "x-ratelimit-reset-after": resetAfter, "retry-after": retryAfter };
    expect(await answered("discord", { status: 429, headers, body })).toMatchObject({ retryAfterMs });
  });

  it.each(["/api/webhooks", "/api/v6/webhooks", "/api/v10/webhooks"])("is asked by %s as version 10", async (path) => {
    const receiver = await receiverOf("discord");
    const url = `http://127.0.0.1:${receiver.port}${path}/1234567890/canary-s3cret`;
    expect((await send("discord", receiver, { webhook_url: `${url}?wait=true` })).outcome.kind).toBe("refused");
    expect((await send("discord", receiver, { webhook_url: url })).outcome).toMatchObject({ kind: "accepted" });
    expect(receiver.messages[0]?.path).toBe("/api/v10/webhooks/1234567890/canary-s3cret?wait=true");
  });

  it.each(["[]", "null", '{"retry_after":"soon"}', '{"retry_after":-1}', "<html>"])(
    "takes the header when the body is %s",
    async (body) => {
      const outcome = await answered("discord", { status: 429, headers: { "retry-after": "65" }, body });
      expect(outcome).toMatchObject({ retryAfterMs: 65_000 });
    },
  );

  it("gives the message's id when it is told it", async () => {
    const outcome = await answered("discord", { status: 200, body: '{"id":"1180000000000000000"}' });
    expect(outcome).toEqual({ kind: "accepted", receipt: "1180000000000000000" });
  });
});

describe("webhook", () => {
  it("signs by both keys while they are exchanged", async () => {
    const previous = `whsec_${Buffer.from("y".repeat(32)).toString("base64")}`;
    const receiver = await receiverOf("webhook");
    await send("webhook", receiver, { previous_secret: previous });
    const [message] = receiver.messages;
    expect(message && isSigned(message, WEBHOOK_SECRET)).toBe(true);
    expect(message && isSigned(message, previous)).toBe(true);
    expect(message && isSigned(message, `whsec_${Buffer.from("z".repeat(32)).toString("base64")}`)).toBe(false);
  });

  const KEY = Buffer.from("canary-s3cret, then bytes \xfb\xff", "latin1");
  it.each([
    ["base64 behind whsec_", `whsec_${KEY.toString("base64")}`, {}],
    ["base64 alone", KEY.toString("base64"), {}],
    ["base64 without its padding", KEY.toString("base64").replace(/=+$/, ""), {}],
    ["letters that happen to be base64", "sixteenLetters16", {}],
    ["letters that happen to be base64, read as they are", "sixteenLetters16", { format: "raw" } as const],
    ["a text that is no base64, read as it is", "correct-horse battery", { format: "raw" } as const],
  ])("is verified by the specification's own library with a secret of %s", async (_what, secret, options) => {
    const receiver = await receiverOf("webhook");
    await send("webhook", receiver, { secret });
    const [message] = receiver.messages;
    const headers = Object.entries(message?.headers ?? {}).map(([name, value]) => [name, String(value)]);
    const verified = new Webhook(secret, options).verify(message?.body ?? "", Object.fromEntries(headers));
    expect(verified).toMatchObject({ type: "alert.firing" });
    expect(() => new Webhook(secret, options).verify(`${message?.body} `, Object.fromEntries(headers))).toThrow(
      "No matching signature",
    );
  });

  it("says everything about an alert", async () => {
    const receiver = await receiverOf("webhook");
    const ended = { endedAtMs: NOON_MS, endReason: "recovered", state: "resolved", affected: ["B"] } as const;
    const notification = makeNotification({ type: "alert.resolved", alerts: [makeReport(ended)] });
    await send("webhook", receiver, { notification });
    expect(parseWebhook(receiver.messages[0]?.body ?? "")).toEqual({
      type: "alert.resolved",
      timestamp: "2026-11-23T12:00:00.000Z",
      data: {
        id: "tools-mf3k2a9c-1x",
        notification_id: "n-tools-mf3k2a9c-1x-1",
        service: "tools",
        name: "Tools Server",
        severity: "critical",
        state: "resolved",
        status: "timeout",
        reason: "deadline_response",
        message: "Request timed out",
        since: "2026-11-23T11:58:30.000Z",
        ended_at: "2026-11-23T12:00:00.000Z",
        end_reason: "recovered",
        duration: 90,
        flapping: false,
        escalation_level: 1,
        acknowledged_by: null,
        action_taken: null,
        affected: ["B"],
        impact: null,
        node: "worker-node4",
        late: false,
      },
    });
  });

  it("says nothing to a receiver whose certificate nobody vouches for", async () => {
    let asked = 0;
    const server = await listen(createServer(UNTRUSTED, (_request, response) => response.end(String((asked += 1)))));
    const url = `https://127.0.0.1:${server.port}/`;
    const { outcome } = await send("webhook", await receiverOf("webhook"), { url });
    await server.close();
    expect(outcome).toMatchObject({ kind: "refused", reason: "tls" });
    expect(asked).toBe(0);
  });

  it("lists all alerts when there are several", async () => {
    const receiver = await receiverOf("webhook");
    const alerts = [makeReport({ id: "a" }), makeReport({ id: "b" })];
    await send("webhook", receiver, { notification: makeNotification({ alerts }) });
    const { data } = parseWebhook(receiver.messages[0]?.body ?? "");
    expect(data).toMatchObject({ id: "a", alerts: [{ id: "a" }, { id: "b" }] });
  });
});

describe("sms", () => {
  const TO = ["+491511111111", "+491512222222", "+491513333333"];
  /** The answer for each recipient; the format's own for those that have none. */
  const toEach = async (responses: Readonly<Record<string, Answer>>) => {
    const receiver = await receiverOf("sms");
    const { format } = HTTP_CHANNELS.sms;
    receiver.response = (request) =>
      responses[new URLSearchParams(request.body).get("To") ?? ""] ?? format.accept(request);
    return { receiver, ...(await send("sms", receiver, { to: [...TO, ...TO] })) };
  };

  it("sends one message to each recipient, once", async () => {
    const { receiver, outcome } = await toEach({});
    const told = receiver.messages.map(({ body }) => new URLSearchParams(body).get("To"));
    expect(told).toHaveLength(TO.length);
    expect(new Set(told)).toEqual(new Set(TO));
    expect(outcome).toEqual({ kind: "accepted", receipt: "3 recipients" });
  });

  it.each<[mischief: MischiefName, type: HttpChannelName, mayHaveArrived: boolean]>([
    ["fin", "sms", true],
    ["reset", "sms", true],
    ["short_body", "sms", true],
    ["fin", "slack", false],
  ])(
    "counts what was sent when the connection broke (%s) as arrived where it is paid: %s",
    async (mischief, type, counts) => {
      const receiver = await startHostile(mischief);
      const { outcome } = await send(type, receiver);
      expect(outcome).toMatchObject({ kind: "deferred", reason: "connection" });
      expect("mayHaveArrived" in outcome).toBe(counts);
      await receiver.close();
    },
  );

  it("gives the message's SID when there is one recipient", async () => {
    const receiver = await receiverOf("sms");
    const { outcome } = await send("sms", receiver);
    expect(outcome).toMatchObject({ kind: "accepted", receipt: expect.stringMatching(/^SM[0-9a-f]{32}$/) });
  });

  it("tells of the recipient who cannot be told, by the place in the list and never by the number", async () => {
    const { outcome, logged } = await toEach({ [TO[0] ?? ""]: { status: 503 }, [TO[1] ?? ""]: { status: 400 } });
    const message = "The receiver answered HTTP 400 (recipient 2 of 3)";
    expect(outcome).toEqual({ kind: "refused", reason: "refused", message });
    expect(logged.join()).not.toContain(TO[1]);
  });

  it("is deferred when a recipient may be told later", async () => {
    const { outcome } = await toEach({ [TO[2] ?? ""]: { status: 429, headers: { "retry-after": "9" } } });
    expect(outcome).toMatchObject({ kind: "deferred", reason: "rate_limited", retryAfterMs: 9_000 });
  });
});

describe("a good answer that this receiver never gives", () => {
  const STRANGERS: readonly (readonly [HttpChannelName, Answer])[] = [
    ["slack", { status: 200, body: "<html>Welcome to the hotel</html>" }],
    ["slack", { status: 204 }],
    ["discord", { status: 200, body: "<html>Welcome to the hotel</html>" }],
    ["sms", { status: 200, body: "<html>Welcome to the hotel</html>" }],
    ["sms", { status: 201, body: '{"sid":"../x"}' }],
  ];

  it.each(STRANGERS)("%s takes %j as not delivered, and does not repeat it", async (type, response) => {
    expect(await answered(type, response)).toMatchObject({ kind: "refused", reason: "invalid_response" });
  });
});

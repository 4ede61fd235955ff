/** What people lack while a service is down, as each receiver is told. */
import { afterEach, describe, expect, it } from "vitest";
import { HTTP_CHANNELS, type HttpChannelName } from "../contract/channels-under-test.ts";
import { localDelivery } from "../support/local-channel.ts";
import { makeNotification, makeReport } from "../support/notifications.ts";
import { startHttpReceiver, type HttpReceiver } from "../support/receivers/http-receiver.ts";
import { startSmtpServer, type SmtpServer } from "../support/receivers/smtp-server.ts";
import { WAIT_LIMIT_MS } from "../support/time-limits.ts";

const LOGIN = { user: "monitor", password: "canary-s3cret" };
const IMPACT = "all semantic search disabled";
/** Longer than a short message: what people lack comes before it. */
const alerts = [makeReport({ impact: IMPACT, message: "x".repeat(300) })];
const notification = makeNotification({ alerts });

const open: (HttpReceiver | SmtpServer)[] = [];
afterEach(async () => {
  for (const each of open.splice(0)) await each.close();
});

describe("what people lack", () => {
  it.each(Object.keys(HTTP_CHANNELS) as HttpChannelName[])("is told by %s", async (type) => {
    const { format, settings } = HTTP_CHANNELS[type];
    const http = await startHttpReceiver(format);
    open.push(http);
    await localDelivery({ type, settings: settings(http.port), notification, timeoutMs: WAIT_LIMIT_MS });
    expect(http.messages[0]?.body.replaceAll("+", " ")).toContain(IMPACT);
  });

  it("is told by mail", async () => {
    const smtp = await startSmtpServer({ login: LOGIN });
    open.push(smtp);
    const from = "monitoring@example.test";
    const settings = { host: "127.0.0.1", port: smtp.port, ...LOGIN, from, to: ["one@example.test"] };
    await localDelivery({ type: "email", settings, notification, timeoutMs: WAIT_LIMIT_MS });
    expect(JSON.stringify(smtp.mails)).toContain(IMPACT);
  });

  it("is told by the log", async () => {
    const { logged } = await localDelivery({ type: "log", settings: {}, notification, timeoutMs: WAIT_LIMIT_MS });
    expect(logged.join()).toContain(IMPACT);
  });
});

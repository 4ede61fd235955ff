/**
 * Mail and short messages to several recipients by the built service, with real receivers: one who cannot be told now is told
 * later, one who never can shows, and nobody is told twice, not even over a kill.
 */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { newToken } from "../../functions/cli/new-token.ts";
import { request } from "../support/raw-http.ts";
import { startHttpReceiver, type Answer, type HttpReceiver } from "../support/receivers/http-receiver.ts";
import { startSmtpServer, type SmtpServer } from "../support/receivers/smtp-server.ts";
import { twilioFormat } from "../support/receivers/twilio-format.ts";
import { startService, type ServiceProcess } from "../support/service-process.ts";
import { sendJson, startTarget, type TargetServer } from "../support/target-server.ts";

const ACCOUNT = { accountSid: `AC${"0123456789abcdef".repeat(2)}`, authToken: "canary-s3cret" };
const PHONES = ["+491511111111", "+491512222222", "+491513333333"];
const MAILS = ["ann@example.test", "bob@example.test", "cem@example.test"];
const ADMIN = newToken("admin");
const FORMAT = twilioFormat(ACCOUNT);

describe("several recipients of a running service", () => {
  let target: TargetServer;
  let api: HttpReceiver;
  let mail: SmtpServer;
  let service: ServiceProcess | null = null;
  let folder: string;

  beforeEach(async () => {
    folder = mkdtempSync(join(tmpdir(), "monitoring-"));
    target = await startTarget(sendJson(503, {}));
    api = await startHttpReceiver(FORMAT);
    mail = await startSmtpServer({ login: null });
  });
  afterEach(async () => {
    await service?.stop();
    service = null;
    await Promise.all([target.close(), api.close(), mail.close()]);
    rmSync(folder, { recursive: true, force: true });
  });

  const start = async (channel: "sms" | "email"): Promise<ServiceProcess> => {
    const channels = {
      sms: {
        type: "sms",
        account_sid: ACCOUNT.accountSid,
        auth_token: "${SMS_TOKEN}",
        from: "+15005550006",
        to: PHONES,
        api_url: `http://127.0.0.1:${api.port}`,
      },
      email: { type: "email", host: "127.0.0.1", port: mail.port, from: "a@example.test", to: MAILS },
    };
    const config = JSON.stringify({
      services: { tools: { url: target.url, critical: true, timeout: 60, interval: 0.8 } },
      alerting: {
        channels: { [channel]: channels[channel] },
        policies: { critical: { steps: [{ after: 0, channels: [channel] }] } },
      },
      auth: { tokens: { admin: { hash: ADMIN.hash, scopes: ["admin"] } } },
    });
    service = await startService({ config, env: { SMS_TOKEN: ACCOUNT.authToken }, folder });
    return service;
  };
  const ask = async (path: string, method = "GET") => {
    const headers = { authorization: `Bearer ${ADMIN.token}` };
    return (await request(service?.port ?? 0, path, { method, headers })).json;
  };
  const phoneOf = (body: string): string => new URLSearchParams(body).get("To") ?? "";
  /** What the second phone gets; the others get what the format says. */
  const answerSecond = (respond: () => Answer): void => {
    api.response = (asked) => (phoneOf(asked.body) === PHONES[1] ? respond() : FORMAT.accept(asked));
  };
  const texts = (phone = "") => api.messages.filter(({ body }) => phoneOf(body) === phone).length;
  const mailsTo = (address = "") => mail.mails.filter(({ to }) => to.includes(address)).length;

  it.each([
    ["429", { status: 429, headers: { "retry-after": "1" } }],
    ["503", { status: 503 }],
  ])("of a short message are told once each when one is answered %s first", async (_status, answer) => {
    let failures = 0;
    answerSecond(() => ((failures += 1) <= 2 ? answer : { status: 201, body: `{"sid":"SM${"0".repeat(32)}"}` }));
    await start("sms");
    await expect.poll(() => texts(PHONES[1])).toBe(3);
    await expect.poll(async () => (await ask("/channels")).channels[0]).toMatchObject({ state: "working", pending: 0 });
    expect(PHONES.map(texts)).toEqual([1, 3, 1]);
  });

  it("of a short message are told once each although the service dies while one of them waits for an answer", async () => {
    let askedSecond = (): void => {};
    const asked = new Promise<void>((resolve) => (askedSecond = resolve));
    answerSecond(() => {
      askedSecond();
      return { status: 503 };
    });
    const first = await start("sms");
    await asked;
    // The others' acceptance is stored before the kill.
    await expect.poll(async () => (await ask("/channels")).channels[0].pending).toBe(1);
    first.signal("SIGKILL");
    await first.stop();
    api.response = null;
    await start("sms");
    await expect.poll(async () => (await ask("/channels")).channels[0]).toMatchObject({ state: "working", pending: 0 });
    expect([texts(PHONES[0]), texts(PHONES[2])]).toEqual([1, 1]);
  });

  it("of a mail are told once each when one is greylisted first", async () => {
    mail.troubles = [{ at: "rcpt", recipient: MAILS[1] ?? "", response: "451 4.7.1 greylisted" }];
    await start("email");
    await expect
      .poll(async () => (await ask("/channels")).channels[0])
      .toMatchObject({
        state: "retrying",
        message: "The mail server answered 451 (recipient 2 of 3)",
        pending: 1,
      });
    mail.troubles = [];
    await expect.poll(() => MAILS.map(mailsTo)).toEqual([1, 1, 1]);
    await expect.poll(async () => (await ask("/channels")).channels[0]).toMatchObject({ state: "working", pending: 0 });
  });

  it.each([
    ["email", 550],
    ["sms", 400],
  ] as const)("by %s show the one who can never be told, and a drill fails for it", async (channel, code) => {
    mail.troubles = [{ at: "rcpt", recipient: MAILS[1] ?? "", response: "550 5.1.1 unknown" }];
    answerSecond(() => ({ status: 400, body: '{"code":21211}' }));
    await start(channel);
    await expect
      .poll(async () => (await ask("/channels")).channels[0])
      .toMatchObject({
        state: "broken",
        failure: "refused",
        message: expect.stringContaining(`${code} (recipient 2 of 3)`),
      });
    await ask("/drill", "POST");
    await expect
      .poll(async () => (await ask("/drill")).drill)
      .toMatchObject({
        state: "failed",
        channels: [{ name: channel, state: "failed", failure: "refused" }],
      });
    expect(await ask(`/channels/${channel}/test`, "POST")).toMatchObject({ outcome: "refused" });
    expect(service?.output()).not.toContain(MAILS[1]);
    expect(service?.output()).not.toContain(PHONES[1]);
  });
});

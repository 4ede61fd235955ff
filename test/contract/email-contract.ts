/**
 * What the channel type `email` must do beside the common contract: at every stage of the conversation the server may refuse,
 * fall silent or hang up, and each has its meaning; encryption, recipients, threads.
 */
import { afterEach, describe, expect, it } from "vitest";
import { cleanText, truncateText } from "../../shared/domain/text/clean-text.ts";
import type { Certificate } from "../support/certificates.ts";
import type { Settings } from "../support/configured-probe.ts";
import type { RunDelivery } from "../support/delivery-order.ts";
import { HOSTILE_TEXTS, makeNotification, makeReport } from "../support/notifications.ts";
import { STAGES, startSmtpServer, type SmtpServer, type SmtpServerOptions } from "../support/receivers/smtp-server.ts";
import { channelContract, expectSound, type ReceiverUnderTest } from "./channel-contract.ts";
import { WAIT_LIMIT_MS } from "../support/time-limits.ts";

const PASSWORD = "canary-s3cret";
const LOGIN = { user: "monitor", password: PASSWORD };
const SECRETS = [PASSWORD, Buffer.from(`\0${LOGIN.user}\0${PASSWORD}`).toString("base64")];
const TEAM = ["one@example.test", "two@example.test"];

const settingsFor = (port: number, more: Settings = {}): Settings => ({
  host: "127.0.0.1",
  port,
  ...LOGIN,
  from: "monitoring@example.test",
  to: ["one@example.test"],
  ...more,
});

/** Trust in its certificates, as the host has it. */
export interface MailTrust {
  /** For 127.0.0.1, by an authority that the host trusts. */
  readonly trusted: Certificate;
  /** By nobody that the host knows. */
  readonly untrusted: Certificate;
  /** True when the host says of a handshake that it failed because of the certificate. */
  readonly tellsTls: boolean;
}

export function emailContract(label: string, run: RunDelivery, trust: MailTrust): void {
  channelContract(label, {
    start: async () => underTest(await startSmtpServer({ login: LOGIN })),
    deliver: (port, notification, timeoutMs) =>
      run({ type: "email", settings: settingsFor(port), notification, timeoutMs }),
    secrets: SECRETS,
    carriesId: true,
    awaitsGreeting: true,
  });

  describe(`mail: ${label}`, () => {
    const open: SmtpServer[] = [];
    afterEach(async () => {
      for (const each of open.splice(0)) await each.close();
    });
    const serve = async (options: Partial<SmtpServerOptions> = {}): Promise<SmtpServer> => {
      const server = await startSmtpServer({ login: LOGIN, ...options });
      open.push(server);
      return server;
    };
    const send = async (
      { port }: SmtpServer,
      { notification = makeNotification(), timeoutMs = WAIT_LIMIT_MS, ...more }: Settings & SendOptions = {},
    ) => {
      const delivered = await run({ type: "email", settings: settingsFor(port, more), notification, timeoutMs });
      expectSound(delivered, SECRETS);
      return delivered;
    };

    describe.each(STAGES)("at the stage %s", (at) => {
      const isOver = at === "quit";

      it("takes 4xx for later", async () => {
        const server = await serve();
        server.troubles = [{ at, response: "451 4.7.1 greylisted" }];
        const { outcome } = await send(server);
        expect(outcome).toMatchObject(isOver ? { kind: "accepted" } : { kind: "deferred", reason: "receiver_failed" });
        await server.untilIdle();
      });

      it("takes 5xx for good", async () => {
        const server = await serve();
        server.troubles = [{ at, response: "554 5.7.1 no" }];
        const { outcome } = await send(server);
        const isRefused = { kind: "refused", reason: at === "auth" ? "credentials" : "refused" };
        expect(outcome).toMatchObject(isOver ? { kind: "accepted" } : isRefused);
        await server.untilIdle();
      });

      it("ends at the deadline when the server falls silent", async () => {
        const server = await serve();
        server.troubles = [{ at, response: "silence" }];
        const { outcome } = await send(server, isOver ? {} : { timeoutMs: 500 });
        expect(outcome).toMatchObject(isOver ? { kind: "accepted" } : { kind: "deferred", reason: "timeout" });
        await server.untilIdle();
      });

      it("takes the end of the connection for later", async () => {
        const server = await serve();
        server.troubles = [{ at, response: "hang_up" }];
        const { outcome } = await send(server);
        expect(outcome).toMatchObject(isOver ? { kind: "accepted" } : { kind: "deferred", reason: "connection" });
        await server.untilIdle();
      });
    });

    it("is refused with wrong credentials, and repeats nothing of what the server says to that", async () => {
      const server = await serve({ login: { user: "monitor", password: "another" } });
      expect((await send(server)).outcome).toMatchObject({ kind: "refused", reason: "credentials" });
    });

    it("is refused when the server wants to know who we are and we do not say", async () => {
      const server = await serve();
      const { outcome } = await send(server, { user: undefined, password: undefined });
      expect(outcome).toMatchObject({ kind: "refused", reason: "credentials" });
    });

    it("logs in the older way when the server knows no other", async () => {
      const server = await serve({ mechanism: "LOGIN" });
      expect((await send(server)).outcome).toMatchObject({ kind: "accepted" });
    });

    it("tells each recipient by a mail of its own, which names all of them", async () => {
      const server = await serve();
      expect((await send(server, { to: TEAM })).outcome).toMatchObject({ kind: "accepted" });
      expect(server.mails.map(({ to }) => to.join()).toSorted()).toEqual(TEAM.toSorted());
      expect(server.mails[0]?.headers["to"]).toBe(TEAM.map((address) => `<${address}>`).join(", "));
    });

    it("takes a refusal of one recipient for that one's, and tells the others", async () => {
      const server = await serve();
      server.troubles = [{ at: "rcpt", recipient: TEAM[0] ?? "", response: "550 5.1.1 unknown" }];
      const message = "The mail server answered 550 (recipient 1 of 2)";
      expect((await send(server, { to: TEAM })).outcome).toEqual({ kind: "refused", reason: "refused", message });
      expect(server.mails.map(({ to }) => to)).toEqual([[TEAM[1]]]);
    });

    it("encrypts when the server offers it", async () => {
      const server = await serve({ certificate: trust.trusted });
      expect((await send(server)).outcome).toMatchObject({ kind: "accepted" });
      expect(server.mails[0]?.isEncrypted).toBe(true);
      await server.untilIdle();
    });

    it("does not encrypt when told so", async () => {
      const server = await serve({ certificate: trust.trusted });
      expect((await send(server, { tls: "off" })).outcome).toMatchObject({ kind: "accepted" });
      expect(server.mails[0]?.isEncrypted).toBe(false);
    });

    it("says nothing to a server that does not encrypt when that is required", async () => {
      const server = await serve();
      expect((await send(server, { tls: "required" })).outcome).toMatchObject({ kind: "refused", reason: "tls" });
      expect(server.commands.join()).not.toMatch(/AUTH|MAIL/);
      await server.untilIdle();
    });

    it("says nothing to a server whose certificate it does not trust", async () => {
      const server = await serve({ certificate: trust.untrusted });
      const isLasting = { kind: "refused", reason: "tls" };
      const isLost = { kind: "deferred", reason: "connection" };
      const { outcome } = await send(server);
      expect(outcome).toMatchObject(trust.tellsTls || outcome.kind === "refused" ? isLasting : isLost);
      expect(server.commands.join()).not.toMatch(/AUTH|MAIL/);
      await server.untilIdle();
    });

    it("puts all messages about an alert into one thread", async () => {
      const server = await serve();
      await send(server);
      await send(server, { notification: makeNotification({ id: "n-2", type: "alert.resolved" }) });
      const [first, second] = server.mails.map(({ headers }) => headers);
      expect(first?.["references"]).toBe("<tools-mf3k2a9c-1x@example.test>");
      expect(second?.["references"]).toBe(first?.["references"]);
      expect(second?.["in-reply-to"]).toBe(first?.["in-reply-to"]);
      expect(second?.["message-id"]).not.toBe(first?.["message-id"]);
    });

    it.each(Object.keys(HOSTILE_TEXTS))("says %s word for word, cleaned of controls", async (kind) => {
      const name = HOSTILE_TEXTS[kind] ?? "";
      const server = await serve();
      await send(server, { notification: makeNotification({ alerts: [makeReport({ name, message: "broken" })] }) });
      const [mail] = server.mails;
      expect(mail?.fault).toBeNull();
      expect(mail?.subject).toBe(truncateText(`CRITICAL: ${cleanText(name)} is timeout - broken`, 200));
      expect(mail?.text.split("\r\n")[0]).toMatch(/^CRITICAL: .* is timeout - broken$/);
    });
  });
}

interface SendOptions {
  readonly notification?: ReturnType<typeof makeNotification>;
  readonly timeoutMs?: number;
}

function underTest(server: SmtpServer): ReceiverUnderTest {
  return {
    port: server.port,
    faults: () => server.mails.map(({ fault }) => fault),
    ids: () => server.mails.map(({ headers }) => headers["message-id"]),
    breakDown(isBroken) {
      server.troubles = isBroken ? [{ at: "message", response: "451 4.3.0 later" }] : [];
    },
    untilIdle: () => server.untilIdle(),
    close: () => server.close(),
  };
}

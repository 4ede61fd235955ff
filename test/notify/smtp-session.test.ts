/**
 * What a mail session does that the configuration cannot ask for on a port that a test may open, or only where we resolve
 * names ourselves: encryption from the first byte on, and names.
 */
import { getCACertificates, setDefaultCACertificates } from "node:tls";
import { afterEach, describe, expect, it } from "vitest";
import { parseHost } from "../../shared/domain/net/target.ts";
import { NODE_ABILITIES } from "../../shared/domain/runtime-abilities.ts";
import { systemClock } from "../../shared/node/system-clock.ts";
import { emailMessage } from "../../shared/notify/email-message.ts";
import { configureMailServer, type MailServer, type MailServerSettings } from "../../shared/notify/mail-server.ts";
import { sendMail } from "../../shared/notify/smtp-session.ts";
import type { DeliveryContext } from "../../shared/ports/notifier.ts";
import { startBlackhole } from "../support/blackhole.ts";
import { startRaw } from "../support/hostile-server.ts";
import { closedPort } from "../support/loopback-server.ts";
import { TEST_CA, TRUSTED, UNTRUSTED } from "../support/mail-trust.ts";
import { makeNotification } from "../support/notifications.ts";
import { startSmtpServer } from "../support/receivers/smtp-server.ts";
import { WAIT_LIMIT_MS } from "../support/time-limits.ts";

setDefaultCACertificates([...getCACertificates("default"), TEST_CA]);

const open: { close(): Promise<void> }[] = [];
afterEach(async () => {
  for (const each of open.splice(0)) await each.close();
});

const CONTEXT: DeliveryContext = {
  timeoutMs: WAIT_LIMIT_MS,
  clock: systemClock,
  log: { write: () => {} },
  http: { exchange: () => Promise.reject(new Error("mail needs no HTTP")) },
  resolveName: null,
};
const [from, recipient] = ["monitoring@example.test", "one@example.test"];
const MAIL = { from, recipient, message: emailMessage(makeNotification(), { from, to: [recipient] }) };

function serverAt(port: number, encryption: MailServer["encryption"] = "implicit", host = "127.0.0.1"): MailServer {
  const target = parseHost(host, port);
  if (!target) throw new Error(`not a mail server: ${host}`);
  return { target, encryption, login: null };
}

describe("a session that is encrypted from the first byte on", () => {
  it("delivers", async () => {
    const server = await startSmtpServer({ certificate: TRUSTED, isImplicit: true, login: null });
    open.push(server);
    expect(await sendMail(serverAt(server.port), MAIL, CONTEXT)).toMatchObject({ kind: "accepted" });
    expect(server.mails[0]).toMatchObject({ isEncrypted: true, fault: null });
    await server.untilIdle();
  });

  it("ends before the first word when the certificate is not trusted", async () => {
    const server = await startSmtpServer({ certificate: UNTRUSTED, isImplicit: true, login: null });
    open.push(server);
    const outcome = await sendMail(serverAt(server.port), MAIL, CONTEXT);
    expect(outcome).toMatchObject({ kind: "refused", reason: "tls" });
    expect(server.commands).toEqual([]);
    await server.untilIdle();
  });

  it("ends at its deadline within the handshake", async () => {
    const server = await startRaw((socket) => socket.resume());
    open.push(server);
    const outcome = await sendMail(serverAt(server.port), MAIL, { ...CONTEXT, timeoutMs: 200 });
    expect(outcome).toMatchObject({ kind: "deferred", reason: "timeout" });
    await server.untilIdle();
  });
});

describe("the name of a mail server", () => {
  const ask = (host: string, resolveName: DeliveryContext["resolveName"]) =>
    sendMail(serverAt(1, "offered", host), MAIL, { ...CONTEXT, resolveName });

  it("is not found for now", async () => {
    const failure = { reason: "dns", message: "Name not found" } as const;
    const outcome = await ask("mail.test", async () => ({ failure }));
    expect(outcome).toMatchObject({ kind: "deferred", reason: "connection", message: "Name not found" });
  });

  it("is not resolved in time", async () => {
    const failure = { reason: "deadline_connect", message: "Request timed out" } as const;
    const outcome = await ask("mail.test", async () => ({ failure }));
    expect(outcome).toMatchObject({ kind: "deferred", reason: "timeout" });
  });

  it.each(["169.254.169.254", "127.0.0.1", "0.0.0.0"])("is not followed to %s", async (address) => {
    const outcome = await ask("mail.test", async () => ({ address }));
    expect(outcome).toMatchObject({ kind: "deferred", message: "The address must not be called" });
  });
});

describe("a connection that does not come about", () => {
  it("says why", async () => {
    const outcome = await sendMail(serverAt(await closedPort(), "offered"), MAIL, CONTEXT);
    expect(outcome).toMatchObject({ kind: "deferred", reason: "connection", message: "Connection refused" });
  });

  it("is given up for good", async () => {
    const blackhole = await startBlackhole();
    open.push(blackhole);
    const attempts = (): number => process.getActiveResourcesInfo().filter((name) => name.startsWith("TCP")).length;
    const before = attempts();
    await sendMail(serverAt(blackhole.port), MAIL, { ...CONTEXT, timeoutMs: 200 });
    await expect.poll(attempts).toBe(before);
  });
});

describe("the encryption of a mail server", () => {
  const LOGIN = { user: "monitor", password: "s3cret" };
  const encryptionOf = (settings: Partial<MailServerSettings>) =>
    configureMailServer({ host: "mail.test", port: 587, tls: "auto", ...settings }, () => {}, NODE_ABILITIES)
      ?.encryption;

  it.each([
    [{}, "offered"],
    [{ tls: "required" }, "required"],
    [{ tls: "off" }, "none"],
    [{ port: 465 }, "implicit"],
    [{ port: 465, tls: "off" }, "none"],
    [LOGIN, "required"],
    [{ ...LOGIN, host: "8.8.8.8" }, "required"],
    [{ ...LOGIN, host: "192.168.1.2" }, "offered"],
    [{ ...LOGIN, host: "127.0.0.1" }, "offered"],
    [{ ...LOGIN, tls: "off" }, undefined],
    [{ ...LOGIN, host: "192.168.1.2", tls: "off" }, "none"],
  ] as const)("for %j is %s", (settings, encryption) => {
    expect(encryptionOf(settings)).toBe(encryption);
  });
});

describe("a mail server without end", () => {
  it("is not listened to for as long as it talks", async () => {
    const server = await startRaw((socket) => {
      socket.write("220 hello\r\n");
      const pump = (): void => {
        while (!socket.destroyed && socket.write("\r\n".repeat(10_000))) continue;
      };
      socket.on("drain", pump);
      pump();
    });
    open.push(server);
    const outcome = await sendMail(serverAt(server.port, "offered"), MAIL, CONTEXT);
    expect(outcome).toMatchObject({ kind: "deferred", reason: "connection" });
    await server.untilIdle();
  });
});

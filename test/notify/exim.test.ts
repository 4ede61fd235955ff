/** Mail by a real server, from the built service to the mailbox: encryption by a private authority, a login, who is refused. */
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { getCACertificates, setDefaultCACertificates } from "node:tls";
import { afterEach, describe, expect, it } from "vitest";
import type { Certificate } from "../support/certificates.ts";
import type { Settings } from "../support/configured-probe.ts";
import { skipWithout } from "../support/installed.ts";
import { localDelivery } from "../support/local-channel.ts";
import { TEST_CA, TRUSTED, UNTRUSTED, issueTrusted } from "../support/mail-trust.ts";
import { HOSTILE_TEXTS, makeNotification, makeReport } from "../support/notifications.ts";
import { request } from "../support/raw-http.ts";
import { MAIL_READER, showMail } from "../support/read-mail.ts";
import { EXIM, MAIL_LOGIN, startExim, type EximServer } from "../support/receivers/exim-server.ts";
import { startService } from "../support/service-process.ts";
import { sendJson, startTarget } from "../support/target-server.ts";
import { WAIT_LIMIT_MS } from "../support/time-limits.ts";

const FROM = "monitoring@example.test";
const [ONE, TWO] = ["one@example.test", "two@example.test"];

describe.skipIf(skipWithout(EXIM) || skipWithout(MAIL_READER))("mail by Exim (needs exim4, python3)", () => {
  const open: EximServer[] = [];
  afterEach(async () => {
    for (const each of open.splice(0)) await each.close();
  });
  const serve = async (certificate: Certificate | null): Promise<EximServer> => {
    const server = await startExim(certificate);
    open.push(server);
    return server;
  };
  const settingsFor = ({ port }: EximServer): Settings => ({ host: "127.0.0.1", port, ...MAIL_LOGIN, from: FROM });

  it("reaches the mailboxes of whoever has one, encrypted, in words that a mail program shows", async () => {
    const exim = await serve(TRUSTED);
    const target = await startTarget(sendJson(503, {}));
    const folder = mkdtempSync(join(tmpdir(), "monitoring-"));
    writeFileSync(join(folder, "ca.pem"), TEST_CA);
    const to = [ONE, "nobody@example.test", TWO];
    const secret = { password: "${SMTP_PASSWORD}" };
    const email = { type: "email", ...settingsFor(exim), ...secret, tls: "required", to };
    const name = "Küche ☕ – Sprachmodell mit einem Namen, der länger ist als eine Zeile";
    const service = await startService({
      config: JSON.stringify({
        services: { a: { name, url: target.url, critical: true, interval: 0.5 } },
        alerting: { channels: { email } },
      }),
      folder,
      env: { SMTP_PASSWORD: MAIL_LOGIN.password, NODE_EXTRA_CA_CERTS: join(folder, "ca.pem") },
    });
    try {
      await expect.poll(() => [...exim.mailbox("one"), ...exim.mailbox("two")]).toHaveLength(2);
      const read = async (path: string) => (await request(service.port, path)).json;
      const message = "The mail server answered 550 (recipient 2 of 3)";
      await expect.poll(async () => (await read("/channels")).channels[0]).toMatchObject({ message });
      const [raw = ""] = exim.mailbox("one");
      expect(raw).toContain("with esmtpsa"); // encrypted, and logged in
      const mail = showMail(raw);
      const told = /^Told by \S+ at (\S+)$/m.exec(mail.text)?.[1] ?? "";
      expect(mail).toMatchObject({
        subject: `CRITICAL: ${name} is unhealthy - HTTP 503`,
        from: FROM,
        to: to.join(", "),
        atMs: Math.floor(Date.parse(told) / 1_000) * 1_000,
        type: "text/plain",
        text: expect.stringContaining(`CRITICAL: ${name} is unhealthy - HTTP 503\n\n`),
        defects: [],
      });
    } finally {
      await service.stop();
      await target.close();
      rmSync(folder, { recursive: true, force: true });
    }
  });

  describe("that does not arrive says why:", () => {
    setDefaultCACertificates([...getCACertificates("default"), TEST_CA]);
    const REASONS: Readonly<Record<string, readonly [Certificate | null, Settings, object]>> = {
      "a wrong password": [
        TRUSTED,
        { password: "another" },
        { kind: "refused", reason: "credentials", message: "The mail server answered 535" },
      ],
      "no login": [
        TRUSTED,
        { user: undefined, password: undefined },
        { kind: "refused", message: "The mail server answered 550" },
      ],
      "no encryption where it is demanded": [
        null,
        { tls: "required" },
        { kind: "refused", reason: "tls", message: "The mail server offers no encrypted connection" },
      ],
      "a certificate that is not trusted": [
        UNTRUSTED,
        {},
        { kind: "refused", reason: "tls", message: "Certificate is not trusted" },
      ],
      "a certificate for another host": [
        issueTrusted({ hosts: ["mail.test"] }),
        {},
        { kind: "refused", reason: "tls", message: "Certificate is for another host" },
      ],
      // It will be, and it is our clock that is wrong more often than theirs.
      "a certificate that is not valid yet": [
        issueTrusted({ validFromMs: Date.now() + 86_400_000 }),
        {},
        { kind: "deferred", reason: "tls", message: "Certificate is not valid yet" },
      ],
      "a greylisted mailbox": [
        TRUSTED,
        { to: ["later@example.test"] },
        { kind: "deferred", reason: "receiver_failed", message: "The mail server answered 451" },
      ],
      "no such mailbox": [
        TRUSTED,
        { to: ["nobody@example.test"] },
        { kind: "refused", reason: "refused", message: "The mail server answered 550" },
      ],
    };
    for (const [name, [certificate, more, outcome]] of Object.entries(REASONS)) {
      it(`the server has ${name}`, async () => {
        const exim = await serve(certificate);
        const settings = { ...settingsFor(exim), to: [ONE], ...more };
        const notification = makeNotification();
        const delivered = await localDelivery({ type: "email", settings, notification, timeoutMs: WAIT_LIMIT_MS });
        expect(delivered.outcome).toMatchObject(outcome);
        expect(exim.mailbox("one")).toEqual([]);
      });
    }
  });

  it("brings hostile text as text, whatever it is", async () => {
    const exim = await serve(TRUSTED);
    for (const text of Object.values(HOSTILE_TEXTS)) {
      const notification = makeNotification({ alerts: [makeReport({ name: text })] });
      const settings = { ...settingsFor(exim), to: [TWO] };
      await localDelivery({ type: "email", settings, notification, timeoutMs: WAIT_LIMIT_MS });
    }
    await expect.poll(() => exim.mailbox("two")).toHaveLength(Object.keys(HOSTILE_TEXTS).length);
    for (const raw of exim.mailbox("two")) {
      const { to, defects, subject, text } = showMail(raw);
      expect({ to, defects }).toEqual({ to: TWO, defects: [] });
      expect(subject).toMatch(/^CRITICAL: /);
      expect(text).toContain("is timeout - Request timed out");
    }
  });
});

/**
 * What no text may do to a message, whatever it is: property tests of the escapers and of the limits they keep to.
 */
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { emailMessage } from "../../shared/notify/email-message.ts";
import { escapeWithin } from "../../shared/notify/message-text.ts";
import { phoneText } from "../../shared/notify/phone-text.ts";
import { CHANNEL_TYPES } from "../../shared/notify/registry.ts";
import { systemClock } from "../../shared/node/system-clock.ts";
import type { HttpExchangeRequest, HttpTransport } from "../../shared/ports/http-transport.ts";
import { configureChannel } from "../support/configured-channel.ts";
import type { Notification } from "../../shared/domain/alerting/notification.ts";
import { hostileNotification, makeNotification, makeReport } from "../support/notifications.ts";
import { discordFormat } from "../support/receivers/discord-format.ts";
import type { ReceiverFormat } from "../support/receivers/http-receiver.ts";
import { faultOfMail, parseMail } from "../support/receivers/mail-format.ts";
import { slackFormat } from "../support/receivers/slack-format.ts";
import { segmentLength } from "../support/receivers/twilio-format.ts";

/** Any text, with much of what means something somewhere, up to lengths beyond every limit. */
const anyText = fc
  .array(
    fc.oneof(
      fc.string({ unit: "binary" }),
      fc.constantFrom(
        "<!channel>",
        "<http://evil|ok>",
        "@everyone",
        "\r\n",
        "*_~`|>#",
        "&lt;",
        "\\",
        "]: ",
        "=?utf-8?B?",
        "😀",
        "ł",
      ),
    ),
    { maxLength: 12 },
  )
  .chain((parts) => fc.constantFrom(1, 1, 40, 400).map((times) => parts.join("").repeat(times)));

const anyNotification: fc.Arbitrary<Notification> = fc.oneof(
  anyText.map(hostileNotification),
  anyText.map((name) => makeNotification({ alerts: [makeReport({ name })] })),
  anyText.map((message) => makeNotification({ alerts: Array.from({ length: 30 }, () => makeReport({ message })) })),
);

/** What the receiver would say to what the channel sends. */
async function faultAt(format: ReceiverFormat, type: "slack" | "discord", notification: Notification) {
  const sent: HttpExchangeRequest[] = [];
  const http: HttpTransport = {
    async exchange(request) {
      sent.push(request);
      return { kind: "failure", reason: "reset", message: "Connection reset", durationMs: 0, timings: {} };
    },
  };
  const { deliver } = configureChannel(CHANNEL_TYPES[type], { webhook_url: "https://receiver.test/" });
  const uses = { http, resolveName: null, clock: systemClock, log: { write: () => {} } };
  await deliver(notification, { ...uses, timeoutMs: 1_000 });
  const [{ method, headers, body } = { method: "", headers: {}, body: "" }] = sent;
  return format.faultOf({ method, path: "/", headers, body: body ?? "" });
}

describe("Slack", () => {
  it("never gets markup, or a text beyond its limits", async () => {
    const isTaken = async (each: Notification) => (await faultAt(slackFormat("/"), "slack", each)) === null;
    await fc.assert(fc.asyncProperty(anyNotification, isTaken));
  });
});

describe("Discord", () => {
  it("never gets markup, or a text beyond its limits", async () => {
    const isTaken = async (each: Notification) => (await faultAt(discordFormat("/"), "discord", each)) === null;
    await fc.assert(fc.asyncProperty(anyNotification, isTaken));
  });
});

describe("e-mail", () => {
  const addresses = { from: "monitoring@example.test", to: ["one@example.test"] };

  it("never gets a header, a line or an end of the message from a text", () => {
    fc.assert(
      fc.property(anyNotification, (each) => {
        const raw = emailMessage(each, addresses).replace(/\r\n$/, "");
        return faultOfMail(raw, { ...parseMail(raw), ...addresses }) === null;
      }),
    );
  });

  it("says the same bytes every time", () => {
    fc.assert(fc.property(anyNotification, (each) => emailMessage(each, addresses) === emailMessage(each, addresses)));
  });
});

describe("a short message", () => {
  it("is one segment of well-formed text without controls", () => {
    fc.assert(
      fc.property(anyText, (text) => {
        const line = phoneText(text);
        const { length, limit } = segmentLength(line);
        // oxlint-disable-next-line no-control-regex -- control characters are what is looked for
        return length <= limit && line.isWellFormed() && !/[\u0000-\u001f\u007f-\u009f]/.test(line);
      }),
    );
  });

  it("is not cut when it fits", () => {
    fc.assert(
      fc.property(fc.string({ maxLength: 70, unit: fc.constantFrom(..."abc XYZ 0189 .,:-() äöü") }), (text) => {
        return phoneText(text) === text;
      }),
    );
  });

  it("uses the whole segment, and writes what is nearly GSM in GSM", () => {
    expect(phoneText("a".repeat(200))).toHaveLength(160);
    expect(phoneText("[".repeat(200))).toHaveLength(80);
    expect(phoneText("ł".repeat(200))).toHaveLength(70);
    expect(phoneText("😀".repeat(200))).toHaveLength(70);
    expect(phoneText("it’s “down” – now…")).toBe(`it's "down" - now...`);
  });
});

describe("escaping within a length", () => {
  const escape = (character: string): string => (character === "&" ? "&amp;" : character);

  it("keeps to it, and cuts between escapes only", () => {
    fc.assert(
      fc.property(
        fc.string({ unit: fc.constantFrom("&", "a", "😀") }),
        fc.integer({ min: 1, max: 40 }),
        (text, maxLength) => {
          const escaped = escapeWithin(text, maxLength, escape);
          expect(escaped.length).toBeLessThanOrEqual(maxLength);
          expect(escaped).toMatch(/^(?:&amp;|a|😀)*…?$/u);
          return true;
        },
      ),
    );
  });

  it("leaves what fits exactly as it is", () => {
    expect(escapeWithin("a&b", 7, escape)).toBe("a&amp;b");
    expect(escapeWithin("a&b", 6, escape)).toBe("a…");
  });
});

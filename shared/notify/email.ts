/**
 * Channel type `email`: one message in plain text to each recipient, which names all of them, by the mail server of `mail-server.ts`.
 * Invariant: addresses that are let through are plain ASCII and cannot end a header or a command.
 */
import * as z from "zod/mini";
import { defineChannelType } from "./channel-type.ts";
import { emailMessage } from "./email-message.ts";
import { LONGEST_SESSION_MS } from "./mail-patience.ts";
import { configureMailServer, TLS_MODES } from "./mail-server.ts";
import { tellEach } from "./tell-each.ts";

/** Plain ASCII, without quotes: what every mail server takes, and nothing that could end a header. */
const ADDRESS = /^[A-Za-z0-9.!#$%&'*+/=?^_`{|}~-]{1,64}@[A-Za-z0-9-]+(?:\.[A-Za-z0-9-]+)*$/;
const LONGEST_ADDRESS = 254;
const MOST_RECIPIENTS = 20;

const address = z
  .string()
  .check(z.maxLength(LONGEST_ADDRESS), z.regex(ADDRESS, { error: "an address such as alerts@example.com" }));

const KEYS = {
  host: z.string().check(z.describe("Mail server: its name or address.")),
  port: z._default(z.int().check(z.gte(1), z.lte(65_535)), 587).check(z.describe("Port; 465 is encrypted at once.")),
  user: z.optional(z.string().check(z.minLength(1))).check(z.describe("Who logs in. Default: nobody does.")),
  password: z.optional(z.string().check(z.minLength(1))).check(z.describe("A reference such as ${SMTP_PASSWORD}.")),
  from: address.check(z.describe("Who sends, for example monitoring@example.com.")),
  to: z
    .array(address)
    .check(z.minLength(1), z.maxLength(MOST_RECIPIENTS), z.describe("Who is told: up to twenty addresses.")),
  tls: z
    ._default(z.enum(TLS_MODES), "auto")
    .check(
      z.describe(
        "Encryption: required, off, or auto, which encrypts when the server offers it. A password is sent unencrypted only to an address of a private network.",
      ),
    ),
};

export const email = defineChannelType({
  keys: KEYS,
  secretKeys: ["password"],
  tier: "mail",
  shortestGapMs: 1_000,
  configure(settings, report, abilities) {
    const { from } = settings;
    const to = [...new Set(settings.to)];
    const server = configureMailServer(settings, report, abilities);
    if (!server) return null;
    const told = tellEach(to, (recipient) => async (notification, context) => {
      // When it is needed: nodemailer takes memory that nobody without mail has to pay for.
      const { sendMail } = await import("./smtp-session.ts");
      return sendMail(server, { from, recipient, message: emailMessage(notification, { from, to }) }, context);
    });
    return abilities.deliversInBackground ? { ...told, timeoutMs: LONGEST_SESSION_MS } : told;
  },
});

/**
 * Channel type `webhook`: anybody's own program, by the Standard Webhooks specification (standardwebhooks.com).
 * Listed in `registry.ts`; `usecases/delivery/deliverer.ts` calls what it configures. The document is in webhook-body.ts.
 * Invariant: what is signed is what is sent; `webhook-id` is the same at every attempt, the time of sending is not.
 */
import * as z from "zod/mini";
import type { RuntimeAbilities } from "../domain/runtime-abilities.ts";
import { admitTarget, parseUrl, RECEIVER } from "../domain/net/target.ts";
import type { ReportFault } from "../domain/report-fault.ts";
import type { Deliver } from "../ports/notifier.ts";
import { defineChannelType } from "./channel-type.ts";
import { deliverByHttp } from "./http-delivery.ts";
import { webhookBody } from "./webhook-body.ts";

const PREFIX = "whsec_";
const BASE64 = /^[A-Za-z0-9+/]+={0,2}$/;
/** What the specification asks for. */
const FEWEST_KEY_BYTES = 24;
const MOST_KEY_BYTES = 64;
/** Of a secret that is not in the specification's form. */
const FEWEST_CHARACTERS = 16;

type KeyBytes = Uint8Array<ArrayBuffer>;

export const webhook = defineChannelType({
  keys: {
    url: z.string().check(z.describe("Where to POST: an https URL, or http within a private network.")),
    secret: z
      .string()
      .check(
        z.describe('Signs every message: a reference to "whsec_" and 24 to 64 bytes in base64, which both sides know.'),
      ),
    previous_secret: z
      .optional(z.string())
      .check(z.describe("A second secret that signs as well, while receivers change from one to the other.")),
  },
  secretKeys: ["secret", "previous_secret"],
  tier: "chat",
  shortestGapMs: 0,
  configure(settings, report, abilities) {
    const deliver = configureWebhook(settings, report, abilities);
    return deliver && { deliver };
  },
});

export interface WebhookSettings {
  readonly url: string;
  readonly secret: string;
  readonly previous_secret?: string | undefined;
}

/** Null after reporting at least one fault. */
export function configureWebhook(
  { url: text, secret, previous_secret: previousSecret }: WebhookSettings,
  report: ReportFault,
  abilities: RuntimeAbilities,
): Deliver | null {
  const target = admitTarget(parseUrl(text), RECEIVER, { key: "url", report, abilities });
  const key = parseKey("secret", secret, report);
  const previousKey = previousSecret === undefined ? undefined : parseKey("previous_secret", previousSecret, report);
  if (!target || !key || previousKey === null) return null;
  const keys = previousKey ? [key, previousKey] : [key];
  return async (notification, context) => {
    const body = webhookBody(notification);
    const headers = await signHeaders(keys, { id: notification.id, body, nowMs: context.clock.nowMs() });
    return deliverByHttp({ target, headers, body }, context);
  };
}

/**
 * The key in a secret: the base64 behind "whsec_", as the specification writes it; any other text of enough characters is the key
 * itself. Null after reporting that it is neither.
 */
function parseKey(name: string, text: string, report: ReportFault): KeyBytes | null {
  if (!text.startsWith(PREFIX)) {
    if (text.length >= FEWEST_CHARACTERS) return new TextEncoder().encode(text);
    report(name, `"${PREFIX}" and base64, or a text of at least ${FEWEST_CHARACTERS} characters`);
    return null;
  }
  const encoded = text.slice(PREFIX.length);
  const bytes = BASE64.test(encoded) ? Uint8Array.from(Buffer.from(encoded, "base64")) : new Uint8Array();
  if (bytes.length >= FEWEST_KEY_BYTES && bytes.length <= MOST_KEY_BYTES) return bytes;
  report(name, `"${PREFIX}" and the base64 of ${FEWEST_KEY_BYTES} to ${MOST_KEY_BYTES} random bytes`);
  return null;
}

interface Signed {
  readonly id: string;
  readonly body: string;
  /** When it is sent, epoch ms. */
  readonly nowMs: number;
}

async function signHeaders(keys: readonly KeyBytes[], { id, body, nowMs }: Signed): Promise<Record<string, string>> {
  const timestamp = String(Math.floor(nowMs / 1_000));
  const content = new TextEncoder().encode(`${id}.${timestamp}.${body}`);
  const signatures = await Promise.all(keys.map((key) => sign(key, content)));
  return {
    "content-type": "application/json",
    "webhook-id": id,
    "webhook-timestamp": timestamp,
    "webhook-signature": signatures.join(" "),
  };
}

async function sign(key: KeyBytes, content: KeyBytes): Promise<string> {
  const { subtle } = crypto;
  const imported = await subtle.importKey("raw", key, { name: "HMAC", hash: "SHA-256" }, false, ["sign"]);
  return `v1,${Buffer.from(await subtle.sign("HMAC", imported, content)).toString("base64")}`;
}

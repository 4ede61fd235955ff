/**
 * Channel type `webhook`: anybody's own program, by the Standard Webhooks specification (standardwebhooks.com).
 * Users' programs read the document that it sends: texts of services stand in it as they are, since JSON has no markup.
 * Invariants: what is signed is what is sent; `webhook-id` is the same at every attempt, the time of sending is not. Keys of the
 * document may be added, never renamed; every instant is RFC 3339 in UTC, every duration in seconds.
 */
import * as z from "zod/mini";
import type { AlertReport, Notification } from "../domain/alerting/notification.ts";
import type { Json } from "../domain/monitoring/check.ts";
import type { RuntimeAbilities } from "../domain/runtime-abilities.ts";
import { admitTarget, parseUrl, RECEIVER } from "../domain/net/target.ts";
import type { ReportFault } from "../domain/report-fault.ts";
import { truncateText } from "../domain/text/clean-text.ts";
import { formatTimestamp } from "../domain/text/timestamp.ts";
import type { Deliver } from "../ports/notifier.ts";
import { defineChannelType } from "./channel-type.ts";
import { deliverByHttp } from "./http-delivery.ts";

const PREFIX = "whsec_";
/** With or without padding, as the specification's libraries take it. */
const BASE64 = /^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}(?:==)?|[A-Za-z0-9+/]{3}=?)?$/;
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

/** Null after reporting at least one fault. */
export function configureWebhook(
  settings: { url: string; secret: string; previous_secret?: string | undefined },
  report: ReportFault,
  abilities: RuntimeAbilities,
): Deliver | null {
  const { url, secret, previous_secret: previousSecret } = settings;
  const target = admitTarget(parseUrl(url), RECEIVER, { key: "url", report, abilities });
  const newKeys = parseKeys("secret", secret, report);
  const previousKeys = previousSecret === undefined ? [] : parseKeys("previous_secret", previousSecret, report);
  if (!target || !newKeys || !previousKeys) return null;
  const keys = [...newKeys, ...previousKeys];
  return async (notification, context) => {
    const { id, type, atMs } = notification;
    const body = JSON.stringify({ type, timestamp: formatTimestamp(atMs), data: buildData(notification) });
    const timestamp = String(Math.floor(context.clock.wallMs() / 1_000));
    const content = new TextEncoder().encode(`${id}.${timestamp}.${body}`);
    const signatures = await Promise.all(keys.map((key) => sign(key, content)));
    const headers = {
      "content-type": "application/json",
      "webhook-id": id,
      "webhook-timestamp": timestamp,
      "webhook-signature": signatures.join(" "),
    };
    return deliverByHttp({ target, headers, body }, context);
  };
}

/**
 * The keys in a secret: the base64 behind "whsec_", as the specification writes it. Any other text of enough characters is the key
 * itself, and what it is in base64 when it is some: the specification's libraries read it so, other programs as it is. Null after
 * reporting that it is neither.
 */
function parseKeys(name: string, text: string, report: ReportFault): KeyBytes[] | null {
  const encoded = text.startsWith(PREFIX) ? text.slice(PREFIX.length) : text;
  const bytes = BASE64.test(encoded) ? Uint8Array.from(Buffer.from(encoded, "base64")) : new Uint8Array();
  if (!text.startsWith(PREFIX)) {
    const itself = new TextEncoder().encode(text);
    if (text.length >= FEWEST_CHARACTERS) return bytes.length > 0 ? [bytes, itself] : [itself];
    report(name, `"${PREFIX}" and base64, or a text of at least ${FEWEST_CHARACTERS} characters`);
    return null;
  }
  if (bytes.length >= FEWEST_KEY_BYTES && bytes.length <= MOST_KEY_BYTES) return [bytes];
  report(name, `"${PREFIX}" and the base64 of ${FEWEST_KEY_BYTES} to ${MOST_KEY_BYTES} random bytes`);
  return null;
}

async function sign(key: KeyBytes, content: KeyBytes): Promise<string> {
  const { subtle } = crypto;
  const imported = await subtle.importKey("raw", key, { name: "HMAC", hash: "SHA-256" }, false, ["sign"]);
  return `v1,${Buffer.from(await subtle.sign("HMAC", imported, content)).toString("base64")}`;
}

/** What a service says of itself may be of any length. */
const LONGEST_MESSAGE = 1_000;

/** The worst alert, and `alerts` all of them when there are several. */
function buildData({ id, type, atMs, node, alerts, isLate, isUnsaved }: Notification): Json {
  const [first] = alerts;
  if (type === "channel.test" || !first) return { notification_id: id, node };
  return {
    ...buildReport(first, atMs),
    notification_id: id,
    node,
    late: isLate,
    ...(isUnsaved && { history_saved: false }),
    ...(alerts.length > 1 && { alerts: alerts.map((alert) => buildReport(alert, atMs)) }),
  };
}

function buildReport(alert: AlertReport, atMs: number): { readonly [key: string]: Json } {
  const { id, service, name, severity, state, status, reason, message, sinceMs, endedAtMs } = alert;
  return {
    id,
    service,
    name,
    severity,
    state,
    status,
    reason,
    message: message === null ? null : truncateText(message, LONGEST_MESSAGE),
    since: formatTimestamp(sinceMs),
    ended_at: endedAtMs === null ? null : formatTimestamp(endedAtMs),
    end_reason: alert.endReason,
    duration: Math.max(0, Math.round((endedAtMs ?? atMs) - sinceMs)) / 1_000,
    flapping: alert.isFlapping,
    escalation_level: alert.level,
    acknowledged_by: alert.acknowledgedBy,
    action_taken: alert.actionTaken,
    affected: alert.affected,
    impact: alert.impact ?? null,
  };
}

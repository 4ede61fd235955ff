/**
 * Channel type `discord`: a webhook of a Discord channel, one coloured embed a message.
 * Invariants: nobody is ever mentioned; no character of an unknown text formats, links or pings; Discord's limits hold
 * (title 256, description 4096, value 1024, 6000 in all), since it refuses a whole message for one that does not.
 */
import type { Severity } from "../domain/alerting/alert.ts";
import type { Notification } from "../domain/alerting/notification.ts";
import { formatTimestamp } from "../domain/text/timestamp.ts";
import type { HttpResponse } from "../ports/http-transport.ts";
import { defineChatWebhook } from "./chat-webhook.ts";
import { parseJsonBody, type Receipt } from "./http-delivery.ts";
import { escapeWithin, messageText } from "./message-text.ts";
import { readDelaySeconds } from "./retry-after.ts";

const COLOURS = { critical: 0xff0000, warning: 0xffa500, info: 0x00ff00 } as const satisfies Record<Severity, number>;

const LONGEST_TITLE = 256;
const LONGEST_DESCRIPTION = 4_096;
/** Shorter than Discord allows, so that all parts together stay below 6000. */
const LONGEST_VALUE = 256;

/** People copy a URL without a version, which is an old one that tells delays in ms. */
const API = /^(https?:\/\/[^/]+\/api)(?:\/v\d+)?(?=\/webhooks\/)/i;
const API_VERSION = "v10";

export const discord = defineChatWebhook({
  url: "URL of a webhook: a reference such as ${DISCORD_WEBHOOK_URL}.",
  postTo: (url) => url.replace(API, `$1/${API_VERSION}`),
  format: formatDiscord,
  readReceipt,
  readDelayMs,
});

function formatDiscord(notification: Notification): object {
  const { title, lines, subject } = messageText(notification);
  const { id, type, severity, atMs, alerts } = notification;
  const reason = alerts.length === 1 ? alerts[0]?.reason : null;
  return {
    allowed_mentions: { parse: [] },
    embeds: [
      {
        title: plain(title, LONGEST_TITLE),
        description: plain(lines.join("\n"), LONGEST_DESCRIPTION),
        color: type === "alert.resolved" ? COLOURS.info : COLOURS[severity],
        fields: [
          { name: "Severity", value: severity, inline: true },
          { name: "Service", value: plain(subject, LONGEST_VALUE), inline: true },
          ...(reason ? [{ name: "Reason", value: plain(reason, LONGEST_VALUE), inline: true }] : []),
        ],
        timestamp: formatTimestamp(atMs),
        footer: { text: id },
      },
    ],
  };
}

/** Whatever Discord's markdown, mentions, timestamps, emoji and bare links can begin or continue with. */
const MARKUP = /^[\\`*_~|>#+\-[\]()<@:]$/;

function plain(text: string, maxLength: number): string {
  return escapeWithin(text, maxLength, (character) => (MARKUP.test(character) ? `\\${character}` : character));
}

const SNOWFLAKE = /^\d{1,20}$/;

/** Nothing by default; the message itself when the webhook's URL says `wait=true`. */
function readReceipt(response: HttpResponse): Receipt {
  if (response.statusCode === 204) return { text: null };
  const { id } = parseJsonBody(response);
  return typeof id === "string" && SNOWFLAKE.test(id) ? { text: id } : "not_ours";
}

/** In seconds with a fraction, whichever version answers; the body's are that in ours. Both are more exact than Retry-After. */
function readDelayMs(response: HttpResponse): number | null {
  if (response.statusCode !== 429) return null;
  const resetAfter = Number.parseFloat(response.headers["x-ratelimit-reset-after"] ?? "");
  return readDelaySeconds(resetAfter) ?? readDelaySeconds(parseJsonBody(response)["retry_after"]);
}

/**
 * Channel type `slack`: an incoming webhook of Slack, or of a chat that takes the same, in the form that the seed sent: one coloured attachment with fields.
 * Invariant: Slack reads no markup, mention or link in a text of unknown origin. It knows three characters by which any of
 * them begins; of formatting (`*bold*`) it is told to read none, and bare URLs are not unfolded.
 */
import type { Severity } from "../domain/alerting/alert.ts";
import type { Notification } from "../domain/alerting/notification.ts";
import { formatTimestamp } from "../domain/text/timestamp.ts";
import type { HttpResponse } from "../ports/http-transport.ts";
import { defineChatWebhook } from "./chat-webhook.ts";
import { parseJsonBody, type Receipt } from "./http-delivery.ts";
import { escapeWithin, messageText } from "./message-text.ts";

/** The seed's. */
const COLOURS = { critical: "#FF0000", warning: "#FFA500", info: "#00FF00" } as const satisfies Record<
  Severity,
  string
>;

/** Slack's own limit of a text; titles and values beyond one line help nobody. */
const LONGEST_TEXT = 3_000;
const LONGEST_LINE = 300;

export const slack = defineChatWebhook({
  url: "URL of an incoming webhook of Slack, Mattermost, Rocket.Chat or Zulip: a reference such as ${SLACK_WEBHOOK_URL}.",
  format: formatSlack,
  readReceipt,
});

function formatSlack(notification: Notification): object {
  const { title, lines, subject } = messageText(notification);
  const { id, type, severity, atMs, alerts } = notification;
  const reason = alerts.length === 1 ? alerts[0]?.reason : null;
  return {
    attachments: [
      {
        color: type === "alert.resolved" ? COLOURS.info : COLOURS[severity],
        fallback: plain(title, LONGEST_LINE),
        title: plain(`LangGraph Cluster Alert: ${subject}`, LONGEST_LINE),
        text: plain([title, ...lines].join("\n"), LONGEST_TEXT),
        fields: [
          { title: "Severity", value: severity, short: true },
          { title: "Service", value: plain(subject, LONGEST_LINE), short: true },
          ...(reason ? [{ title: "Reason", value: reason, short: true }] : []),
          { title: "Timestamp", value: formatTimestamp(atMs), short: false },
        ],
        footer: id,
        mrkdwn_in: [],
      },
    ],
    link_names: false,
    unfurl_links: false,
    unfurl_media: false,
  };
}

const ESCAPES: { readonly [character: string]: string | undefined } = { "&": "&amp;", "<": "&lt;", ">": "&gt;" };

function plain(text: string, maxLength: number): string {
  return escapeWithin(text, maxLength, (character) => ESCAPES[character] ?? character);
}

/** Slack and Mattermost answer a message that they took with two letters, Rocket.Chat and Zulip, which take the same, with JSON. */
function readReceipt(response: HttpResponse): Receipt {
  const { success, result } = parseJsonBody(response);
  const isTaken = new TextDecoder().decode(response.body).trim() === "ok" || success === true || result === "success";
  return isTaken ? { text: null } : "not_ours";
}

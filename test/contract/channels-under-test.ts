/**
 * How the channel contracts configure each channel type that sends over HTTP. One entry each; without it this file does not
 * compile. Every secret is a canary: what the channel says must not hold it, in any encoding that occurs.
 */
import type { CHANNEL_TYPES } from "../../shared/notify/registry.ts";
import type { Settings } from "../support/configured-probe.ts";
import { discordFormat, parseDiscord } from "../support/receivers/discord-format.ts";
import type { Message, ReceiverFormat } from "../support/receivers/http-receiver.ts";
import { parseSlack, slackFormat } from "../support/receivers/slack-format.ts";
import { standardWebhooksFormat } from "../support/receivers/standard-webhooks-format.ts";
import { twilioFormat } from "../support/receivers/twilio-format.ts";

/** All but those that send nothing, or not over HTTP. */
export type HttpChannelName = Exclude<keyof typeof CHANNEL_TYPES, "log" | "email">;

export interface HttpChannelUnderTest {
  readonly format: ReceiverFormat;
  /** Settings for a receiver on that port of loopback. */
  settings(port: number): Settings;
  readonly secrets: readonly string[];
  /** The id of the notification as the receiver reads it; null for a receiver that has no place for it. */
  idOf: ((message: Message) => string | undefined) | null;
}

const CANARY = "canary-s3cret";
const SLACK_PATH = `/services/T000/B000/${CANARY}`;
const DISCORD_PATH = `/api/webhooks/1234567890/${CANARY}`;
const WEBHOOK_PATH = `/hooks/${CANARY}?key=${CANARY}`;
const WEBHOOK_KEY = `${CANARY}-of-more-than-24-bytes`;
export const WEBHOOK_SECRET = `whsec_${base64(WEBHOOK_KEY)}`;
const ACCOUNT = { accountSid: `AC${"0123456789abcdef".repeat(2)}`, authToken: CANARY };

export const HTTP_CHANNELS: Record<HttpChannelName, HttpChannelUnderTest> = {
  slack: {
    format: slackFormat(SLACK_PATH),
    settings: (port) => ({ webhook_url: `http://127.0.0.1:${port}${SLACK_PATH}` }),
    secrets: [CANARY],
    idOf: ({ body }) => parseSlack(body).attachments[0]?.footer,
  },
  discord: {
    format: discordFormat(DISCORD_PATH.replace("/api/", "/api/v10/")),
    settings: (port) => ({ webhook_url: `http://127.0.0.1:${port}${DISCORD_PATH}` }),
    secrets: [CANARY],
    idOf: ({ body }) => parseDiscord(body).embeds[0]?.footer.text,
  },
  webhook: {
    format: standardWebhooksFormat(WEBHOOK_PATH, WEBHOOK_SECRET),
    settings: (port) => ({ url: `http://127.0.0.1:${port}${WEBHOOK_PATH}`, secret: WEBHOOK_SECRET }),
    secrets: [CANARY, WEBHOOK_SECRET, base64(WEBHOOK_KEY)],
    idOf: ({ headers }) => String(headers["webhook-id"]),
  },
  sms: {
    format: twilioFormat(ACCOUNT),
    settings: (port) => ({
      account_sid: ACCOUNT.accountSid,
      auth_token: ACCOUNT.authToken,
      from: "+15005550006",
      to: ["+4915112345678"],
      api_url: `http://127.0.0.1:${port}`,
    }),
    secrets: [CANARY, base64(`${ACCOUNT.accountSid}:${CANARY}`)],
    idOf: null,
  },
};

function base64(text: string): string {
  return Buffer.from(text).toString("base64");
}

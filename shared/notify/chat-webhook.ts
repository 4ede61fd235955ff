/**
 * What chat channels have in common: one webhook URL that is a secret, one JSON document a message.
 * Each `shared/notify/<chat>.ts` is one of these: its document, and what its receiver answers. Knows no receiver by name.
 * Invariant: they are told at once and not more often than once a second.
 */
import * as z from "zod/mini";
import type { Notification } from "../domain/alerting/notification.ts";
import { admitTarget, parseUrl, RECEIVER } from "../domain/net/target.ts";
import { defineChannelType, type ChannelType } from "./channel-type.ts";
import { deliverByHttp, type ResponseReading } from "./http-delivery.ts";

export interface ChatWebhook extends ResponseReading {
  /** Describes the key `webhook_url` to users. */
  readonly url: string;
  /** Where that is posted to, when it is not the URL as people copy it. */
  readonly postTo?: (url: string) => string;
  /** What is posted, before it becomes JSON. */
  format(notification: Notification): object;
}

/** Slack: "one message per second" for each webhook. Discord: five in five seconds for each channel. */
const SHORTEST_GAP_MS = 1_000;

export function defineChatWebhook({ url, postTo = (text) => text, format, ...reading }: ChatWebhook): ChannelType {
  return defineChannelType({
    keys: { webhook_url: z.string().check(z.describe(url)) },
    secretKeys: ["webhook_url"],
    tier: "chat",
    shortestGapMs: SHORTEST_GAP_MS,
    configure({ webhook_url: text }, report, abilities) {
      const target = admitTarget(parseUrl(postTo(text)), RECEIVER, { key: "webhook_url", report, abilities });
      if (!target) return null;
      const headers = { "content-type": "application/json" };
      return {
        deliver: (notification, context) =>
          deliverByHttp({ target, headers, body: JSON.stringify(format(notification)) }, context, reading),
      };
    },
  });
}

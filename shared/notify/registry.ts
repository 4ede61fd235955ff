/**
 * Every channel type by the name it has in the configuration. To add one: a file in this folder and a line here.
 * Read by the configuration and by the published JSON Schema. Invariant: the names are part of users' files; never rename.
 */
import type { ChannelType } from "./channel-type.ts";
import { discord } from "./discord.ts";
import { email } from "./email.ts";
import { log } from "./log.ts";
import { slack } from "./slack.ts";
import { sms } from "./sms.ts";
import { webhook } from "./webhook.ts";

export const CHANNEL_TYPES = { discord, email, log, slack, sms, webhook } satisfies Record<string, ChannelType>;

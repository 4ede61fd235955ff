/**
 * Webhooks of Discord as documented: the limits of an embed, no mention allowed, and no character of its markdown that is not
 * escaped, since none of our texts means any.
 */
import * as z from "zod/mini";
import { firstFault, parsedJson, type ReceiverFormat } from "./http-receiver.ts";

const MOST_CHARACTERS = 6_000;

/** Pairs of a backslash and what it makes harmless, and characters that need none. */
const INERT = /^(?:\\[^\sA-Za-z0-9]|[^\\`*_~|>#+\-[\]()<@:])*$/;

const inert = (maxLength: number) =>
  z.string().check(
    z.minLength(1),
    z.maxLength(maxLength),
    z.regex(INERT),
    z.refine((text) => text.isWellFormed()),
  );

const payload = z.strictObject({
  allowed_mentions: z.strictObject({ parse: z.array(z.never()) }),
  embeds: z
    .array(
      z.strictObject({
        title: inert(256),
        description: inert(4_096),
        color: z.int().check(z.gte(0), z.lte(0xffffff)),
        fields: z
          .array(z.strictObject({ name: inert(256), value: inert(1_024), inline: z.boolean() }))
          .check(z.maxLength(25)),
        timestamp: z.iso.datetime(),
        footer: z.strictObject({ text: z.string().check(z.maxLength(2_048)) }),
      }),
    )
    .check(z.minLength(1), z.maxLength(10)),
});

export type DiscordPayload = z.output<typeof payload>;

export function parseDiscord(body: string): DiscordPayload {
  return payload.parse(JSON.parse(body));
}

export function discordFormat(path: string): ReceiverFormat {
  return {
    faultOf({ method, path: asked, headers, body }) {
      const parsed = payload.safeParse(parsedJson(body));
      return firstFault({
        "405: Method Not Allowed": method === "POST",
        "Unknown Webhook": asked === path,
        "Expected Content-Type": headers["content-type"] === "application/json",
        "Invalid Form Body": parsed.success,
        MAX_EMBED_SIZE_EXCEEDED: parsed.success && sizeOf(parsed.data) <= MOST_CHARACTERS,
      });
    },
    accept: () => ({ status: 204 }),
  };
}

function sizeOf({ embeds }: DiscordPayload): number {
  const texts = embeds.flatMap(({ title, description, footer, fields }) => [
    title,
    description,
    footer.text,
    ...fields.flatMap(({ name, value }) => [name, value]),
  ]);
  return texts.join("").length;
}

/**
 * Incoming webhooks of Slack as documented: legacy attachments, and text in which only `&amp;`, `&lt;` and `&gt;` may stand for
 * these characters. Stricter than Slack: no `<…>` at all, since none of our texts means a link or a mention.
 */
import * as z from "zod/mini";
import { firstFault, parsedJson, type ReceiverFormat } from "./http-receiver.ts";

const inert = (maxLength: number) =>
  z.string().check(
    z.minLength(1),
    z.maxLength(maxLength),
    z.regex(/^(?:[^<>&]|&(?:amp|lt|gt);)*$/),
    z.refine((text) => text.isWellFormed()),
  );

const payload = z.strictObject({
  attachments: z
    .array(
      z.strictObject({
        color: z.enum(["#FF0000", "#FFA500", "#00FF00"]),
        fallback: inert(300),
        title: inert(300).check(z.regex(/^LangGraph Cluster Alert: /)),
        text: inert(3_000),
        fields: z
          .array(z.strictObject({ title: inert(50), value: inert(300), short: z.boolean() }))
          .check(z.maxLength(10)),
        footer: inert(300),
        mrkdwn_in: z.array(z.never()),
      }),
    )
    .check(z.minLength(1), z.maxLength(1)),
  link_names: z.literal(false),
  unfurl_links: z.literal(false),
  unfurl_media: z.literal(false),
});

export type SlackPayload = z.output<typeof payload>;

export function parseSlack(body: string): SlackPayload {
  return payload.parse(JSON.parse(body));
}

export function slackFormat(path: string): ReceiverFormat {
  return {
    faultOf: (request) =>
      firstFault({
        invalid_method: request.method === "POST",
        no_service: request.path === path,
        invalid_content_type: request.headers["content-type"] === "application/json",
        invalid_payload: payload.safeParse(parsedJson(request.body)).success,
      }),
    accept: () => ({ status: 200, headers: { "content-type": "text/html" }, body: "ok" }),
  };
}

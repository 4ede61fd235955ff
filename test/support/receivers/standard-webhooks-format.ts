/**
 * A receiver by the Standard Webhooks specification: verifies the signature as its reference libraries do, then the document.
 */
import { createHmac, timingSafeEqual } from "node:crypto";
import * as z from "zod/mini";
import { ALERT_STATES, END_REASONS, SEVERITIES } from "../../../shared/domain/alerting/alert.ts";
import { CHECK_STATUSES, REASONS } from "../../../shared/domain/monitoring/check.ts";
import { firstFault, parsedJson, type ReceivedRequest, type ReceiverFormat } from "./http-receiver.ts";

const TOLERANCE_S = 300;

const REPORT = {
  id: z.string(),
  service: z.nullable(z.string()),
  name: z.string(),
  severity: z.enum(SEVERITIES),
  state: z.enum(ALERT_STATES),
  status: z.enum(CHECK_STATUSES),
  reason: z.nullable(z.enum(Object.keys(REASONS))),
  message: z.nullable(z.string().check(z.maxLength(1_000))),
  since: z.iso.datetime(),
  ended_at: z.nullable(z.iso.datetime()),
  end_reason: z.nullable(z.enum(Object.keys(END_REASONS))),
  duration: z.number().check(z.gte(0)),
  flapping: z.boolean(),
  escalation_level: z.int(),
  acknowledged_by: z.nullable(z.string()),
  action_taken: z.nullable(z.string()),
  affected: z.array(z.string()),
  impact: z.nullable(z.string()),
};
const about = { notification_id: z.string(), node: z.string() };
const several = z.optional(z.array(z.strictObject(REPORT)).check(z.minLength(2)));

const document = z.union([
  z.strictObject({
    type: z.enum(["alert.firing", "alert.escalated", "alert.reminder", "alert.flapping", "alert.resolved"]),
    timestamp: z.iso.datetime(),
    data: z.strictObject({
      ...REPORT,
      ...about,
      late: z.boolean(),
      history_saved: z.optional(z.literal(false)),
      alerts: several,
    }),
  }),
  z.strictObject({ type: z.enum(["channel.test", "drill"]), timestamp: z.iso.datetime(), data: z.strictObject(about) }),
]);

export type WebhookDocument = z.output<typeof document>;

export function parseWebhook(body: string): WebhookDocument {
  return document.parse(JSON.parse(body));
}

export function standardWebhooksFormat(path: string, secret: string): ReceiverFormat {
  return {
    faultOf(request) {
      const { method, path: asked, headers, body } = request;
      return firstFault({
        "wrong method": method === "POST",
        "wrong path": asked === path,
        "not JSON": headers["content-type"] === "application/json",
        "Message timestamp too old or too new": isRecent(headers["webhook-timestamp"]),
        "No matching signature found": isSigned(request, secret),
        "invalid document": document.safeParse(parsedJson(body)).success,
      });
    },
    accept: () => ({ status: 200 }),
  };
}

function isRecent(timestamp: string | string[] | undefined): boolean {
  const isSeconds = typeof timestamp === "string" && /^\d{10}$/.test(timestamp);
  return isSeconds && Math.abs(Date.now() / 1_000 - Number(timestamp)) <= TOLERANCE_S;
}

/** True when one of the signatures is that of this secret. */
export function isSigned({ headers, body }: ReceivedRequest, secret: string): boolean {
  const key = Buffer.from(secret.replace(/^whsec_/, ""), "base64");
  const content = `${String(headers["webhook-id"])}.${String(headers["webhook-timestamp"])}.${body}`;
  const expected = createHmac("sha256", key).update(content).digest();
  return String(headers["webhook-signature"])
    .split(" ")
    .some((signature) => {
      const [version, encoded = ""] = signature.split(",");
      const given = Buffer.from(encoded, "base64");
      return version === "v1" && given.length === expected.length && timingSafeEqual(given, expected);
    });
}

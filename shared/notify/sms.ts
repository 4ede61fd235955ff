/**
 * Channel type `sms`: short messages by Twilio, or by whatever speaks its API; one request for each recipient.
 * Invariant: each recipient is told by a delivery of its own, whatever becomes of the others.
 */
import * as z from "zod/mini";
import { admitTarget, parseUrl, RECEIVER } from "../domain/net/target.ts";
import type { HttpResponse } from "../ports/http-transport.ts";
import { defineChannelType } from "./channel-type.ts";
import { deliverByHttp, parseJsonBody, type Receipt } from "./http-delivery.ts";
import { messageText } from "./message-text.ts";
import { phoneText } from "./phone-text.ts";
import { tellEach } from "./tell-each.ts";

const PHONE_NUMBER = /^\+[1-9]\d{6,14}$/;
const SENDER = /^(\+[1-9]\d{6,14}|(?=.*[A-Za-z])[A-Za-z0-9 ]{1,11})$/;
const ACCOUNT_SID = /^AC[0-9a-fA-F]{32}$/;
const MOST_RECIPIENTS = 10;
const DEFAULT_DAILY_CAP = 20;
const MOST_PER_DAY = 1_000;

/** Carriers' gateways answer late when they are busy, and a message that is sent twice is paid twice. */
const TIMEOUT_MS = 30_000;

const phoneNumber = z.string().check(z.regex(PHONE_NUMBER, { error: "a phone number such as +4915112345678" }));

/** The path of the API is added to it, and would end up behind them. */
const API: typeof RECEIVER = { ...RECEIVER, form: "an absolute https URL without credentials, ? and #" };

export const sms = defineChannelType({
  keys: {
    account_sid: z
      .string()
      .check(
        z.regex(ACCOUNT_SID, { error: "an account SID: AC and 32 hexadecimal digits" }),
        z.describe("SID of the Twilio account."),
      ),
    auth_token: z.string().check(z.minLength(1), z.describe("A reference such as ${TWILIO_AUTH_TOKEN}.")),
    from: z
      .string()
      .check(
        z.regex(SENDER, { error: "a phone number such as +4915112345678, or a name of up to 11 letters" }),
        z.describe("Who sends: a number of the account, or a name where the country allows that."),
      ),
    to: z
      .array(phoneNumber)
      .check(z.minLength(1), z.maxLength(MOST_RECIPIENTS), z.describe("Who is told: up to ten phone numbers.")),
    api_url: z
      ._default(z.string(), "https://api.twilio.com")
      .check(z.describe("Where the API is; for receivers that speak the same.")),
    daily_cap: z
      ._default(z.int().check(z.gte(1), z.lte(MOST_PER_DAY)), DEFAULT_DAILY_CAP)
      .check(z.describe("Messages in 24 hours at most, for each recipient.")),
  },
  secretKeys: ["auth_token"],
  tier: "phone",
  shortestGapMs: 1_000, // a number sends one message a second
  configure(settings, report, abilities) {
    const { account_sid: account, auth_token: token, from, to, api_url: api, daily_cap: dailyCap } = settings;
    const path = `/2010-04-01/Accounts/${account}/Messages.json`;
    const url = api.includes("?") ? null : parseUrl(api.replace(/\/?$/, path));
    const target = admitTarget(url, API, { key: "api_url", report, abilities });
    if (!target) return null;
    const headers = {
      authorization: `Basic ${Buffer.from(`${account}:${token}`).toString("base64")}`,
      "content-type": "application/x-www-form-urlencoded",
      accept: "application/json",
    };
    const told = tellEach([...new Set(to)], (recipient) => (notification, context) => {
      const text = phoneText(messageText(notification).title);
      const body = new URLSearchParams({ To: recipient, From: from, Body: text }).toString();
      return deliverByHttp({ target, headers, body }, context, { readReceipt, isPaid: true });
    });
    return { dailyCap, timeoutMs: TIMEOUT_MS, ...told };
  },
});

const MESSAGE_SID = /^[A-Z]{2}[0-9a-fA-F]{32}$/;

/** A message that the API has taken has a name. */
function readReceipt(response: HttpResponse): Receipt {
  const { sid } = parseJsonBody(response);
  return typeof sid === "string" && MESSAGE_SID.test(sid) ? { text: sid } : "not_ours";
}

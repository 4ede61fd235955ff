/**
 * The Messages resource of Twilio's API as documented: Basic authentication, a form of three fields, an answer with a SID.
 * Stricter than Twilio: a text of more than one segment is refused, since nobody means to pay for two.
 */
import { createHash } from "node:crypto";
import { firstFault, type ReceivedRequest, type ReceiverFormat } from "./http-receiver.ts";

export interface TwilioAccount {
  readonly accountSid: string;
  readonly authToken: string;
}

/** Letters of GSM 03.38 that tests use; each of the second kind counts twice. */
const GSM = /^[@£$¥èéùìòÇØøÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !"#¤%&'()*+,\-./0-9:;<=>?¡A-ZÄÖÑÜ§¿a-zäöñüà^{}\\[~\]|€]*$/;
const GSM_EXTENSION = /[\^{}\\[~\]|€]/g;

export function segmentLength(text: string): { readonly length: number; readonly limit: number } {
  if (!GSM.test(text)) return { length: text.length, limit: 70 };
  return { length: text.length + (text.match(GSM_EXTENSION) ?? []).length, limit: 160 };
}

export function twilioFormat({ accountSid, authToken }: TwilioAccount): ReceiverFormat {
  return {
    faultOf: (request) => faultOf(request, { accountSid, authToken }),
    accept: ({ body }) => ({
      status: 201,
      headers: { "content-type": "application/json" },
      body: JSON.stringify({ sid: sidOf(body), status: "queued", error_code: null }),
    }),
  };
}

function faultOf({ method, path, headers, body }: ReceivedRequest, account: TwilioAccount): string | null {
  const form = new URLSearchParams(body);
  const text = form.get("Body") ?? "";
  const { length, limit } = segmentLength(text);
  const credentials = Buffer.from(`${account.accountSid}:${account.authToken}`).toString("base64");
  return firstFault({
    "20004 method not allowed": method === "POST",
    "20404 not found": path === `/2010-04-01/Accounts/${account.accountSid}/Messages.json`,
    "20003 authenticate": headers.authorization === `Basic ${credentials}`,
    "not a form": headers["content-type"] === "application/x-www-form-urlencoded",
    "unknown or repeated field": [...form.keys()].sort().join() === "Body,From,To",
    "21211 invalid To": /^\+[1-9]\d{6,14}$/.test(form.get("To") ?? ""),
    "21212 invalid From": (form.get("From") ?? "").length > 0,
    "21602 body required": text.trim().length > 0,
    "more than one segment": length <= limit,
    // oxlint-disable-next-line no-control-regex -- control characters are what is looked for
    "a control character": !/[\u0000-\u001f\u007f-\u009f]/.test(text),
  });
}

function sidOf(body: string): string {
  return `SM${createHash("md5").update(body).digest("hex")}`;
}

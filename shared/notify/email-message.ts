/**
 * A notification as an e-mail: headers and plain text, ready for DATA. Written by hand, since it is one text without attachments: the body and whatever is not plain
 * ASCII in the subject are base64, hence nothing in them can end a line, a header or the message.
 * Invariants: no line is longer than 998 characters; the same notification makes the same bytes; all messages about an alert
 * refer to one root, which is made of the alert's id, so that readers show them as one thread.
 */
import { truncateText } from "../domain/text/clean-text.ts";
import type { Notification } from "../domain/alerting/notification.ts";
import { messageText } from "./message-text.ts";

interface EmailAddresses {
  /** Plain ASCII addresses without names. */
  readonly from: string;
  readonly to: readonly string[];
}

const LONGEST_SUBJECT = 200;
/** More than one thread can be continued; more than these help nobody. */
const MOST_ROOTS = 10;

export function emailMessage(notification: Notification, { from, to }: EmailAddresses): string {
  const { id, atMs, alerts } = notification;
  const { title, lines } = messageText(notification);
  const domain = from.slice(from.lastIndexOf("@") + 1);
  const roots = alerts.slice(0, MOST_ROOTS).map((alert) => messageId(alert.id, domain));
  const headers = [
    `From: <${from}>`,
    `To: ${to.map((address) => `<${address}>`).join(",\r\n ")}`,
    `Subject: ${encodedHeader(truncateText(title, LONGEST_SUBJECT))}`,
    `Date: ${new Date(atMs).toUTCString().replace("GMT", "+0000")}`, // RFC 5322
    `Message-ID: ${messageId(id, domain)}`,
    ...(roots.length > 0 ? [`In-Reply-To: ${roots[0]}`, `References: ${roots.join("\r\n ")}`] : []),
    "Auto-Submitted: auto-generated",
    "MIME-Version: 1.0",
    "Content-Type: text/plain; charset=utf-8",
    "Content-Transfer-Encoding: base64",
  ];
  return `${headers.join("\r\n")}\r\n\r\n${base64Lines([title, "", ...lines, ""].join("\r\n"))}\r\n`;
}

function messageId(id: string, domain: string): string {
  return `<${id.replace(/[^A-Za-z0-9_-]/g, "-")}@${domain}>`;
}

const PLAIN = /^[ -~]*$/;

/** As it is when it is plain ASCII, else RFC 2047; also what looks like RFC 2047 by itself, and would be decoded. */
function encodedHeader(text: string): string {
  return PLAIN.test(text) && !text.includes("=?") ? text : encodedWords(text).join("\r\n ");
}

/** An encoded word may have 75 characters; this leaves 45 bytes of text in each. */
const BYTES_PER_WORD = 45;

function encodedWords(text: string): string[] {
  const words: string[] = [];
  let word = "";
  for (const character of text) {
    if (Buffer.byteLength(word + character) > BYTES_PER_WORD) {
      words.push(word);
      word = "";
    }
    word += character;
  }
  return [...words, word].map((each) => `=?utf-8?B?${Buffer.from(each).toString("base64")}?=`);
}

/** Lines of 76 characters, as MIME asks for. */
function base64Lines(text: string): string {
  return Buffer.from(text)
    .toString("base64")
    .replace(/.{76}(?=.)/g, "$&\r\n");
}

/**
 * A mail message as a strict reader takes it apart: RFC 5322, RFC 2047 in the subject, base64 in the body; and what is wrong
 * with one of ours. Nothing that a service says may become a header, a line of its own in one, or the end of the message.
 */
import { firstFault } from "./http-receiver.ts";

export interface ParsedMail {
  /** Unfolded; names in lower case. */
  readonly headers: Readonly<Record<string, string>>;
  readonly headerNames: readonly string[];
  readonly subject: string;
  readonly text: string;
}

const REQUIRED = [
  "auto-submitted",
  "content-transfer-encoding",
  "content-type",
  "date",
  "from",
  "message-id",
  "mime-version",
  "subject",
  "to",
];
const THREAD = ["in-reply-to", "references"];

export function parseMail(raw: string): ParsedMail {
  const [head, body] = split(raw);
  const lines = head.replace(/\r\n[ \t]+/g, (fold) => fold.slice(2)).split("\r\n");
  const pairs = lines.map((line): [string, string] => {
    const colon = line.indexOf(":");
    return [line.slice(0, colon).toLowerCase(), line.slice(colon + 1).trim()];
  });
  const headers = Object.fromEntries(pairs);
  return {
    headers,
    headerNames: pairs.map(([name]) => name),
    subject: decodeWords(headers["subject"] ?? ""),
    text: Buffer.from(body, "base64").toString("utf8"),
  };
}

/** What is wrong with the message as it came, or null. */
export function faultOfMail(raw: string, mail: ParsedMail & { from: string; to: readonly string[] }): string | null {
  const { headers, headerNames, subject, from, to } = mail;
  const [, body] = split(raw);
  const names = headerNames.toSorted().join();
  return firstFault({
    "unknown, missing or repeated headers": [REQUIRED, [...REQUIRED, ...THREAD]].some(
      (each) => each.toSorted().join() === names,
    ),
    "a bare CR or LF": !/[\r\n]/.test(raw.replaceAll("\r\n", "")),
    "a character that is not ASCII": /^[\t\r\n -~]*$/.test(raw),
    "a line of more than 998 characters": raw.split("\r\n").every((line) => line.length <= 998),
    "an encoded word of more than 75 characters": (raw.match(/=\?utf-8\?B\?[^?]*\?=/g) ?? []).every(
      (word) => word.length <= 75,
    ),
    "wrong From": headers["from"] === `<${from}>`,
    "wrong To": to.every((address) => headers["to"]?.split(", ").includes(`<${address}>`)),
    "wrong Message-ID": /^<[A-Za-z0-9_-]+@[a-z0-9.-]+>$/.test(headers["message-id"] ?? ""),
    "wrong Date": /^[A-Z][a-z]{2}, \d\d [A-Z][a-z]{2} \d{4} \d\d:\d\d:\d\d \+0000$/.test(headers["date"] ?? ""),
    "not marked as automatic": headers["auto-submitted"] === "auto-generated",
    "not plain text": headers["content-type"] === "text/plain; charset=utf-8",
    "not base64":
      headers["content-transfer-encoding"] === "base64" &&
      /^(?:[A-Za-z0-9+/=]{1,76}\r\n)*[A-Za-z0-9+/=]{0,76}$/.test(body),
    "a subject that is too long": subject.length <= 200,
    // oxlint-disable-next-line no-control-regex -- control characters are what is looked for
    "a control character in the subject": !/[\u0000-\u001f\u007f-\u009f\u202a-\u202e]/.test(subject),
  });
}

function split(raw: string): [head: string, body: string] {
  const end = raw.indexOf("\r\n\r\n");
  return end < 0 ? [raw, ""] : [raw.slice(0, end), raw.slice(end + 4)];
}

/** White space between two encoded words is not part of the text. */
function decodeWords(value: string): string {
  return value
    .replace(/\?=\s+=\?/g, "?==?")
    .replace(/=\?utf-8\?B\?([A-Za-z0-9+/=]*)\?=/g, (_word, encoded: string) =>
      Buffer.from(encoded, "base64").toString("utf8"),
    );
}

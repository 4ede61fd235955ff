/**
 * A message as a person's mail program shows it: read by Python's `email`, which knows nothing of how we write one.
 */
import { execFileSync } from "node:child_process";
import { findPythonWith } from "./installed.ts";

export const MAIL_READER = findPythonWith("email");

export interface ShownMail {
  readonly subject: string;
  readonly from: string;
  readonly to: string;
  /** As a mail program compares it with others. */
  readonly atMs: number;
  readonly type: string;
  readonly text: string;
  /** Whatever is not as RFC 5322 and MIME have it. */
  readonly defects: readonly string[];
}

const SHOW = `
import email, email.policy, json, sys
mail = email.message_from_bytes(sys.stdin.buffer.read(), policy=email.policy.default)
headers = [mail[name] for name in ("subject", "from", "to", "date")]
defects = [repr(each) for part in [mail, *headers] for each in part.defects]
print(json.dumps({
  "subject": mail["subject"], "from": mail["from"], "to": mail["to"],
  "atMs": round(mail["date"].datetime.timestamp() * 1000), "type": mail.get_content_type(),
  "text": mail.get_content().replace("\\r\\n", "\\n"), "defects": defects,
}))
`;

export function showMail(raw: string): ShownMail {
  return JSON.parse(execFileSync(MAIL_READER ?? "python3", ["-c", SHOW], { input: raw, encoding: "utf8" }));
}

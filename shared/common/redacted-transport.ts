/**
 * An HTTP transport whose answers hold no secret of the configuration, for targets that echo what they are sent.
 * The monitor puts it around the real one; only then may probers cut texts, since half a secret is not recognised any more.
 * Invariant: an answer without a secret passes byte for byte.
 */
import { redactNothing, type Redact } from "../domain/text/redact.ts";
import type { HttpTransport } from "../ports/http-transport.ts";

const DECODER = new TextDecoder("utf-8", { ignoreBOM: true });
const ENCODER = new TextEncoder();

export function redactedTransport(transport: HttpTransport, redact: () => Redact): HttpTransport {
  return {
    async exchange(request) {
      const outcome = await transport.exchange(request);
      const redactNow = redact();
      if (outcome.kind === "failure" || outcome.body.length === 0 || redactNow === redactNothing) return outcome;
      const text = DECODER.decode(outcome.body);
      const redacted = redactNow(text);
      return redacted === text ? outcome : { ...outcome, body: ENCODER.encode(redacted) };
    },
  };
}

/**
 * A sentence in which we quote what others wrote: our own words, and the quotes between them, still raw.
 * Probers make them of what they saw; `show-finding.ts` formats them on the way out, with the secrets of the service at hand. Pure.
 * Invariant: our own words are never redacted, whatever a secret is; a quote is redacted before it is cut.
 */
import { redactJson, type Redact } from "./redact.ts";
import { showRedacted } from "./show-text.ts";

/** What somebody else wrote: a text as it is, or a value as JSON. */
export type Quote = { readonly atMost: number } & (
  | { readonly text: string }
  | { readonly json: string | number | boolean | null }
);

/**
 * A constant one, or its parts in order.
 *
 * @example
 * const sentence = [{ text: "status", atMost: 50 }, " is ", { json: "hunter22", atMost: 60 }];
 * formatSentence(sentence, makeRedactor(["hunter22"])); // 'status is "<secret>"'
 */
export type Sentence = string | readonly (string | Quote)[];

export function formatSentence(sentence: Sentence, redact: Redact): string {
  if (typeof sentence === "string") return sentence;
  return sentence.map((part) => (typeof part === "string" ? part : formatQuote(part, redact))).join("");
}

function formatQuote(quote: Quote, redact: Redact): string {
  const text = "text" in quote ? redact(quote.text) : JSON.stringify(redactJson(quote.json, redact));
  return showRedacted(text, redact, quote.atMost);
}

/**
 * What may leave of what a probe found: without a secret of the configuration that the target has echoed, clean and short.
 * Called by probe-service for every finding; whatever is stored, shown or logged of a check comes from here.
 * Invariant: the verdict is the probe's, made of what it saw. Texts of others are redacted before they are parsed or
 * cut, since half a secret is not recognised any more; our own words are not redacted at all.
 */
import { bodyData } from "../../domain/monitoring/body-data.ts";
import type { CheckDetails, Json, Observation } from "../../domain/monitoring/check.ts";
import { showFinalUrl } from "../../domain/net/show-final-url.ts";
import { redactJson, type Redact } from "../../domain/text/redact.ts";
import { formatSentence } from "../../domain/text/sentence.ts";
import { showText } from "../../domain/text/show-text.ts";
import type { Finding, FoundDetails } from "../../ports/prober.ts";

const MAX_FIELD_LENGTH = 32;
const MAX_URL_LENGTH = 200;

export function showFinding({ message, details, ...finding }: Finding, redact: Redact): Observation {
  return {
    ...finding,
    message: message === null ? null : formatSentence(message, redact),
    details: showDetails(details, redact),
  };
}

function showDetails({ body, fields, trail, ...details }: FoundDetails, redact: Redact): CheckDetails {
  const data = body && bodyData(body, redact);
  const finalUrl = trail && showFinalUrl(trail, redact, MAX_URL_LENGTH);
  return {
    ...(data !== undefined && { data }),
    ...(fields && { fields: showFields(fields, redact) }),
    ...details,
    ...(finalUrl !== undefined && { finalUrl }),
  };
}

function showFields(fields: NonNullable<FoundDetails["fields"]>, redact: Redact): NonNullable<CheckDetails["fields"]> {
  const show = (value: Json): Json =>
    typeof value === "string" ? showText(value, redact, MAX_FIELD_LENGTH) : redactJson(value, redact);
  return Object.fromEntries(Object.entries(fields).map(([name, value]) => [name, show(value)]));
}

/**
 * What is kept of a body that a service answered: small, clean, and in the shapes of the seed.
 * Pure. Called with what a prober parsed, on its way out; the result goes into `details.data`, hence to disk and to the API.
 * Invariant: the result is valid JSON of at most 2 KiB, whatever the service sent; no key of it is `__proto__`.
 */
import type { Json } from "./check.ts";
import { cleanText } from "../text/clean-text.ts";
import { redactJson, redactNothing, type Redact } from "../text/redact.ts";
import { showText } from "../text/show-text.ts";

/** A body whose JSON text is longer is summarised: history keeps one per check for two hours. */
const MAX_DATA_BYTES = 1_024;

/** Placeholders may be longer than the secrets; by so much what is kept may grow. */
const MAX_SHOWN_BYTES = 2_048;

/** Health documents are flat (Spring Boot's reach 5); deeper levels are replaced, so that nothing recurses without end. */
export const MAX_DEPTH = 16;
export const TOO_DEEP = "…";

/** Together with the summary text this stays below 2 KiB even when every character takes three bytes. */
const MAX_SUMMARY_KEYS = 20;
const MAX_SUMMARY_KEY_LENGTH = 24;

/** What a service answered, raw. `moreThanBytes`: there was more of it than that, and it is not kept. */
export type Body = { readonly json: unknown } | { readonly text: string } | { readonly moreThanBytes: number };

/** What is kept of a body; undefined when that is nothing. */
export function bodyData(body: Body, redact: Redact): Json | undefined {
  if ("json" in body) return jsonData(body.json, redact);
  return "text" in body ? textData(body.text, redact) : { summary: `more than ${body.moreThanBytes / 1_024} KiB` };
}

/**
 * The data of a parsed JSON body. Ollama's list of models becomes the list of their names, as in the seed; what is still
 * larger than 1,024 bytes becomes `{"summary":"object with 12 keys, 5300 bytes","keys":["a","b"]}`.
 */
function jsonData(body: unknown, redact: Redact): Json {
  const named = namesOnly(body);
  const data = clean(named, redactNothing);
  const json = JSON.stringify(data);
  const isSmall = json.length * MAX_BYTES_A_UNIT <= MAX_DATA_BYTES || utf8Bytes(json) <= MAX_DATA_BYTES;
  const shown = isSmall && redact !== redactNothing ? clean(named, redact) : data;
  const isShown = isSmall && (shown === data || utf8Bytes(JSON.stringify(shown)) <= MAX_SHOWN_BYTES);
  return isShown ? shown : summarise(named, utf8Bytes(json), redact);
}

/** The data of a text body: cleaned and trimmed, or `{"summary":"text, 5300 bytes"}` when it is larger than 1,024 bytes. */
function textData(text: string, redact: Redact): Json | undefined {
  const bytes = utf8Bytes(cleanText(text).trim());
  const data = bytes > MAX_DATA_BYTES ? null : showText(text, redact).trim();
  if (data === null || utf8Bytes(data) > MAX_SHOWN_BYTES) return { summary: `text, ${bytes} bytes` };
  return data === "" ? undefined : data;
}

/** A UTF-16 code unit takes at most three bytes in UTF-8; most bodies need no exact count. */
const MAX_BYTES_A_UNIT = 3;

/** Length of a text in UTF-8; lone surrogates count as U+FFFD. */
export function utf8Bytes(text: string): number {
  let bytes = 0;
  for (const character of text) {
    const code = character.codePointAt(0) ?? 0;
    bytes += code < 0x80 ? 1 : code < 0x800 ? 2 : code < 0x10000 ? 3 : 4;
  }
  return bytes;
}

/** `{"models":[{"name":"a",…},{"name":"b",…}]}` → `{"models":["a","b"]}`; everything else as it is. */
function namesOnly(body: unknown): unknown {
  if (!isObject(body) || !Object.hasOwn(body, "models") || !Array.isArray(body["models"])) return body;
  const models: readonly unknown[] = body["models"];
  const names = models.map((model) => (isObject(model) && Object.hasOwn(model, "name") ? model["name"] : null));
  return names.every((name) => typeof name === "string") ? { ...body, models: names } : body;
}

function clean(value: unknown, redact: Redact, depth = 0): Json {
  if (typeof value === "string") return showText(value, redact);
  if (typeof value === "boolean" || value === null) return redactJson(value, redact);
  if (typeof value === "number") return Number.isFinite(value) ? redactJson(value, redact) : null;
  if (!isObject(value)) return null;
  if (depth >= MAX_DEPTH) return TOO_DEEP;
  if (Array.isArray(value)) return value.map((item: unknown) => clean(item, redact, depth + 1));
  const cleaned: { [key: string]: Json } = {};
  for (const key of Object.keys(value)) {
    const name = showText(key, redact);
    if (name !== "__proto__") cleaned[name] = clean(value[key], redact, depth + 1);
  }
  return cleaned;
}

function summarise(data: unknown, bytes: number, redact: Redact): Json {
  if (typeof data === "string") return { summary: `text, ${bytes} bytes` };
  if (!isObject(data)) return { summary: `${typeof data}, ${bytes} bytes` };
  if (Array.isArray(data)) return { summary: `array with ${count(data.length, "item")}, ${bytes} bytes` };
  const keys = Object.keys(data).filter((key) => cleanText(key) !== "__proto__");
  return {
    summary: `object with ${count(keys.length, "key")}, ${bytes} bytes`,
    keys: keys.slice(0, MAX_SUMMARY_KEYS).map((key) => showText(key, redact, MAX_SUMMARY_KEY_LENGTH)),
  };
}

function count(amount: number, noun: string): string {
  return `${amount} ${noun}${amount === 1 ? "" : "s"}`;
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null;
}

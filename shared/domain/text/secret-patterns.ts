/**
 * How one secret may look in a text: a regular expression for each of its usual encodings.
 * Used by `redact` only. Pure; ES only, hence base64 by hand.
 * Invariant: within one expression no two ways to match a character begin alike, so that no text makes the search slow.
 */
const BASE64_ALPHABET = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

/** One character of base64 or base64url, itself perhaps percent-encoded or JSON-escaped. */
const BASE64_CHARACTER = String.raw`(?:[A-Za-z0-9+/_-]|%2[BbFf]|\\/)`;

/** Base64 characters that differ between the two alphabets or are escaped elsewhere. */
const BASE64_VARIANTS: ReadonlyMap<string, string> = new Map([
  ["+", "(?:[+-]|%2[Bb])"],
  ["/", String.raw`(?:[/_]|%2[Ff]|\\/)`],
]);

/** Shorter ones may be words, which stand in many a text in another case and tell nobody anything there. */
const FEWEST_CASELESS_CHARACTERS = 8;

/** Global expressions that match the secret as it is, percent-encoded, escaped, in hex, and within base64. It is not empty. */
export function secretPatterns(secret: string): RegExp[] {
  const characters = [...secret];
  const bytes = utf8Bytes(secret);
  const plain = [escapeRegExp(secret), characters.map(percentPattern).join("")];
  const sources = [
    characters.map(literalPattern).join(""),
    characters.map(htmlPattern).join(""),
    bytes.map((byte) => String.raw`(?:\\x)?${hexPattern(byte, 2)}`).join(""),
    ...[0, 1, 2].map((alignment) => base64Pattern(bytes, alignment)),
  ];
  // Hosts and names of headers and variables come back in lower or upper case.
  const flags = characters.length < FEWEST_CASELESS_CHARACTERS ? "g" : "gi";
  return [...plain.map((source) => new RegExp(source, flags)), ...sources.map((source) => new RegExp(source, "g"))];
}

/** A character in a URL or form, itself perhaps in another: as it is, or its bytes; a percent sign never stands for itself there. */
function percentPattern(character: string): string {
  const encoded = utf8Bytes(character)
    .map((byte) => `%(?:25){0,2}${hexPattern(byte, 2)}`)
    .join("");
  if (character === "%") return encoded;
  if (character === " ") return `(?:[ +]|${encoded})`;
  return `(?:${escapeRegExp(character)}|${encoded})`;
}

/** Those that HTML has names for. */
const HTML_NAMES: ReadonlyMap<string, string> = new Map([
  ["&", "amp"],
  ["<", "lt"],
  [">", "gt"],
  ['"', "quot"],
  ["'", "apos"],
]);

/** A character in HTML or XML: as it is, or as an entity; what it looks like before the `;` differs, so none is tried twice. */
function htmlPattern(character: string): string {
  const point = character.codePointAt(0) ?? 0;
  const hex = hexPattern(point, 1);
  const name = HTML_NAMES.get(character);
  const entity = `&(?:${name === undefined ? "" : `${name}|`}#0{0,7}${point}|#[xX]0{0,7}${hex});`;
  return `(?:${entity}|${escapeRegExp(character)})`;
}

/**
 * A character within a literal of JSON, Python, JavaScript or a shell: as it is, or escaped. Only some escape a quote, a slash or
 * another sign; all of them escape the backslash.
 */
function literalPattern(character: string): string {
  const units = Array.from({ length: character.length }, (_, index) => character.charCodeAt(index));
  const alternatives = [units.map((unit) => String.raw`\\u${hexPattern(unit, 4)}`).join("")];
  const [unit = 0] = units;
  if (unit <= 0xff) alternatives.push(String.raw`\\x${hexPattern(unit, 2)}`);
  const short = SIGN.test(character) ? `\\${character}` : JSON.stringify(character).slice(1, -1);
  if (short.startsWith("\\") && short.length === 2) alternatives.push(escapeRegExp(short));
  if (character !== "\\") alternatives.push(escapeRegExp(character));
  return `(?:${alternatives.join("|")})`;
}

/** ASCII that is neither a letter nor a digit: what a backslash before it means is itself. */
const SIGN = /^[ -/:-@[-`{-~]$/;

/**
 * The base64 characters that the bytes decide alone when `alignment` bytes of the same group of three stand before them,
 * and, as any character, those that they share with their neighbours.
 */
function base64Pattern(bytes: readonly number[], alignment: number): string {
  const aligned = [...Array<number>(alignment).fill(0), ...bytes];
  const first = Math.ceil((alignment * 8) / 6);
  const end = Math.floor((aligned.length * 8) / 6);
  const own = Array.from({ length: end - first }, (_, index) => base64Character(aligned, (first + index) * 6));
  const sharesFirst = alignment > 0;
  const sharesLast = (aligned.length * 8) % 6 > 0;
  return [
    sharesFirst ? BASE64_CHARACTER : "",
    ...own.map((character) => BASE64_VARIANTS.get(character) ?? character),
    sharesLast ? BASE64_CHARACTER : "",
  ].join("");
}

function base64Character(bytes: readonly number[], firstBit: number): string {
  const index = Math.floor(firstBit / 8);
  const twoBytes = ((bytes[index] ?? 0) << 8) | (bytes[index + 1] ?? 0);
  return BASE64_ALPHABET.charAt((twoBytes >> (10 - (firstBit % 8))) & 63);
}

/** Half of a surrogate pair has no bytes; encoders replace it, and so does this. */
function utf8Bytes(text: string): number[] {
  const encoded = encodeURIComponent(text.toWellFormed());
  return [...encoded.matchAll(/%(..)|(.)/g)].map(([, hex, plain]) =>
    hex === undefined ? (plain ?? "").charCodeAt(0) : Number.parseInt(hex, 16),
  );
}

/** Hexadecimal digits in either case. */
function hexPattern(value: number, digits: number): string {
  const hex = value.toString(16).padStart(digits, "0");
  return hex.replace(/[a-f]/g, (digit) => `[${digit}${digit.toUpperCase()}]`);
}

function escapeRegExp(text: string): string {
  return text.replace(/[\\^$.*+?()[\]{}|/-]/g, String.raw`\$&`);
}

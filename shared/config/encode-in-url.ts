/**
 * What a reference stands for within a URL: a value, and not a piece of the URL's grammar.
 * read-scalar asks for each reference in a key that holds a URL. Pure.
 * Invariant: whatever the value is, path and query of the URL end where its author let them end, and decode to that value.
 * what no encoding keeps from leading elsewhere is refused.
 */

/** What may stand in a segment of a path (RFC 3986 §3.3), and slashes: `${SLACK_PATH}` may be several segments. */
const NOT_IN_PATH = /[^A-Za-z0-9._~!$&'()*+,;=:@/-]/gu;

/** In a query `&` and `+` are read as something else, too. */
const NOT_IN_QUERY = /[^A-Za-z0-9._~!$'()*,;=:@/?-]/gu;

const BEHIND_HOST = /^\s*[a-z][a-z0-9+.-]*:\/\/[^/?]*[/?]/i;

/** Segments that are steps, however the dots are written (https://url.spec.whatwg.org/#double-dot-path-segment). */
const STEP = /^(?:\.|%2e){1,2}$/i;

/**
 * @param before what stands before the reference, with the values of those before it
 * @example
 * encodeInUrl("a#b%20", "https://api.example/bot"); // "a%23b%2520"
 * encodeInUrl("a&b", "https://api.example/?token="); // "a%26b"
 * encodeInUrl("node9:8080", "http://"); // "node9:8080": a reference may be the host, or the beginning of the URL
 */
export function encodeInUrl(value: string, before: string): string {
  if (!BEHIND_HOST.test(before)) return value;
  return value.replace(before.includes("?") ? NOT_IN_QUERY : NOT_IN_PATH, (character) =>
    encodeURIComponent(character.toWellFormed()),
  );
}

/**
 * True when the value from `start` to `end` of the URL has a part in a `.` or `..` of its path. Servers are asked for what is left when
 * such steps have been taken, so that the value would choose the path.
 *
 * @example
 * takesStep("http://h/api/../x", 13, 15); // true
 */
export function takesStep(url: string, start: number, end: number): boolean {
  const before = url.slice(0, start);
  if (!BEHIND_HOST.test(before) || before.includes("?")) return false;
  const from = before.search(/[^/\\]*$/);
  const to = end + url.slice(end).search(/[/\\?#]|$/);
  return url
    .slice(from, to)
    .split(/[/\\]/)
    .some((segment) => STEP.test(segment));
}

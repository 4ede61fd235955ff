/**
 * Texts that have broken somebody's server before: numbers, instants, names and bytes at the edge of what a parser expects.
 * Used by the generators of values and requests. Data only.
 * Invariant: none of them contains what the oracle takes for a leak (stack frames, file names of ours).
 */

export const NUMBERS = [
  "0", "-1", "-0", "1.5", "1e3", "0x10", "0b1", " 10", "10 ", "+5", "abc", "", "NaN", "Infinity", "-Infinity", "1e400",
  "100000000000000000000", "9007199254740993", "2147483648", "4294967296", "1001", "1000", "999", "١٠", "１０", "1,000",
  "1_000", "1n", "null", "true", "[1]", "{}", "01", "1;2", "1'--", "%31",
] as const; // prettier-ignore

export const INSTANTS = [
  "1970-01-01T00:00:00Z", "1969-12-31T23:59:59.999Z", "9999-12-31T23:59:59.999Z", "+275760-09-13T00:00:00Z",
  "+275760-09-13T00:00:00.001Z", "0000-01-01T00:00:00Z", "-000001-01-01T00:00:00Z", "2026-02-30T00:00:00Z",
  "2024-02-29T00:00:00Z", "2025-02-29T00:00:00Z", "2026-03-10T10:00:00", "2026-03-10", "2026-03-10T24:00:00Z",
  "2026-12-31T23:59:60Z", "2026-03-10T10:00:00+14:00", "2026-03-10T10:00:00-23:59", "2026-03-10T10:00:00+24:00",
  "2026-03-10t10:00:00z", "2026-03-10 10:00:00Z", "2026-W10-2T10:00Z", "1773136800", "1773136800000", "now", "today",
  "2026-03-10T10:00:00.123456789Z", "2026-03-10T10:00:00.1234567890Z", "Tue, 10 Mar 2026 10:00:00 GMT", "Invalid Date",
  "１０２６-03-10T10:00:00Z", "9999-12-31T23:59:59.999-23:59", "1970-01-01T00:00:00+23:59",
] as const; // prettier-ignore

export const NAMES = [
  "", " ", ".", "..", "../..", "..\\..", "a//b", "a/b", "__proto__", "constructor", "prototype", "toString", "hasOwnProperty",
  "valueOf", "null", "undefined", "\0", "a\0b", "\r\nX-Injected: 1", "\n", "\t", "🦙", "👩‍👩‍👧", "\u00e9", "e\u0301", "ﬀ", "İ", "ß", "\u202Eevil",
  "\uFEFF", "\u2028", "\u{10FFFF}", "%00", "%2e%2e%2f", "%ff", "%zz", "%", "%%", "'", "\"", "`", "\\", "<script>alert(1)</script>",
  "' or 1=1 --", "1; drop table sweeps", "*", "?", "#", "&", "=", ";", "+", "${7*7}", "{{7*7}}", "$where", "%n%s", "~", "-", "_",
  "a".repeat(64), "a".repeat(65), "a".repeat(300), "1".repeat(60), "🦙".repeat(32), "🦙".repeat(61), ".".repeat(64),
] as const; // prettier-ignore

/** As they stand in a URL, where `encodeURIComponent` would never lead. */
export const ENCODED = [
  "..%2f", "%2e%2e/%2e%2e", "..%5c..", "%00", "%ff", "%zz", "%", "%2", "%c0%af", "%ed%a0%80", "%f0%9f", "%F0%9F%A6%99", "%0d%0aX-Injected:%201",
  "%2525", "%252e", "a%2fb", ";a=b", "//", "/./", "/../", "%20", "+", "%u0041", "%e0%80%af", "%fe%ff",
] as const; // prettier-ignore

export const KEYS = [
  "__proto__", "constructor", "limit[]", "limit[0]", "limit.x", "LIMIT", " limit", "limit ", "", "a", "offset", "fields", "callback", "debug",
  "_method", "since%00", "x".repeat(59), "x".repeat(61), "🦙".repeat(31), "\u202E", "\r\nX-Injected: 1", "a&b", "[", "$where",
] as const; // prettier-ignore

/** Instead of a JSON value of any type. */
export const WRONG_VALUES = [null, [], {}, -1, 1.5, ""] as const;

const DEEP = 10_000;
/** Beyond the 64 KiB that an API of this kind reads. */
const LARGE = 70_000;

/** Instead of a JSON body. */
export const WRONG_BODIES = [
  "", " ", "null", "[]", "1e400", "-0", "9007199254740993", '"\\ud800"', "\uFEFF{}", "{", '{"a":1,"a":2}', '{"__proto__":{"polluted":true}}',
  '{"constructor":{"prototype":{}}}', "{'a':1}", '{"a":NaN}', "[".repeat(DEEP), '{"a":'.repeat(DEEP), `"${"x".repeat(LARGE)}"`,
] as const; // prettier-ignore

export const HOSTS = [
  "localhost", "LOCALHOST:9", "localhost.", "127.0.0.1", "[::1]", "[::1]:80", "0.0.0.0", "evil.example", "127.0.0.1.evil.example",
  "localhost.evil.example:80", "evil.example:127.0.0.1", "a@localhost", "localhost:99999", "localhost:", ":80", "[", "[::1", "a b", "%00", "1",
  "0x7f000001", "127.1", "169.254.169.254", "xn--nxasmq6b", "a".repeat(300), ".", "..", "localhost,evil.example", "localhost/evil", "?", "#", "\\",
] as const; // prettier-ignore

export const TAGS = [
  "*", '"x"', 'W/"x"', '"', "x", '""', "W/", ", ,", '"a", "b", *', `"${"a".repeat(3_000)}"`,
] as const; // prettier-ignore

/** Lines that break no framing of a connection; those that do are in raw-requests.ts. */
export const HEADERS = [
  "range: bytes=0-3", "range: bytes=-1", "range: bytes=5-1,0-0", "accept: text/xml", "accept: */*;q=0", "accept: ,;q=2",
  "accept-encoding: gzip;q=0, identity;q=0", "accept-encoding: br, zstd", `accept-language: ${"x".repeat(2_000)}`,
  "content-type: application/xml", "content-type: application/json; charset=utf-7", "x-http-method-override: DELETE",
  "x-forwarded-for: 1.2.3.4, ::1", "x-forwarded-host: evil.example", "x-forwarded-proto: https", "forwarded: for=unknown;host=evil.example",
  "origin: null", "origin: http://localhost.evil.example", "authorization: Basic Og==", "authorization: Bearer ",
  `authorization: Bearer ${"a".repeat(10_000)}`, "authorization: bEARER hm_1_x", "cookie: a=b; __proto__=1",
  "if-modified-since: Thu, 01 Jan 1970 00:00:00 GMT", "if-modified-since: never", "if-match: *", "if-unmodified-since: 0", 'if-range: "x"',
  "te: trailers", "trailer: x-late", "via: 1.1 a, 1.1 b", "max-forwards: 0", "upgrade-insecure-requests: 1", "connection: close",
  "connection: keep-alive, x-strange", "keep-alive: timeout=1e9", "expect: 100-continue", "expect: something", "user-agent: ",
  "user-agent: \u00e9\u00ff", `x-large: ${"x".repeat(4_000)}`, "sec-fetch-mode: cors", "purpose: prefetch",
] as const; // prettier-ignore

/**
 * Request headers of an ordinary request: mostly plain, now and then everything a client or an attacker may send.
 * Used by requests.ts. What would break the framing of the connection is in raw-requests.ts instead.
 * Invariant: every line is one that an HTTP parser accepts, so that the connection stays usable.
 */
import fc, { type Arbitrary } from "fast-check";
import { dented, mostly, type Source } from "./drawn.ts";

type Line = readonly [name: string, value: string];

const HOSTS = [
  "localhost", "LOCALHOST:9", "localhost.", "127.0.0.1", "[::1]", "[::1]:80", "0.0.0.0", "evil.example", "127.0.0.1.evil.example",
  "localhost.evil.example:80", "evil.example:127.0.0.1", "a@localhost", "localhost:99999", "localhost:", ":80", "[", "[::1", "a b", "%00", "1",
  "0x7f000001", "127.1", "169.254.169.254", "xn--nxasmq6b", "a".repeat(300), ".", "..", "localhost,evil.example", "localhost/evil", "?", "#", "\\",
] as const; // prettier-ignore

const OTHERS: readonly Line[] = [
  ["range", "bytes=0-3"],
  ["range", "bytes=-1"],
  ["range", "bytes=5-1,0-0"],
  ["accept", "text/xml"],
  ["accept", "*/*;q=0"],
  ["accept", ",;q=2"],
  ["accept-encoding", "gzip;q=0, identity;q=0"],
  ["accept-encoding", "br, zstd"],
  ["accept-language", "x".repeat(2_000)],
  ["content-type", "application/xml"],
  ["content-type", "application/json; charset=utf-7"],
  ["x-http-method-override", "DELETE"],
  ["x-forwarded-for", "1.2.3.4, ::1"],
  ["x-forwarded-host", "evil.example"],
  ["x-forwarded-proto", "https"],
  ["forwarded", "for=unknown;host=evil.example"],
  ["origin", "null"],
  ["origin", "http://localhost.evil.example"],
  ["authorization", "Basic Og=="],
  ["authorization", "Bearer "],
  ["authorization", `Bearer ${"a".repeat(10_000)}`],
  ["authorization", "bEARER hm_1_x"],
  ["cookie", "a=b; __proto__=1"],
  ["if-modified-since", "Thu, 01 Jan 1970 00:00:00 GMT"],
  ["if-modified-since", "never"],
  ["if-match", "*"],
  ["if-unmodified-since", "0"],
  ["if-range", '"x"'],
  ["te", "trailers"],
  ["trailer", "x-late"],
  ["via", "1.1 a, 1.1 b"],
  ["max-forwards", "0"],
  ["upgrade-insecure-requests", "1"],
  ["connection", "close"],
  ["connection", "keep-alive, x-strange"],
  ["keep-alive", "timeout=1e9"],
  ["expect", "100-continue"],
  ["expect", "something"],
  ["user-agent", ""],
  ["user-agent", "\u00e9\u00ff"],
  ["x-large", "x".repeat(4_000)],
  ["sec-fetch-mode", "cors"],
  ["purpose", "prefetch"],
];

const TAGS = ["*", '"x"', 'W/"x"', '"', "x", '""', 'W/', ', ,', '"a", "b", *', '"' + "a".repeat(3_000) + '"'] as const; // prettier-ignore

/** `authority` is what a well-behaved client sends as Host. */
export function headerLines(source: Source, authority: string): Arbitrary<Line[]> {
  const { oddness } = source;
  const host = mostly(oddness * 0.15, fc.constant(authority), fc.constantFrom(...HOSTS));
  const none = fc.constant<Line[]>([]);
  const condition = mostly(
    0.1,
    none,
    entityTags(source).map((tag): Line[] => [["if-none-match", tag]]),
  );
  const others = mostly(oddness * 0.5, none, fc.array(fc.constantFrom(...OTHERS), { minLength: 1, maxLength: 4 }));
  return fc.tuple(host, condition, others).map(([name, ...lists]): Line[] => [["host", name], ...lists.flat()]);
}

function entityTags({ harvest, oddness }: Source): Arbitrary<string> {
  const real = fc.nat().map((nth) => harvest.named("etag", nth) ?? '"none"');
  const right = mostly(
    0.2,
    real,
    real.map((tag) => `"x", W/${tag}`),
  );
  // A line break in a header value is no header value any more.
  const broken = dented(real).map((tag) => tag.replace(/[^\x20-\x7e]/g, "?"));
  return mostly(oddness, right, fc.oneof(fc.constantFrom(...TAGS), broken));
}

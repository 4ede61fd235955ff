/**
 * Bytes on a socket that no client library sends: broken framing, old and future versions, two lengths, noise.
 * Called by run.ts for a few requests in a hundred; each gets a connection of its own, which is then half closed.
 * Invariant: at most some 100 KB each.
 */
import fc, { type Arbitrary } from "fast-check";

export interface RawRequest {
  readonly kind: string;
  readonly bytes: Buffer;
}

interface Parts {
  /** Of an operation, such as `/health`. */
  readonly path: string;
  readonly host: string;
}

const HEADER_LIMIT = 16_384;

const requestOf = (start: string, lines: readonly string[], body = ""): string =>
  `${[start, ...lines, "", ""].join("\r\n")}${body}`;

/** One of the texts that `make` gives for each of the variants. */
const each = <Variant>(variants: readonly Variant[], make: (variant: Variant) => string): Arbitrary<string> =>
  fc.constantFrom(...variants).map(make);

const bytes = (most: number): Arbitrary<Buffer> => fc.uint8Array({ maxLength: most }).map((list) => Buffer.from(list));

const LENGTHS = ["-1", "+5", "5, 6", "0x10", "1e3", "99999999999999999999", "", "5 5"];
const ENCODINGS = ["gzip", "identity", "chunked, gzip", "xchunked", "chunked, chunked", ""];
const VERSIONS = ["HTTP/0.9", "HTTP/1.2", "HTTP/2.0", "HTTP/9.9", "HTTP/1", "http/1.1", "ICAP/1.0", "RTSP/1.0", ""];
const METHODS = ["get", "FOO", "G\0T", "", "X".repeat(5_000), "GET\t", "M-SEARCH", "LINK", "SOURCE", "TRACK"];
const CHUNKS = [
  "5\r\nhello\r\n0\r\n\r\n",
  "5;x=y\r\nhello\r\n0\r\nX-Late: 1\r\n\r\n",
  "ffffffffffffffffff\r\n",
  "-1\r\n\r\n",
  "zz\r\n",
  "0\r\n",
];
const HEADERS = [
  "X : y", ": y", "X", " X: y", "X: a\r\n folded", "X: a\0b", "X\0: y", "X: a\rb", "X: \u0007", "\u00e9: y", "X: \u00ff", "__proto__: 1", "constructor: 1",
]; // prettier-ignore
const UPGRADES = [
  ["Connection: Upgrade", "Upgrade: websocket"],
  ["Connection: Upgrade, HTTP2-Settings", "Upgrade: h2c", "HTTP2-Settings: AAMA"],
];

const targetsAt = (path: string, authority: string): string[] => [
  "*", authority, `http://${authority}${path}`, `http://evil.example${path}`, `https://${authority}:0${path}`, "http://", "http://[",
  "///", "", "?", "#", `${path}\\..\\x`, `${path}\u00e9`, `${path}\x7f`, `${path}\x01`, `${path} x`, "http://a@b@c/", `file://${path}`, ":80/",
]; // prettier-ignore

const KINDS: Readonly<Record<string, (parts: Parts) => Arbitrary<string | Buffer>>> = {
  noise: () => fc.tuple(fc.nat(255), bytes(200)).map(([first, rest]) => Buffer.concat([Buffer.from([first]), rest])),
  flipped: ({ path, host }) => {
    const flip = fc.tuple(fc.nat(), fc.nat(255));
    return fc.array(flip, { minLength: 1, maxLength: 4 }).map((flips) => {
      const sent = Buffer.from(requestOf(`GET ${path} HTTP/1.1`, [host, "Accept: */*", "Connection: close"]));
      for (const [at, byte] of flips) sent[at % sent.length] = byte;
      return sent;
    });
  },
  cut: ({ path, host }) => {
    const whole = requestOf(`POST ${path} HTTP/1.1`, [host, "Content-Length: 10"], "0123456789");
    return fc.integer({ min: 1, max: whole.length - 1 }).map((end) => whole.slice(0, end));
  },
  two_framings: ({ path, host }) => {
    const framings = [host, "Content-Length: 4", "Transfer-Encoding: chunked"];
    return fc.constant(requestOf(`POST ${path} HTTP/1.1`, framings, "0\r\n\r\n"));
  },
  odd_length: ({ path, host }) =>
    each(LENGTHS, (length) => requestOf(`POST ${path} HTTP/1.1`, [host, `Content-Length: ${length}`], "hello")),
  two_lengths: ({ path, host }) =>
    fc.constant(requestOf(`POST ${path} HTTP/1.1`, [host, "Content-Length: 5", "Content-Length: 6"], "hello!")),
  chunked: ({ path, host }) =>
    each(["GET", "POST"], (method) => `${method} ${path} HTTP/1.1`).chain((start) =>
      each(CHUNKS, (body) => requestOf(start, [host, "Transfer-Encoding: chunked"], body)),
    ),
  odd_encoding: ({ path, host }) =>
    each(ENCODINGS, (name) => requestOf(`POST ${path} HTTP/1.1`, [host, `Transfer-Encoding: ${name}`], "0\r\n\r\n")),
  no_host: ({ path }) =>
    each(["1.0", "1.1"], (version) => requestOf(`GET ${path} HTTP/${version}`, ["Connection: close"])),
  two_hosts: ({ path, host }) => fc.constant(requestOf(`GET ${path} HTTP/1.1`, [host, "Host: evil.example"])),
  odd_version: ({ path, host }) => each(VERSIONS, (version) => requestOf(`GET ${path} ${version}`, [host])),
  http2_preface: () => fc.constant("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"),
  odd_target: ({ path, host }) =>
    each(["GET", "OPTIONS"], (method) => method).chain((method) =>
      each(targetsAt(path, host.slice("Host: ".length)), (target) => requestOf(`${method} ${target} HTTP/1.1`, [host])),
    ),
  odd_method: ({ path, host }) => each(METHODS, (method) => requestOf(`${method} ${path} HTTP/1.1`, [host])),
  tunnel: ({ path, host }) =>
    fc.oneof(
      fc.constant(requestOf(`CONNECT ${host.slice("Host: ".length)} HTTP/1.1`, [host])),
      each(UPGRADES, (lines) => requestOf(`GET ${path} HTTP/1.1`, [host, ...lines])),
    ),
  odd_header: ({ path, host }) => each(HEADERS, (line) => requestOf(`GET ${path} HTTP/1.1`, [host, line])),
  bare_line_feeds: ({ path, host }) => fc.constant(`GET ${path} HTTP/1.1\n${host}\n\n`),
  large_head: ({ path, host }) =>
    each([HEADER_LIMIT - 300, HEADER_LIMIT, 40_000], (length) =>
      requestOf(`GET ${path} HTTP/1.1`, [host, `x-large: ${"x".repeat(length)}`]),
    ),
  many_headers: ({ path, host }) => {
    const lines = Array.from({ length: 2_500 }, (_, index) => `h${index}:`);
    return fc.constant(requestOf(`GET ${path} HTTP/1.1`, [host, ...lines]));
  },
  long_target: ({ path, host }) =>
    each([8_192, 16_000, 90_000], (length) => requestOf(`GET ${path}?x=${"a".repeat(length)} HTTP/1.1`, [host])),
  noise_after: ({ path, host }) =>
    bytes(100).map((noise) => Buffer.concat([Buffer.from(requestOf(`GET ${path} HTTP/1.1`, [host])), noise])),
  body_unread: ({ path, host }) =>
    each(["GET", "POST"], (method) => `${method} ${path} HTTP/1.1`).chain((start) =>
      each([10, 65_537, 100_000], (length) =>
        requestOf(start, [host, `Content-Length: ${length}`], "x".repeat(length)),
      ),
    ),
};

export function rawRequests(path: string, authority: string): Arbitrary<RawRequest> {
  const kinds = Object.entries(KINDS).map(([kind, make]) =>
    make({ path, host: `Host: ${authority}` }).map((sent): RawRequest => {
      return { kind, bytes: typeof sent === "string" ? Buffer.from(sent, "latin1") : sent };
    }),
  );
  return fc.oneof(...kinds);
}

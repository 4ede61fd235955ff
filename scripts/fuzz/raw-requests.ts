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

const HEADER_LIMIT = 16_384;

const LENGTHS = ["-1", "+5", "5, 6", "0x10", "1e3", "99999999999999999999", "", "5 5"];
const ENCODINGS = ["gzip", "identity", "chunked, gzip", "xchunked", "chunked, chunked", ""];
const VERSIONS = ["HTTP/0.9", "HTTP/1.2", "HTTP/2.0", "HTTP/9.9", "HTTP/1", "http/1.1", "ICAP/1.0", "RTSP/1.0", ""];
const METHODS = ["get", "FOO", "G\0T", "", "X".repeat(5_000), "GET\t", "M-SEARCH", "LINK", "SOURCE", "TRACK"];
const CHUNKS = [
  "5\r\nhello\r\n0\r\n\r\n", "5;x=y\r\nhello\r\n0\r\nX-Late: 1\r\n\r\n", "ffffffffffffffffff\r\n", "-1\r\n\r\n", "zz\r\n", "0\r\n",
]; // prettier-ignore
const HEADERS = [
  "X : y", ": y", "X", " X: y", "X: a\r\n folded", "X: a\0b", "X\0: y", "X: a\rb", "X: \u0007", "\u00e9: y", "X: \u00ff", "__proto__: 1", "constructor: 1",
]; // prettier-ignore
const UPGRADES = [
  ["Connection: Upgrade", "Upgrade: websocket"],
  ["Connection: Upgrade, HTTP2-Settings", "Upgrade: h2c", "HTTP2-Settings: AAMA"],
];
const MANY = Array.from({ length: 2_500 }, (_, index) => `h${index}:`);

const targetsAt = (path: string, authority: string): string[] => [
  "*", authority, `http://${authority}${path}`, `http://evil.example${path}`, `https://${authority}:0${path}`, "http://", "http://[",
  "///", "", "?", "#", `${path}\\..\\x`, `${path}\u00e9`, `${path}\x7f`, `${path}\x01`, `${path} x`, "http://a@b@c/", `file://${path}`, ":80/",
]; // prettier-ignore

/** Of one path; `authority` is what a well-behaved client sends as Host. */
export function rawRequests(path: string, authority: string): Arbitrary<RawRequest> {
  const host = `Host: ${authority}`;
  const request = (start: string, lines: readonly string[], body = ""): string =>
    `${[start, ...lines, "", ""].join("\r\n")}${body}`;
  const get = (...lines: readonly string[]): string => request(`GET ${path} HTTP/1.1`, [host, ...lines]);
  const post = (line: string, body: string): string => request(`POST ${path} HTTP/1.1`, [host, line], body);
  const either = (line: string, body: string): string[] => [get(line) + body, post(line, body)];
  const texts: Readonly<Record<string, readonly string[]>> = {
    two_framings: [post("Content-Length: 4\r\nTransfer-Encoding: chunked", "0\r\n\r\n")],
    odd_length: LENGTHS.map((length) => post(`Content-Length: ${length}`, "hello")),
    two_lengths: [post("Content-Length: 5\r\nContent-Length: 6", "hello!")],
    chunked: CHUNKS.flatMap((body) => either("Transfer-Encoding: chunked", body)),
    odd_encoding: ENCODINGS.map((name) => post(`Transfer-Encoding: ${name}`, "0\r\n\r\n")),
    no_host: ["1.0", "1.1"].map((version) => request(`GET ${path} HTTP/${version}`, ["Connection: close"])),
    two_hosts: [get("Host: evil.example")],
    odd_version: VERSIONS.map((version) => request(`GET ${path} ${version}`, [host])),
    http2_preface: ["PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"],
    odd_target: targetsAt(path, authority).flatMap((target) =>
      ["GET", "OPTIONS"].map((method) => request(`${method} ${target} HTTP/1.1`, [host])),
    ),
    odd_method: METHODS.map((method) => request(`${method} ${path} HTTP/1.1`, [host])),
    tunnel: [request(`CONNECT ${authority} HTTP/1.1`, [host]), ...UPGRADES.map((lines) => get(...lines))],
    odd_header: HEADERS.map((line) => get(line)),
    bare_line_feeds: [`GET ${path} HTTP/1.1\n${host}\n\n`],
    large_head: [HEADER_LIMIT - 300, HEADER_LIMIT, 40_000].map((length) => get(`x-large: ${"x".repeat(length)}`)),
    many_headers: [get(...MANY)],
    long_target: [8_192, 16_000, 90_000].map((length) =>
      request(`GET ${path}?x=${"a".repeat(length)} HTTP/1.1`, [host]),
    ),
    body_unread: [10, 65_537, 100_000].flatMap((length) => either(`Content-Length: ${length}`, "x".repeat(length))),
  };
  const whole = post("Content-Length: 10", "0123456789");
  const flip = fc.tuple(fc.nat(), fc.nat(255));
  const drawn: Readonly<Record<string, Arbitrary<Buffer>>> = {
    noise: noise(200).filter(({ length }) => length > 0),
    noise_after: noise(100).map((bytes) => Buffer.concat([Buffer.from(get()), bytes])),
    cut: fc.integer({ min: 1, max: whole.length - 1 }).map((end) => Buffer.from(whole.slice(0, end))),
    flipped: fc.array(flip, { minLength: 1, maxLength: 4 }).map((flips) => {
      const bytes = Buffer.from(get("Accept: */*", "Connection: close"));
      for (const [at, byte] of flips) bytes[at % bytes.length] = byte;
      return bytes;
    }),
  };
  const constant = Object.entries(texts).map(([kind, all]) => [kind, fc.constantFrom(...all).map(latin1)] as const);
  const kinds = [...constant, ...Object.entries(drawn)];
  return fc.oneof(...kinds.map(([kind, arbitrary]) => arbitrary.map((bytes): RawRequest => ({ kind, bytes }))));
}

const latin1 = (text: string): Buffer => Buffer.from(text, "latin1");

const noise = (most: number): Arbitrary<Buffer> => fc.uint8Array({ maxLength: most }).map((list) => Buffer.from(list));

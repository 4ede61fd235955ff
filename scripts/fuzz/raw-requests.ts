/**
 * Bytes on a socket that no client library sends: broken framing, old and future versions, two lengths, noise.
 * Called by run.ts for a few requests in a hundred; each gets a connection of its own, which is then half closed.
 * Invariant: at most some 100 KB each.
 */
import type { Prng } from "./prng.ts";

export interface RawRequest {
  readonly kind: string;
  readonly bytes: Buffer;
}

interface Parts {
  readonly prng: Prng;
  /** Of an operation, such as `/health`. */
  readonly path: string;
  readonly authority: string;
}

const HEADER_LIMIT = 16_384;

const requestOf = (start: string, lines: readonly string[], body = ""): string =>
  `${[start, ...lines, "", ""].join("\r\n")}${body}`;

const KINDS: Readonly<Record<string, (parts: Parts) => string | Buffer>> = {
  noise: ({ prng }) => Buffer.concat([Buffer.from([prng.int(0, 255)]), prng.bytes(200)]),
  flipped: (parts) => flipped(parts),
  cut: ({ prng, path, authority }) => {
    const text = requestOf(`POST ${path} HTTP/1.1`, [`Host: ${authority}`, "Content-Length: 10"], "0123456789");
    return text.slice(0, prng.int(1, text.length - 1));
  },
  two_framings: ({ path, authority }) =>
    requestOf(
      `POST ${path} HTTP/1.1`,
      [`Host: ${authority}`, "Content-Length: 4", "Transfer-Encoding: chunked"],
      "0\r\n\r\n",
    ),
  odd_length: ({ prng, path, authority }) => {
    const length = prng.pick(["-1", "+5", "5, 6", "0x10", "1e3", "99999999999999999999", "", "5 5"]);
    return requestOf(`POST ${path} HTTP/1.1`, [`Host: ${authority}`, `Content-Length: ${length}`], "hello");
  },
  two_lengths: ({ path, authority }) =>
    requestOf(`POST ${path} HTTP/1.1`, [`Host: ${authority}`, "Content-Length: 5", "Content-Length: 6"], "hello!"),
  chunked: ({ prng, path, authority }) => {
    const body = prng.pick([
      "5\r\nhello\r\n0\r\n\r\n",
      "5;x=y\r\nhello\r\n0\r\nX-Late: 1\r\n\r\n",
      "ffffffffffffffffff\r\n",
      "-1\r\n\r\n",
      "zz\r\n",
      "0\r\n",
    ]);
    return requestOf(
      `${prng.pick(["GET", "POST"])} ${path} HTTP/1.1`,
      [`Host: ${authority}`, "Transfer-Encoding: chunked"],
      body,
    );
  },
  odd_encoding: ({ prng, path, authority }) => {
    const encoding = prng.pick(["gzip", "identity", "chunked, gzip", "xchunked", "chunked, chunked", ""]);
    return requestOf(`POST ${path} HTTP/1.1`, [`Host: ${authority}`, `Transfer-Encoding: ${encoding}`], "0\r\n\r\n");
  },
  no_host: ({ prng, path }) => requestOf(`GET ${path} HTTP/${prng.pick(["1.0", "1.1"])}`, ["Connection: close"]),
  two_hosts: ({ path, authority }) => requestOf(`GET ${path} HTTP/1.1`, [`Host: ${authority}`, "Host: evil.example"]),
  odd_version: ({ prng, path, authority }) => {
    const version = prng.pick([
      "HTTP/0.9",
      "HTTP/1.2",
      "HTTP/2.0",
      "HTTP/9.9",
      "HTTP/1",
      "http/1.1",
      "ICAP/1.0",
      "RTSP/1.0",
      "",
    ]);
    return requestOf(`GET ${path} ${version}`, [`Host: ${authority}`]);
  },
  http2_preface: () => "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",
  odd_target: ({ prng, path, authority }) => {
    const target = prng.pick([
      "*", authority, `http://${authority}${path}`, `http://evil.example${path}`, `https://${authority}:0${path}`, "http://", "http://[",
      "///", "", "?", "#", `${path}\\..\\x`, `${path}\u00e9`, `${path}\x7f`, `${path}\x01`, `${path} x`, "http://a@b@c/", `file://${path}`, ":80/",
    ]); // prettier-ignore
    return requestOf(`${prng.pick(["GET", "OPTIONS"])} ${target} HTTP/1.1`, [`Host: ${authority}`]);
  },
  odd_method: ({ prng, path, authority }) => {
    const method = prng.pick([
      "get",
      "FOO",
      "G\0T",
      "",
      "X".repeat(5_000),
      "GET\t",
      "M-SEARCH",
      "LINK",
      "SOURCE",
      "TRACK",
    ]);
    return requestOf(`${method} ${path} HTTP/1.1`, [`Host: ${authority}`]);
  },
  tunnel: ({ prng, path, authority }) =>
    prng.pick([
      requestOf(`CONNECT ${authority} HTTP/1.1`, [`Host: ${authority}`]),
      requestOf(`GET ${path} HTTP/1.1`, [`Host: ${authority}`, "Connection: Upgrade", "Upgrade: websocket"]),
      requestOf(`GET ${path} HTTP/1.1`, [
        `Host: ${authority}`,
        "Connection: Upgrade, HTTP2-Settings",
        "Upgrade: h2c",
        "HTTP2-Settings: AAMA",
      ]),
    ]),
  odd_header: ({ prng, path, authority }) => {
    const line = prng.pick([
      "X : y", ": y", "X", " X: y", "X: a\r\n folded", "X: a\0b", "X\0: y", "X: a\rb", "X: \u0007", "\u00e9: y", "X: \u00ff", "__proto__: 1", "constructor: 1",
    ]); // prettier-ignore
    return requestOf(`GET ${path} HTTP/1.1`, [`Host: ${authority}`, line]);
  },
  bare_line_feeds: ({ path, authority }) => `GET ${path} HTTP/1.1\nHost: ${authority}\n\n`,
  large_head: ({ prng, path, authority }) => {
    const large = `x-large: ${"x".repeat(prng.pick([HEADER_LIMIT - 300, HEADER_LIMIT, 40_000]))}`;
    return requestOf(`GET ${path} HTTP/1.1`, [`Host: ${authority}`, large]);
  },
  many_headers: ({ path, authority }) =>
    requestOf(`GET ${path} HTTP/1.1`, [
      `Host: ${authority}`,
      ...Array.from({ length: 2_500 }, (_, index) => `h${index}:`),
    ]),
  long_target: ({ prng, path, authority }) =>
    requestOf(`GET ${path}?x=${"a".repeat(prng.pick([8_192, 16_000, 90_000]))} HTTP/1.1`, [`Host: ${authority}`]),
  noise_after: ({ prng, path, authority }) =>
    Buffer.concat([Buffer.from(requestOf(`GET ${path} HTTP/1.1`, [`Host: ${authority}`])), prng.bytes(100)]),
  body_unread: ({ prng, path, authority }) => {
    const length = prng.pick([10, 65_537, 100_000]);
    return requestOf(
      `${prng.pick(["GET", "POST"])} ${path} HTTP/1.1`,
      [`Host: ${authority}`, `Content-Length: ${length}`],
      "x".repeat(length),
    );
  },
};

const KIND_NAMES = Object.keys(KINDS);

export function rawRequest(parts: Parts): RawRequest {
  const kind = parts.prng.pick(KIND_NAMES);
  const bytes = KINDS[kind]?.(parts) ?? "";
  return { kind, bytes: typeof bytes === "string" ? Buffer.from(bytes, "latin1") : bytes };
}

function flipped({ prng, path, authority }: Parts): Buffer {
  const bytes = Buffer.from(
    requestOf(`GET ${path} HTTP/1.1`, [`Host: ${authority}`, "Accept: */*", "Connection: close"]),
  );
  for (let flips = prng.int(1, 4); flips > 0; flips -= 1) bytes[prng.int(0, bytes.length - 1)] = prng.int(0, 255);
  return bytes;
}

/**
 * Servers that break the rules on purpose, one kind of mischief each, on the level of bytes.
 * Each mode gets the raw socket; what it writes is exactly what the client sees.
 */
import { createServer, type Socket } from "node:net";
import { createGzip, gzipSync } from "node:zlib";
import { listen, type LoopbackServer } from "./loopback-server.ts";

type Mischief = (socket: Socket) => void;

const OK = "HTTP/1.1 200 OK\r\n";

export const MISCHIEFS = {
  /** Accepts and never says a word. */
  silent: (socket) => socket.resume(),
  /** Sends a header byte now and then, for ever. */
  slow_headers: onRequest((socket) => drip(socket, `${OK}x-slow: `, "a")),
  /** Sends a body byte now and then, for ever. */
  dripping_body: onRequest((socket) => drip(socket, `${OK}content-length: 100000\r\n\r\n`, "a")),
  reset_at_once: (socket) => socket.resetAndDestroy(),
  reset: onRequest((socket) => socket.resetAndDestroy()),
  reset_in_body: onRequest((socket) => {
    socket.write(`${OK}content-length: 100\r\n\r\nten bytes.`, () => socket.resetAndDestroy());
  }),
  fin: onRequest((socket) => socket.end()),
  short_body: onRequest((socket) => socket.end(`${OK}content-length: 100\r\n\r\nten bytes.`)),
  cut_off_chunks: onRequest((socket) => socket.end(`${OK}transfer-encoding: chunked\r\n\r\n5\r\nhello\r\n`)),
  cut_off_last_chunks: onRequest((socket) => {
    socket.end(`${OK}connection: close\r\ntransfer-encoding: chunked\r\n\r\n5\r\nhello\r\n`);
  }),
  two_lengths: onRequest((socket) => socket.end(`${OK}content-length: 5\r\ncontent-length: 6\r\n\r\nhello`)),
  not_http: onRequest((socket) => socket.end("what do you want?\r\n\r\n")),
  ssh_banner: (socket) => socket.resume().write("SSH-2.0-OpenSSH_9.2p1 Debian-2\r\n"),
  unasked_upgrade: onRequest((socket) => {
    socket.write("HTTP/1.1 101 Switching Protocols\r\nconnection: upgrade\r\nupgrade: mischief\r\n\r\n");
  }),
  many_headers: onRequest((socket) => socket.end(`${OK}${"x-bomb: 12345678901234567890\r\n".repeat(4_000)}\r\n`)),
  one_huge_header: onRequest((socket) => socket.end(`${OK}x-bomb: ${"a".repeat(1_000_000)}\r\n\r\n`)),
  endless_body: onRequest((socket) => flood(socket, `${OK}content-type: text/plain\r\n\r\n`, "a")),
  ten_gigabytes: onRequest((socket) => flood(socket, `${OK}content-length: 10000000000\r\n\r\n`, "a")),
  endless_chunk_extension: onRequest((socket) => flood(socket, `${OK}transfer-encoding: chunked\r\n\r\n1;`, "a")),
  endless_blank_lines: onRequest((socket) => flood(socket, "", "\r\n")),
  endless_hints: onRequest((socket) => flood(socket, "", "HTTP/1.1 103 Early Hints\r\n\r\n")),
  endless_redirect: onRequest((socket) => flood(socket, "HTTP/1.1 302 Found\r\nlocation: /\r\n\r\n", "a")),
  endless_replies: onRequest((socket) => flood(socket, "", "+PONG\r\n")),
  gzip_bomb: onRequest((socket) => {
    socket.write(`${OK}content-encoding: gzip\r\n\r\n`);
    bomb().pipe(socket);
  }),
  empty_blocks: onRequest((socket) => {
    const zlibHeader = "\x78\x9c";
    flood(socket, `${OK}content-encoding: deflate\r\n\r\n${zlibHeader}`, "\0\0\0\xff\xff");
  }),
  chained_encodings: onRequest((socket) => {
    socket.end(`${OK}content-encoding: ${Array(2_000).fill("gzip").join(",")}\r\ncontent-length: 1\r\n\r\na`);
  }),
  two_encodings: onRequest((socket) => {
    const once = gzipSync("compressed once");
    socket.write(`${OK}content-encoding: gzip, gzip\r\ncontent-length: ${once.length}\r\n\r\n`);
    socket.end(once);
  }),
  unknown_encoding: onRequest((socket) => socket.end(`${OK}content-encoding: zstd\r\ncontent-length: 1\r\n\r\na`)),
  broken_gzip: onRequest((socket) => socket.end(`${OK}content-encoding: gzip\r\ncontent-length: 9\r\n\r\nnot gzip!`)),
  early_hints: onRequest((socket) => {
    socket.end(`HTTP/1.1 103 Early Hints\r\ncontent-encoding: zstd\r\n\r\n${OK}content-length: 2\r\n\r\nok`);
  }),
} satisfies Record<string, Mischief>;

export type MischiefName = keyof typeof MISCHIEFS;

export function startHostile(name: MischiefName): Promise<LoopbackServer> {
  return startRaw(MISCHIEFS[name]);
}

/** A server for a mischief of the test's own. */
export function startRaw(mischief: Mischief): Promise<LoopbackServer> {
  return listen(createServer(mischief));
}

/** Answers when the first bytes of a request have arrived. */
function onRequest(response: Mischief): Mischief {
  return (socket) => socket.once("data", () => response(socket));
}

const DRIP_INTERVAL_MS = 20;

function drip(socket: Socket, start: string, byte: string): void {
  socket.write(start);
  const timer = setInterval(() => socket.write(byte), DRIP_INTERVAL_MS);
  socket.once("close", () => clearInterval(timer));
}

/** Writes as fast as the client reads. Texts stand for bytes, one character each. */
function flood(socket: Socket, start: string, text: string): void {
  const chunk = Buffer.from(text.repeat(20_000), "latin1");
  const pump = (): void => {
    while (!socket.destroyed && socket.write(chunk)) continue;
  };
  socket.write(start, "latin1");
  socket.on("drain", pump);
  pump();
}

const BOMB_BYTES = 200_000_000;

/** 200 MB of zeros, compressed on the way; this end never holds more than a piece of it either. */
function bomb(): ReturnType<typeof createGzip> {
  const gzip = createGzip();
  const zeros = Buffer.alloc(1_000_000);
  let left = BOMB_BYTES;
  const pump = (): void => {
    while (left > 0) {
      left -= zeros.length;
      if (!gzip.write(zeros)) return;
    }
    gzip.end();
  };
  gzip.on("drain", pump);
  pump();
  return gzip;
}

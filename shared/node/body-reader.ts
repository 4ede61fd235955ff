/**
 * Collects the body of one answer, decoded, up to its cap. Knows neither sockets nor deadlines.
 * Invariant: holds at most the cap and one chunk, however much a compressed body would become.
 */
import type { Transform } from "node:stream";
import { createBrotliDecompress, createGunzip, createInflate, createInflateRaw } from "node:zlib";

export interface BodyEvents {
  /** The body has ended, or has reached its cap (`truncated`). Called at most once, and not after `onBroken`. */
  readonly onBody: (body: Uint8Array, truncated: boolean) => void;
  /** The body is not what its encoding announces. */
  readonly onBroken: () => void;
  /** The decoder is behind: no more chunks until `onReady`. */
  readonly onBusy: () => void;
  readonly onReady: () => void;
}

/** Makes the decoder when the first chunk is known: `deflate` is sent with and without the header of zlib. */
type MakeDecoder = (firstChunk: Uint8Array) => Transform;

const ZLIB_METHOD_DEFLATE = 8;

const DECODERS: ReadonlyMap<string, MakeDecoder> = new Map<string, MakeDecoder>([
  ["gzip", () => createGunzip()],
  ["x-gzip", () => createGunzip()],
  ["deflate", ([first = 0]) => ((first & 0x0f) === ZLIB_METHOD_DEFLATE ? createInflate() : createInflateRaw())],
  ["br", () => createBrotliDecompress()],
]);

/**
 * How to decode a body with this `content-encoding`: null for not at all, undefined for an encoding that we do not know and for
 * more than one. We ask for none, so chains are an attack or a mistake.
 */
export function findDecoder(contentEncoding: string | undefined): MakeDecoder | null | undefined {
  if (contentEncoding === undefined) return null;
  const names = contentEncoding.split(",").map((name) => name.trim().toLowerCase());
  const codings = names.filter((name) => name !== "" && name !== "identity");
  return codings.length === 0 ? null : DECODERS.get(codings.join());
}

/**
 * Encoding never makes a body much longer, so one that has taken this many bytes per decoded byte is there to keep us busy:
 * deflate knows blocks without content. The constant is for the headers of small bodies.
 */
const MAX_ENCODED_RATIO = 2;
const ENCODED_ALLOWANCE_BYTES = 65_536;

export class BodyReader {
  readonly #maxBytes: number;
  readonly #events: BodyEvents;
  readonly #makeDecoder: MakeDecoder | null;
  #decoder: Transform | null = null;
  readonly #chunks: Uint8Array[] = [];
  #bytes = 0;
  #encodedBytes = 0;
  #isOver = false;

  constructor(maxBytes: number, makeDecoder: MakeDecoder | null, events: BodyEvents) {
    this.#maxBytes = maxBytes;
    this.#makeDecoder = makeDecoder;
    this.#events = events;
  }

  /** Takes the next chunk as it came from the wire. */
  write(chunk: Uint8Array): void {
    if (this.#isOver) return;
    if (this.#makeDecoder === null) {
      this.#collect(chunk);
      return;
    }
    this.#decoder ??= this.#startDecoder(this.#makeDecoder(chunk));
    this.#encodedBytes += chunk.length;
    if (!this.#decoder.write(chunk)) this.#events.onBusy();
  }

  /** The wire has ended; what the decoder still holds is decoded first. */
  end(): void {
    if (this.#decoder === null) this.#finish(false);
    else this.#decoder.end();
  }

  /** Drops everything; no event comes after it. */
  destroy(): void {
    this.#isOver = true;
    this.#decoder?.destroy();
  }

  #startDecoder(decoder: Transform): Transform {
    return decoder
      .on("data", (chunk: Uint8Array) => this.#collect(chunk))
      .on("drain", () => this.#drained())
      .on("end", () => this.#finish(false))
      .on("error", () => this.#break());
  }

  /** Everything so far is decoded and the cap is not reached. */
  #drained(): void {
    const isTooLong = this.#encodedBytes > MAX_ENCODED_RATIO * this.#maxBytes + ENCODED_ALLOWANCE_BYTES;
    if (isTooLong) this.#break();
    else this.#events.onReady();
  }

  #break(): void {
    if (this.#isOver) return;
    this.destroy();
    this.#events.onBroken();
  }

  #collect(chunk: Uint8Array): void {
    if (this.#isOver) return;
    const room = this.#maxBytes - this.#bytes;
    this.#chunks.push(chunk.length > room ? chunk.subarray(0, room) : chunk);
    this.#bytes += Math.min(chunk.length, room);
    if (chunk.length > room) this.#finish(true);
  }

  #finish(truncated: boolean): void {
    if (this.#isOver) return;
    this.destroy();
    const [first] = this.#chunks;
    const isWhole = this.#chunks.length === 1 && first !== undefined;
    this.#events.onBody(isWhole ? first : Buffer.concat(this.#chunks, this.#bytes), truncated);
  }
}

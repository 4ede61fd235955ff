/**
 * The blob of a rollup's histogram: one byte that tells its kind, the longest time-out, and the buckets that are not empty.
 *
 * `kind · time-out + 1, or 0 · (empty buckets before it, count) …`; each pair is a byte of two halves, and a half of 15 goes on in a
 * number of seven bits a byte, the least significant first. A third of the JSON that it replaced, although buckets are finer.
 * Called by stored-rollup.ts. Invariant: unpacking gives what was packed, or throws when the blob cannot be one of ours.
 */
import type { Histogram } from "../domain/history/histogram.ts";
import type { BlobColumn } from "./blob-column.ts";

/**
 * Which buckets, and whose. Before kinds were told apart it was JSON, buckets were of 5 %, and only correct answers counted.
 * Other buckets, or another rule of what is counted, are another kind: housekeeping then makes them anew (roll-up.ts).
 */
export const KINDS = {
  /** Of domain/history/histogram.ts. */
  answers: 2,
  /** The same of an hour that also holds checks which ended in another one. */
  answersOfSeveralHours: 3,
} as const;

export type HistogramKind = keyof typeof KINDS;

const KIND_OF_CODE: ReadonlyMap<number, HistogramKind> = new Map(
  (["answers", "answersOfSeveralHours"] as const).map((kind) => [KINDS[kind], kind]),
);

export interface PackedHistogram {
  readonly kind: HistogramKind;
  readonly histogram: Histogram;
  /** In 0.1 ms; null when nothing timed out. */
  readonly timeoutTenths: number | null;
}

const HALF = 15;
const SEVEN_BITS = 128;

export function packHistogram({ kind, histogram, timeoutTenths }: PackedHistogram): Uint8Array<ArrayBuffer> {
  const bytes: number[] = [KINDS[kind]];
  putNumber(bytes, timeoutTenths === null ? 0 : timeoutTenths + 1);
  let next = 0;
  histogram.buckets.forEach((bucket, index) => {
    const count = histogram.counts[index] ?? 0;
    const empty = bucket - next;
    bytes.push(Math.min(empty, HALF) * 16 + Math.min(count, HALF));
    if (empty >= HALF) putNumber(bytes, empty - HALF);
    if (count >= HALF) putNumber(bytes, count - HALF);
    next = bucket + 1;
  });
  return Uint8Array.from(bytes);
}

/** A blob as `hex` of SQL says it: of hundreds of small ones a text is a tenth of the garbage. */
export interface HexColumn {
  readonly hex: string;
}

/** The lists of a histogram, to be written over by the next one: those of a year of days are half of the garbage of its chart. */
export interface ReusedLists {
  readonly buckets: number[];
  readonly counts: number[];
}

export const newLists = (): ReusedLists => ({ buckets: [], counts: [] });

/** @param lists what the histogram is written into; it holds until they are used again */
export function unpackHistogram(column: BlobColumn | HexColumn, lists: ReusedLists = newLists()): PackedHistogram {
  const bytes = new ByteReader(column instanceof ArrayBuffer ? new Uint8Array(column) : column);
  const kind = KIND_OF_CODE.get(bytes.next());
  if (kind === undefined) throw new Error("not a histogram of ours");
  const timeout = bytes.number();
  const { buckets, counts } = lists;
  let size = 0;
  let bucket = -1;
  while (!bytes.isAtEnd) {
    const halves = bytes.next();
    const empty = bytes.half(halves >> 4);
    const count = bytes.half(halves & HALF);
    if (count === 0) throw new Error("a bucket of none");
    bucket += 1 + empty;
    buckets[size] = bucket;
    counts[size] = count;
    size += 1;
  }
  // Only now, as an emptied list gives its memory back.
  buckets.length = size;
  counts.length = size;
  return { kind, histogram: lists, timeoutTenths: timeout === 0 ? null : timeout - 1 };
}

function putNumber(bytes: number[], value: number): void {
  let rest = value;
  for (; rest >= SEVEN_BITS; rest = Math.floor(rest / SEVEN_BITS)) bytes.push((rest % SEVEN_BITS) + SEVEN_BITS);
  bytes.push(rest);
}

class ByteReader {
  readonly #bytes: ArrayLike<number> | null;
  readonly #hex: string;
  readonly #length: number;
  #at = 0;

  constructor(source: ArrayLike<number> | HexColumn) {
    const isHex = "hex" in source;
    this.#bytes = isHex ? null : source;
    this.#hex = isHex ? source.hex : "";
    this.#length = isHex ? source.hex.length / 2 : source.length;
  }

  get isAtEnd(): boolean {
    return this.#at >= this.#length;
  }

  next(): number {
    if (this.isAtEnd) throw new Error("a histogram that is cut off");
    const at = this.#at;
    this.#at += 1;
    return this.#bytes === null
      ? digitAt(this.#hex, at * 2) * 16 + digitAt(this.#hex, at * 2 + 1)
      : (this.#bytes[at] ?? 0);
  }

  /** What a half of 15 goes on with, or the half itself. */
  half(value: number): number {
    return value < HALF ? value : HALF + this.number();
  }

  number(): number {
    let value = 0;
    for (let factor = 1; ; factor *= SEVEN_BITS) {
      const byte = this.next();
      value += (byte % SEVEN_BITS) * factor;
      if (byte < SEVEN_BITS) return value;
      if (value > Number.MAX_SAFE_INTEGER) throw new Error("not a number of ours");
    }
  }
}

const LETTER_A = 0x41;
const DIGIT_0 = 0x30;

function digitAt(hex: string, at: number): number {
  const code = hex.charCodeAt(at);
  return code >= LETTER_A ? code - LETTER_A + 10 : code - DIGIT_0;
}

/**
 * A column of small integers as a blob: one byte with the width, then each value in so many bytes, the most significant first.
 * A third of what JSON takes, and still something that SQL can unpack (the view `checks`). Called by sample-block.ts.
 * Invariant: unpackIntegers(packIntegers(values)) equals values, and unpacking throws when the blob cannot be one of ours.
 */
import { toBytes, type BlobColumn } from "./blob-column.ts";

/** 48 bits, beyond any duration. */
const WIDEST = 6;

/** @param values whole numbers from 0 to 2⁴⁸ − 1. Throws on others. */
export function packIntegers(values: readonly number[]): Uint8Array<ArrayBuffer> {
  const width = findWidth(values);
  const bytes = new Uint8Array(1 + values.length * width);
  bytes[0] = width;
  let at = 1;
  for (const value of values) {
    for (let place = width - 1; place >= 0; place -= 1) bytes[at++] = Math.floor(value / 256 ** place);
  }
  return bytes;
}

export function unpackIntegers(column: BlobColumn): number[] {
  const bytes = toBytes(column);
  const width = bytes[0] ?? 0;
  const count = (bytes.length - 1) / width;
  if (width < 1 || width > WIDEST || !Number.isInteger(count)) throw new Error("not packed integers");
  // oxlint-disable-next-line unicorn/no-new-array -- a list that grows leaves twice its size behind
  const values = new Array<number>(count);
  for (let index = 0; index < count; index += 1) {
    const at = 1 + index * width;
    let value = 0;
    for (let place = 0; place < width; place += 1) value = value * 256 + (bytes[at + place] ?? 0);
    values[index] = value;
  }
  return values;
}

function findWidth(values: readonly number[]): number {
  let most = 0;
  for (const value of values) {
    if (!Number.isInteger(value) || value < 0) throw new Error(`cannot be packed: ${value}`);
    if (value > most) most = value;
  }
  for (let width = 1; width <= WIDEST; width += 1) if (most < 256 ** width) return width;
  throw new Error(`cannot be packed: ${most}`);
}

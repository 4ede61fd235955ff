/**
 * FNV-1a, 32 bit (http://www.isthe.com/chongo/tech/comp/fnv/), over UTF-16 code units: a quick hash, not a secure one.
 * Pure; used where a text needs a stable number: grid offsets, cursors, roster ids.
 * Invariant: never changes, because its values are stored and handed out.
 */

const OFFSET_BASIS = 0x811c9dc5;
const PRIME = 0x01000193;

/** Looked up once, not for each kind of string that V8 has: half the time for a body of 500 kB. */
const codeUnitAt = String.prototype.charCodeAt;

/** 0 … 2³²−1. Another `basis` gives an independent hash of the same text. */
export function fnv1a(text: string, basis: number = OFFSET_BASIS): number {
  let hash = basis;
  for (let index = 0; index < text.length; index += 1) {
    hash = Math.imul(hash ^ codeUnitAt.call(text, index), PRIME);
  }
  // Once, at the end: V8 computes with signed 32-bit numbers several times as fast.
  return hash >>> 0;
}

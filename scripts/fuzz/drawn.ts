/**
 * What every generator of the fuzzer draws from and how it goes wrong on purpose: fast-check draws by seed and reduces what fails.
 * Used by values.ts and requests.ts. Knows no HTTP.
 * Invariant: an arbitrary with oddness 0 yields what the API must accept, as far as its document says.
 */
import fc, { type Arbitrary } from "fast-check";
import type { Harvest } from "./harvest.ts";
import { NAMES } from "./hostile-values.ts";

export interface Source {
  readonly harvest: Harvest;
  /** 0..1: the share of decisions that go wrong. */
  readonly oddness: number;
  /** Around which instants lie, epoch ms. */
  readonly nowMs: number;
}

/** `odd` for that share of what is drawn, else `right`, to which a failing case is reduced where it still fails. */
export function mostly<Value>(share: number, right: Arbitrary<Value>, odd: Arbitrary<Value>): Arbitrary<Value> {
  const weight = Math.round(share * 1_000);
  if (weight === 0) return right;
  return fc.oneof({ withCrossShrink: true }, { weight: 1_000 - weight, arbitrary: right }, { weight, arbitrary: odd });
}

type Dent = (text: string, at: number, put: { readonly letter: string; readonly name: string }) => string;

const DENTS: readonly Dent[] = [
  (text, at) => text.slice(0, at),
  (text, at, { letter }) => text.slice(0, at) + letter + text.slice(at + 1),
  (text, at, { name }) => text.slice(0, at) + name + text.slice(at),
  (text) => (text === text.toUpperCase() ? text.toLowerCase() : text.toUpperCase()),
  (text) => text + text,
  (text) => ` ${text}`,
  (text) => `${text}\n`,
];

/** A text with one thing wrong. */
export function dented(texts: Arbitrary<string>): Arbitrary<string> {
  const letters = fc.integer({ min: 33, max: 126 }).map((code) => String.fromCharCode(code));
  return fc
    .tuple(texts, fc.constantFrom(...DENTS), fc.nat(), letters, fc.constantFrom(...NAMES))
    .map(([text, dent, at, letter, name]) => dent(text, at % (text.length + 1), { letter, name }));
}

const SKEW = 10_000;

/** From `least` to `most`, small ones much more often: what is large is slow, and one in a hundred of it is enough. */
export function skewed(least: number, most: number): Arbitrary<number> {
  return fc.nat(SKEW).map((drawn) => {
    const share = (drawn / SKEW) ** 2;
    return Math.min(most, least + Math.round((most - least + 1) ** share - 1));
  });
}

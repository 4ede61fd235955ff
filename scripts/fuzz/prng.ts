/**
 * Random choices that a seed repeats: request number i of a seed is drawn from its own stream, whatever came before.
 * Used by every generator of the fuzzer. Knows nothing of what is chosen. mulberry32, because ten lines do here.
 * Invariant: the same seed and index give the same choices; nothing else in this folder is random.
 */
export class Prng {
  #state: number;

  constructor(seed: number, index = 0) {
    // Neighbouring indices must not give neighbouring streams.
    this.#state = (Math.imul(seed ^ 0x9e3779b9, 0x85ebca6b) ^ Math.imul(index + 1, 0xc2b2ae35)) >>> 0;
    this.real();
  }

  /** 0 ≤ x < 1 */
  real(): number {
    this.#state = (this.#state + 0x6d2b79f5) >>> 0;
    let mixed = this.#state;
    mixed = Math.imul(mixed ^ (mixed >>> 15), mixed | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  }

  /** A whole number from `least` to `most`, both included. */
  int(least: number, most: number): number {
    return least + Math.floor(this.real() * (most - least + 1));
  }

  chance(probability: number): boolean {
    return this.real() < probability;
  }

  /** Throws for an empty list. */
  pick<Item>(items: readonly Item[]): Item {
    const item = items[this.int(0, items.length - 1)];
    if (items.length === 0) throw new Error("nothing to pick from");
    return item as Item; // the index is within the list
  }

  /** One of the keys, each as often as its weight says. */
  weighted<Key extends string>(weights: Readonly<Record<Key, number>>): Key {
    const entries = Object.entries<number>(weights) as [Key, number][]; // a record's own keys
    let left = this.real() * entries.reduce((sum, [, weight]) => sum + weight, 0);
    for (const [key, weight] of entries) if ((left -= weight) < 0) return key;
    return entries[0]?.[0] as Key; // rounding only
  }

  /** Up to `most` bytes. */
  bytes(most: number): Buffer {
    return Buffer.from(Array.from({ length: this.int(0, most) }, () => this.int(0, 255)));
  }
}

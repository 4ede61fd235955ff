/**
 * How often something may be done: a token bucket for each who does it. The guard asks it.
 * Pure but for what it remembers, which is bounded. Invariant: who is told to wait so long and does so is let in.
 */
export interface Rate {
  /** At once, by who has done nothing for a while. */
  readonly burst: number;
  readonly perSecond: number;
}

/** Whoever is forgotten begins with a full bucket: only an attacker with as many names gains by it. */
const MOST_REMEMBERED = 1_000;

interface Bucket {
  readonly left: number;
  readonly atMs: number;
}

export class RateLimiter {
  readonly #rate: Rate;
  /** The one that was asked for longest ago first. */
  readonly #buckets = new Map<string, Bucket>();

  constructor(rate: Rate) {
    this.#rate = rate;
  }

  /** 0 when `who` may do it now, which counts; else in how many whole seconds. */
  take(who: string, nowMs: number): number {
    const { burst, perSecond } = this.#rate;
    const { left, atMs } = this.#buckets.get(who) ?? { left: burst, atMs: nowMs };
    const filled = Math.min(burst, left + (Math.max(0, nowMs - atMs) / 1_000) * perSecond);
    const isFree = filled >= 1;
    this.#buckets.delete(who);
    this.#buckets.set(who, { left: isFree ? filled - 1 : filled, atMs: nowMs });
    for (const oldest of this.#buckets.keys()) {
      if (this.#buckets.size <= MOST_REMEMBERED) break;
      this.#buckets.delete(oldest);
    }
    return isFree ? 0 : Math.ceil((1 - filled) / perSecond);
  }
}

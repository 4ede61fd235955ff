/**
 * How many probes run at the same time. What is due while all slots are taken waits for the next free one: critical services first.
 * Used by the probe loop. Knows no service.
 * Invariants: nobody starves, as being critical is worth a head start only; whoever has waited begins its deadline when it begins.
 */

/** A critical service goes before others that became due up to so much earlier. */
const CRITICAL_HEAD_START_MS = 30_000;

interface Waiting {
  readonly rankMs: number;
  readonly begin: () => void;
}

export interface Due {
  readonly critical: boolean;
  /** When the probe became due, in ms of a clock that is not set. */
  readonly dueMs: number;
}

export class ProbeSlots {
  #limit: number;
  #taken = 0;
  /** In the order in which they became due. */
  readonly #waiting: Waiting[] = [];

  /** @param limit probes at the same time, ≥ 1 */
  constructor(limit: number) {
    this.#limit = limit;
  }

  setLimit(limit: number): void {
    this.#limit = limit;
    this.#fill();
  }

  /** Calls `work` when there is room; settles as `work` does. */
  async use<T>({ critical, dueMs }: Due, work: () => Promise<T>): Promise<T> {
    if (this.#taken < this.#limit) this.#taken += 1;
    else {
      await new Promise<void>((begin) => {
        this.#waiting.push({ rankMs: critical ? dueMs - CRITICAL_HEAD_START_MS : dueMs, begin });
      });
    }
    try {
      return await work();
    } finally {
      this.#taken -= 1;
      this.#fill();
    }
  }

  #fill(): void {
    while (this.#taken < this.#limit) {
      const next = takeFirst(this.#waiting);
      if (!next) return;
      this.#taken += 1;
      next.begin();
    }
  }
}

/** Removes the one of lowest rank; of equal ones the one that came first. */
function takeFirst(waiting: Waiting[]): Waiting | undefined {
  let best = 0;
  for (const [index, { rankMs }] of waiting.entries()) if (rankMs < (waiting[best]?.rankMs ?? Infinity)) best = index;
  return waiting.splice(best, 1)[0];
}

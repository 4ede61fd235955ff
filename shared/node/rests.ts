/**
 * When the job thread rests, so that the thread that probes is as quick beside it as without it.
 * Called by serve-jobs.ts. Invariant: however long there is work, the thread rests for most of the time.
 */

/**
 * A commit that finds the database locked looks again after 1, 2, 5, 10, 15 and 20 ms (SQLite's busy handler), blocking the
 * main thread. Were the lock free for less than such a step between two of our writes, it could miss every gap.
 */
const SHORTEST_MS = 20;

/**
 * What the thread does costs the other one its share of the caches, the memory bus and the disk: with rests of 20 ms the longest delay
 * while a day of 1,000 services was rolled up was some 10 ms longer than without that, with these it is the same (2 cores, Nov 2026).
 */
const TIMES_THE_WORK = 10;
const LONGEST_MS = 1_000;

/** Of reading and computing, before it is time to rest: shorter than what a commit beside it takes. */
const LONGEST_WORK_MS = 4;

interface Time {
  /** Monotonic, milliseconds. */
  nowMs(): number;
  sleep(ms: number): Promise<unknown>;
}

export interface Rests {
  /** Work begins now: what was before was no work. */
  begin(): void;
  /** To be awaited after each write. Resolves after a rest. */
  afterWrite(): Promise<void>;
  /** To be awaited within long reads. Resolves at once where there was little work since the last rest, else after one. */
  pause(): Promise<void>;
}

export function createRests({ nowMs, sleep }: Time): Rests {
  let restedAtMs = nowMs();
  const begin = (): void => void (restedAtMs = nowMs());
  const rest = async (): Promise<void> => {
    const workedMs = nowMs() - restedAtMs;
    await sleep(Math.min(Math.max(SHORTEST_MS, workedMs * TIMES_THE_WORK), LONGEST_MS));
    begin();
  };
  return {
    begin,
    afterWrite: rest,
    async pause() {
      if (nowMs() - restedAtMs >= LONGEST_WORK_MS) await rest();
    },
  };
}

/**
 * Tries case after case of one lane, and has fast-check look for the smallest one wherever a rule is broken for the first time.
 * Called by run.ts. Knows nothing of HTTP.
 * Invariant: what fast-check makes of a failure only changes the example; every case that was drawn counts, also after a failure.
 */
import fc, { type Arbitrary } from "fast-check";
import type { Failed, Report } from "./report.ts";

/** Sends some requests on one connection; resolves with what is wrong with the answers. */
export type Ask<Request> = (together: readonly Request[]) => Promise<readonly Failed[]>;

interface Lane<Request> {
  readonly report: Report;
  /** Another one for each of those that run side by side, which must not draw the same. */
  readonly seed: string;
  /** Of requests, of which a case holds one or some. */
  readonly count: number;
  readonly cases: Arbitrary<readonly Request[]>;
  readonly ask: Ask<Request>;
  readonly signal: AbortSignal | undefined;
}

/** Cases that fast-check draws in one go: it makes early ones of a go small and edgy, later ones larger. */
const GO = 200;
/** Enough for any request; a case that takes its time at each try is then simply shown less small. */
const MOST_TRIES = 300;
const MOST_HUNT_MS = 15_000;

class RuleBroken extends Error {}

export async function explore<Request>({ report, seed, count, cases, ask, signal }: Lane<Request>): Promise<void> {
  let done = 0;
  for (let go = 0; done < count && !signal?.aborted; go += 1) {
    let hunted: string | null = null;
    let triesLeft = MOST_TRIES;
    let endMs = Infinity;
    /** Rejects for the first case that breaks a new rule, and then for every smaller one that still does. */
    const trial = async (one: readonly Request[]): Promise<void> => {
      if (signal?.aborted) return;
      if (hunted === null) {
        if (done >= count) return;
        done += one.length;
        hunted = report.failed(await ask(one));
        endMs = performance.now() + MOST_HUNT_MS;
        if (hunted === null) return;
      } else {
        triesLeft -= 1;
        if (triesLeft < 0 || performance.now() > endMs) return;
        const smaller = (await ask(one)).find(({ rule }) => rule === hunted);
        if (!smaller) return;
        report.reduced(smaller);
      }
      throw new RuleBroken(hunted);
    };
    const settings = { seed: fc.hash(`${seed} ${go}`), numRuns: GO };
    const { errorInstance } = await fc.check(fc.asyncProperty(cases, trial), settings);
    if (errorInstance !== null && !(errorInstance instanceof RuleBroken))
      throw new Error("the fuzzer itself failed", { cause: errorInstance });
  }
}

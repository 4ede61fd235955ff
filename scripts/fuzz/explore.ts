/**
 * Tries case after case of one lane, and has fast-check look for the smallest one wherever a rule is broken for the first time.
 * Called by run.ts. Knows nothing of HTTP.
 * Invariant: what fast-check makes of a failure only changes the example; every case that was drawn counts, also after a failure.
 */
import fc, { type Arbitrary } from "fast-check";
import type { Failed, Report } from "./report.ts";

export interface Lane<Case> {
  readonly report: Report;
  readonly seed: number;
  /** Among those that run side by side, which must not draw the same. */
  readonly lane: number;
  readonly count: number;
  readonly cases: Arbitrary<Case>;
  /** Resolves with what is wrong with the answers. */
  ask(one: Case): Promise<readonly Failed[]>;
  /** True when somebody does not want to wait any longer. */
  isOver(): boolean;
}

/** Cases that fast-check draws in one go: it makes early ones of a go small and edgy, later ones larger. */
const GO = 200;
/** Enough for any request; a case that takes its time at each try is then simply shown less small. */
const MOST_TRIES = 300;
const MOST_HUNT_MS = 15_000;

class RuleBroken extends Error {}

export async function explore<Case>(plan: Lane<Case>): Promise<void> {
  const { cases, seed, lane, count, isOver } = plan;
  let done = 0;
  for (let go = 0; done < count && !isOver(); go += 1) {
    const tried = trial(plan, () => (done += 1));
    const settings = { seed: mixed(seed, lane, go), numRuns: Math.min(GO, count - done) };
    const { errorInstance } = await fc.check(fc.asyncProperty(cases, tried), settings);
    if (errorInstance !== null && !(errorInstance instanceof RuleBroken))
      throw new Error("the fuzzer itself failed", { cause: errorInstance });
  }
}

/** Rejects for the first case that breaks a new rule, and then for every smaller one that still does. */
function trial<Case>({ report, ask, isOver }: Lane<Case>, drawn: () => void): (one: Case) => Promise<void> {
  let hunted: string | null = null;
  let triesLeft = MOST_TRIES;
  let endMs = Infinity;
  return async (one) => {
    if (isOver()) return;
    if (hunted === null) {
      drawn();
      hunted = report.failed(await ask(one));
      endMs = performance.now() + MOST_HUNT_MS;
      if (hunted !== null) throw new RuleBroken(hunted);
    } else if (triesLeft > 0 && performance.now() < endMs) {
      triesLeft -= 1;
      const smaller = (await ask(one)).find(({ rule }) => rule === hunted);
      if (!smaller) return;
      report.reduced(smaller);
      throw new RuleBroken(hunted);
    }
  };
}

/** Neighbouring seeds must not give neighbouring streams. */
function mixed(seed: number, lane: number, go: number): number {
  return Math.imul(
    Math.imul(seed ^ 0x9e3779b9, 0x85ebca6b) ^ Math.imul(lane * 65_537 + go + 1, 0xc2b2ae35),
    0x27d4eb2f,
  );
}

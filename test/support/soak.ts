/**
 * How much a test does that proves the more the longer it runs: a little with `npm test`, all of it with `npm run soak`.
 * Invariant: what is asserted is the same in both.
 */
import { TEST_LIMIT_MS } from "./time-limits.ts";

const isSoak = process.env["SOAK"] !== undefined;

export function times<Amount>(usual: Amount, soak: Amount): Amount {
  return isSoak ? soak : usual;
}

/** For tests whose count follows `times`. */
export const SOAK_LIMIT_MS = isSoak ? 30 * TEST_LIMIT_MS : TEST_LIMIT_MS;

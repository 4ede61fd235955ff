/**
 * Turns a program that can ask a target once into one that tells what asking costs.
 * The probe programs in this folder call it with their one way of asking.
 * Invariant: the process does nothing else, so its CPU time, garbage collection and all, is the cost of the calls.
 */
import { obey } from "./obey.ts";

/** Calls on their way at any time, unless an order says otherwise. */
export const CONCURRENCY = 50;

export interface CallOrder {
  readonly count: number;
  readonly concurrency?: number;
}

export interface CallCost {
  readonly cpuUsPerCall: number;
  /** Of all calls together. */
  readonly wallMs: number;
}

export function measureCalls(callOnce: () => Promise<void>): void {
  obey(async ({ count, concurrency = CONCURRENCY }: CallOrder): Promise<CallCost> => {
    const before = process.cpuUsage();
    const startMs = performance.now();
    let begun = 0;
    const callInTurn = async (): Promise<void> => {
      while (begun < count) {
        begun += 1;
        await callOnce();
      }
    };
    await Promise.all(Array.from({ length: concurrency }, callInTurn));
    const { user, system } = process.cpuUsage(before);
    return { cpuUsPerCall: (user + system) / count, wallMs: performance.now() - startMs };
  });
}

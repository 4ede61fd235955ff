/**
 * Turns of the event loop: one caller a turn, a few milliseconds each, and the poll for sockets and timers in between.
 * Invariant: however many callers wait, only one of them goes on between two looks at sockets and timers.
 */
import type { Turns } from "../ports/turns.ts";

/** A probe passes some five turns of the loop (connected, sent, head, body): its time may grow by no more than 10 ms. */
const TURN_MS = 2;

/** A page of history may take 10 MB while it is made. */
const MOST_AT_ONCE = 3;

/** Whoever would wait longer than some ten seconds had better ask again. */
const MOST_WAITING = 50;

export function createEventLoopTurns(): Turns {
  const paused: (() => void)[] = [];
  const waiting: (() => void)[] = [];
  let underWay = 0;
  let turnEndsMs = -Infinity;
  let isScheduled = false;

  const schedule = (): void => {
    if (isScheduled || paused.length === 0) return;
    isScheduled = true;
    setImmediate(nextTurn);
  };
  const nextTurn = (): void => {
    isScheduled = false;
    turnEndsMs = performance.now() + TURN_MS;
    paused.shift()?.();
    schedule();
  };
  const queue = (): Promise<void> => {
    const turn = new Promise<void>((resolve) => paused.push(resolve));
    schedule();
    return turn;
  };

  return {
    async run(work) {
      if (waiting.length >= MOST_WAITING) return null;
      if (underWay >= MOST_AT_ONCE) await new Promise<void>((resolve) => waiting.push(resolve));
      else underWay += 1;
      try {
        // Also within a turn: whoever came first and waits for the next one must not be overtaken.
        await queue();
        return await work();
      } finally {
        const next = waiting.shift();
        if (next) next();
        else underWay -= 1;
      }
    },
    async pause() {
      if (performance.now() >= turnEndsMs) await queue();
    },
    next: () => new Promise((resolve) => void setImmediate(resolve)),
  };
}

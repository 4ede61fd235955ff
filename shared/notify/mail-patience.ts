/**
 * How long a mail server may take at each stage of a session: what RFC 5321 §4.5.3.2 asks of clients. Who gives up earlier sends a
 * second copy of what a busy server was about to take.
 * Used by smtp-session.ts, and by email.ts for what all of it may take. Invariant: there is always a limit.
 */
import type { Clock } from "../ports/clock.ts";

const MINUTE_MS = 60_000;

/** In the order of a session. That of a TCP connection is no stage of the protocol: who is not there is asked again soon. */
const STAGE_LIMITS_MS = {
  connection: 10_000,
  greeting: 5 * MINUTE_MS,
  commands: 5 * MINUTE_MS,
  /** The last block, and the answer to its end. */
  message: 10 * MINUTE_MS,
} as const;

export type Stage = keyof typeof STAGE_LIMITS_MS;

export const LONGEST_SESSION_MS = Object.values(STAGE_LIMITS_MS).reduce((sum, each) => sum + each, 0);

export interface Patience {
  /** The stage that begins; it ends the one before. */
  enter(stage: Stage): void;
  end(): void;
}

/** @param timeoutMs of all stages together */
export function limitStages(clock: Clock, timeoutMs: number, onLate: () => void): Patience {
  const startedMs = clock.monotonicMs();
  let cancel = (): void => {};
  return {
    enter(stage) {
      cancel();
      const leftMs = timeoutMs - (clock.monotonicMs() - startedMs);
      cancel = clock.after(Math.max(0, Math.min(leftMs, STAGE_LIMITS_MS[stage])), onLate);
    },
    end: () => cancel(),
  };
}

/**
 * What a host does again and again, on its own clock. Used by the Node host; on Workers cron does this.
 */
import type { Clock } from "../../shared/ports/clock.ts";

/** Calls `run` each time `periodMs` has passed, until the returned function is called. */
export function every(clock: Pick<Clock, "after">, periodMs: () => number, run: () => void): () => void {
  const again = (): void => {
    cancel = clock.after(periodMs(), again);
    run();
  };
  let cancel = clock.after(periodMs(), again);
  return () => cancel();
}

/**
 * When to look at the last commit again, for whoever waits for what it will say.
 * Endpoints that wait call it; a runtime that stays alive is woken by its own commits, one that does not looks from time to time.
 * Invariant: who reads `version` first, then looks, then waits for a newer one misses nothing, whatever happens in between.
 */
import type { Snapshot } from "./store.ts";

export interface CommitSignal {
  /** Another number whenever there may be something new; to be read before looking. */
  readonly version: number;
  /** True: who waits is to be answered now, as the process is about to end. */
  readonly hasEnded: boolean;
  /** The longest that one answer may take, ms. */
  readonly longestMs: { readonly wait: number; readonly stream: number };
  /** How many may wait or listen at the same time; null: as many as the limits of connections allow. */
  readonly most: number | null;

  /** There is something new that no commit has brought, such as a mark. */
  wake(): void;

  /**
   * Resolves when the version is another one than `seen`, when `ms` have passed, when the client has gone or the process is about to
   * end, whichever comes first; at once when that is so already. Never rejects. It may resolve early: look, and wait again.
   */
  next(seen: number, ms: number, who: Waiting): Promise<void>;
}

export interface Waiting {
  /** Aborted when the client has gone. */
  readonly signal: Departure;
  /** False for a commit that there is no need to wake for, so that thousands who wait for one that is rare are left alone. Default: all. */
  concerns?(snapshot: Snapshot): boolean;
}

/** What of an AbortSignal is needed to hear that the client has gone. */
interface Departure {
  readonly aborted: boolean;
  addEventListener(type: "abort", listener: () => void): void;
  removeEventListener(type: "abort", listener: () => void): void;
}

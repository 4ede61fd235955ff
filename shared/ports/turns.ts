/**
 * Sharing one thread between long work and what must not wait: probes, commits, short answers.
 * The history endpoints and the store's readers call it; a runtime with one thread for everything implements it.
 * Invariant: between two turns the thread looks after everything else that is due.
 */
export interface Turns {
  /**
   * Runs `work` in its turn, first come first served; a few at most are under way at once, the others wait, so that what is
   * half done stays small. Settles as `work` does; null without having begun it when too many wait already.
   */
  run<Result>(work: () => Promise<Result>): Promise<Result | null>;

  /**
   * To be awaited within long work, before each piece of at most a millisecond. Resolves at once while the turn lasts, else
   * when it is this caller's turn again. Never rejects.
   */
  pause(): Promise<void>;
  /** Resolves in a later turn, whoever else waits: for much that is short. Never rejects. */
  next(): Promise<void>;
}

/**
 * Time as a dependency. Runtimes implement it, tests move it by hand; nothing below the runtimes reads a clock by itself.
 * Invariant: durations come from `monotonicMs` only; `nowMs` may jump at any moment.
 */
export interface Clock {
  /** What is stored, shown and decided by: wall time in epoch ms, UTC. May step back or forward. */
  nowMs(): number;
  /** What the clocks of others say, as far as the machine knows: for signatures and what expires. Epoch ms; may step back or forward. */
  wallMs(): number;
  /** False while nobody has set the machine's clock, so that no certificate can be judged by it. */
  isSet(): boolean;
  /** Milliseconds since an arbitrary start, with fractions; never goes back. */
  monotonicMs(): number;
  /** Resolves after at least `ms`; never rejects. */
  sleep(ms: number): Promise<void>;
  /** Calls `run` once after at least `ms` unless the returned function is called before; does not keep a process alive. */
  after(ms: number, run: () => void): () => void;
}

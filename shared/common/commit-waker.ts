/**
 * Wakes whoever waits for a commit, in the process that makes it.
 * Implements the port CommitSignal where a process stays alive; the monitor calls `wake` with each commit and `end` before it stops.
 * Invariants: a commit that nobody waits for costs a number; one that a thousand wait for gives the event loop back again and again.
 */
import type { Clock } from "../ports/clock.ts";
import type { CommitSignal, Waiting } from "../ports/commit-signal.ts";
import type { Snapshot } from "../ports/store.ts";

/** An answer or an event takes some 40 µs: a probe that ends meanwhile is noticed 2 ms later at most. */
const WOKEN_A_TURN = 50;

interface Waiter {
  readonly seen: number;
  readonly resume: () => void;
  readonly who: Waiting;
}

interface WakerOptions {
  readonly clock: Pick<Clock, "after">;
  /** Resolves in a later turn of the event loop. */
  nextTurn(): Promise<void>;
}

export class CommitWaker implements CommitSignal {
  readonly longestMs = { wait: 300_000, stream: 3_600_000 };
  readonly most = null;
  readonly #options: WakerOptions;
  /** Who has waited longest comes first. */
  readonly #waiters = new Set<Waiter>();
  #version = 0;
  #hasEnded = false;
  #isWaking = false;
  /** Null: everybody is to be woken, for it is not a commit that brings the news. */
  #newest: Snapshot | null = null;

  constructor(options: WakerOptions) {
    this.#options = options;
  }

  get version(): number {
    return this.#version;
  }

  get hasEnded(): boolean {
    return this.#hasEnded;
  }

  /** How many wait now. */
  get waiting(): number {
    return this.#waiters.size;
  }

  wake(): void {
    this.#tell(null);
  }

  /** There is a new commit. */
  wakeFor(snapshot: Snapshot): void {
    this.#tell(snapshot);
  }

  /** Wakes everybody, and lets nobody wait any more. */
  end(): void {
    this.#hasEnded = true;
    this.wake();
  }

  next(seen: number, ms: number, who: Waiting): Promise<void> {
    const { signal } = who;
    if (seen !== this.#version || this.#hasEnded || signal.aborted) return Promise.resolve();
    return new Promise((resolve) => {
      const resume = (): void => {
        this.#waiters.delete(waiter);
        cancel();
        signal.removeEventListener("abort", resume);
        resolve();
      };
      const waiter = { seen, resume, who };
      const cancel = this.#options.clock.after(ms, resume);
      signal.addEventListener("abort", resume);
      this.#waiters.add(waiter);
    });
  }

  #tell(snapshot: Snapshot | null): void {
    this.#version += 1;
    if (this.#waiters.size === 0) return;
    // What is told to everybody is not forgotten for a commit that comes while it is.
    if (!this.#isWaking || this.#newest) this.#newest = snapshot;
    if (!this.#isWaking) void this.#wakeAll();
  }

  async #wakeAll(): Promise<void> {
    this.#isWaking = true;
    for (let version = -1; version !== this.#version;) {
      version = this.#version;
      await this.#wakeOlderThan(version);
    }
    this.#isWaking = false;
  }

  async #wakeOlderThan(version: number): Promise<void> {
    let woken = 0;
    for (const { seen, resume, who } of this.#waiters) {
      if (seen >= version || (this.#newest && who.concerns?.(this.#newest) === false)) continue;
      resume();
      woken += 1;
      if (woken % WOKEN_A_TURN === 0) await this.#options.nextTurn();
    }
  }
}

/**
 * A clock that moves only when a test says so. Wall and monotonic time can move apart, as they do on a real machine.
 */
import { isSet } from "../../shared/domain/monitoring/clock-lead.ts";
import type { Clock } from "../../shared/ports/clock.ts";

interface Timer {
  readonly dueMs: number;
  readonly run: () => void;
}

export class FakeClock implements Clock {
  #monotonicMs = 0;
  #wallMs: number;
  #timers: Timer[] = [];

  constructor(wallMs: number) {
    this.#wallMs = wallMs;
  }

  nowMs(): number {
    return this.#wallMs;
  }

  wallMs(): number {
    return this.#wallMs;
  }

  isSet(): boolean {
    return isSet(this.#wallMs);
  }

  monotonicMs(): number {
    return this.#monotonicMs;
  }

  sleep(ms: number): Promise<void> {
    return new Promise((resolve) => this.after(ms, resolve));
  }

  after(ms: number, run: () => void): () => void {
    const timer = { dueMs: this.#monotonicMs + ms, run };
    this.#timers.push(timer);
    return () => {
      this.#timers = this.#timers.filter((each) => each !== timer);
    };
  }

  /** Lets `ms` pass: timers run in order at their own time, and what they start gets a turn before the next. */
  async advance(ms: number): Promise<void> {
    const endMs = this.#monotonicMs + ms;
    await settle();
    for (let next = this.#nextBy(endMs); next; next = this.#nextBy(endMs)) {
      this.#moveTo(Math.max(next.dueMs, this.#monotonicMs));
      this.#timers = this.#timers.filter((each) => each !== next);
      next.run();
      await settle();
    }
    this.#moveTo(endMs);
    await settle();
  }

  /** The process does not run for `ms` (SIGSTOP): time passes at once, then whatever is due runs late. */
  async pause(ms: number): Promise<void> {
    this.#moveTo(this.#monotonicMs + ms);
    await this.advance(0);
  }

  /** The wall clock is set; monotonic time does not notice. */
  stepWall(ms: number): void {
    this.#wallMs += ms;
  }

  get pendingTimers(): number {
    return this.#timers.length;
  }

  #nextBy(endMs: number): Timer | undefined {
    return this.#timers.filter(({ dueMs }) => dueMs <= endMs).sort((left, right) => left.dueMs - right.dueMs)[0];
  }

  #moveTo(monotonicMs: number): void {
    this.#wallMs += monotonicMs - this.#monotonicMs;
    this.#monotonicMs = monotonicMs;
  }
}

/** Lets promises finish what they have begun; no time passes. Nothing under a fake clock uses the thread pool. */
async function settle(): Promise<void> {
  for (let turn = 0; turn < 8; turn += 1) await new Promise((resolve) => setImmediate(resolve));
}

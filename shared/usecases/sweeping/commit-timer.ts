/**
 * When a committer commits by itself: soon after something came, not too often, and when time alone changes alerts.
 * Used by the committer. Invariant: however far away the instant of an alert is, and however the wall clock is set, it is not missed.
 */
import type { Clock } from "../../ports/clock.ts";
import type { CommitPolicy } from "./commit-policy.ts";

/** Node's timers take 24.8 days at most. */
const LONGEST_TIMER_MS = 86_400_000;

export class CommitTimer {
  readonly #clock: Clock;
  readonly #policy: Pick<CommitPolicy, "collectMs" | "gapMs">;
  readonly #commit: () => void;
  #beganMs = -Infinity;
  #isWaiting = false;
  #cancelCommit = (): void => {};
  /** When time alone will change alerts, on the monotonic clock. */
  #alertsDueMs = Infinity;
  #cancelAlarm = (): void => {};
  #hasEnded = false;

  constructor(clock: Clock, policy: Pick<CommitPolicy, "collectMs" | "gapMs">, commit: () => void) {
    this.#clock = clock;
    this.#policy = policy;
    this.#commit = commit;
  }

  get alertsAreDue(): boolean {
    return this.#clock.monotonicMs() >= this.#alertsDueMs;
  }

  /** Something waits for a commit. */
  wake(): void {
    if (this.#isWaiting || this.#hasEnded) return;
    this.#isWaiting = true;
    this.#cancelCommit();
    const gapMs = this.#beganMs + this.#policy.gapMs - this.#clock.monotonicMs();
    this.#cancelCommit = this.#clock.after(Math.max(gapMs, this.#policy.collectMs), this.#commit);
  }

  /** A commit begins: what comes from now on waits for the next one. `isSweep`: that one keeps its distance from this. */
  begin({ isSweep }: { readonly isSweep: boolean }): void {
    this.#isWaiting = false;
    if (isSweep) this.#beganMs = this.#clock.monotonicMs();
  }

  /** Alerts are due at this instant (epoch ms; Infinity for none) and at no other. */
  awaitAlerts(dueMs: number): void {
    this.#alertsDueMs = this.#clock.monotonicMs() + dueMs - this.#clock.nowMs();
    this.#watch();
  }

  end(): void {
    this.#hasEnded = true;
    this.#cancelCommit();
    this.#cancelAlarm();
  }

  #watch(): void {
    this.#cancelAlarm();
    if (this.#alertsDueMs === Infinity || this.#hasEnded) return;
    const waitMs = Math.max(0, Math.min(this.#alertsDueMs - this.#clock.monotonicMs(), LONGEST_TIMER_MS));
    this.#cancelAlarm = this.#clock.after(waitMs, () => (this.alertsAreDue ? this.wake() : this.#watch()));
  }
}

/**
 * Delivering on a runtime that stays alive: at once when a commit has something to tell, and again when something is due.
 * Made by the Node runtime. Calls the deliverer; Workers call that themselves at the end of a round.
 * Invariant: whatever fails, it looks again.
 */
import type { Clock } from "../../ports/clock.ts";
import type { Log } from "../../ports/log.ts";
import type { Deliverer } from "./deliverer.ts";

/** Another process on the same database may have stored something and died. */
const LOOK_EVERY_MS = 30_000;

/** A process has some seconds to end, the last commit included. */
const STOP_WITHIN_MS = 1_500;

const AFTER_FAULT_MS = 1_000;

export class DeliveryLoop {
  readonly #deliverer: Pick<Deliverer, "deliverDue" | "stop">;
  readonly #clock: Clock;
  readonly #log: Log;
  #cancel = (): void => {};
  #stopped = false;
  #hasFailed = false;

  constructor(
    deliverer: Pick<Deliverer, "deliverDue" | "stop">,
    { clock, log }: { readonly clock: Clock; readonly log: Log },
  ) {
    this.#deliverer = deliverer;
    this.#clock = clock;
    this.#log = log;
  }

  /** Looks at once. Never throws. */
  wake(): void {
    if (this.#stopped) return;
    this.#cancel();
    this.#cancel = (): void => {};
    void this.#run();
  }

  /** Resolves when deliveries under way have ended, or cannot be waited for: then they are repeated after the next start. */
  async stop(): Promise<void> {
    this.#stopped = true;
    this.#cancel();
    await Promise.race([this.#deliverer.stop(), this.#clock.sleep(STOP_WITHIN_MS)]);
  }

  async #run(): Promise<void> {
    let waitMs = AFTER_FAULT_MS;
    try {
      const dueMs = await this.#deliverer.deliverDue();
      waitMs = Math.min(Math.max(dueMs - this.#clock.nowMs(), 1), LOOK_EVERY_MS);
      this.#hasFailed = false;
    } catch (error) {
      if (!this.#hasFailed) this.#log.write("error", "the outbox does not work", { error: String(error) });
      this.#hasFailed = true;
    }
    if (this.#stopped) return;
    this.#cancel();
    this.#cancel = this.#clock.after(waitMs, () => this.wake());
  }
}

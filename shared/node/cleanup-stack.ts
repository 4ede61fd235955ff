/**
 * What has been started and must be ended, last first.
 * Used by functions/runtimes/node-runtime.ts. Invariant: each step runs once, and one that fails does not keep the others from running.
 */
export class CleanupStack {
  #steps: (() => unknown)[] = [];

  push(step: () => unknown): void {
    this.#steps.push(step);
  }

  /** Never rejects. */
  async run(): Promise<void> {
    for (const step of this.#steps.splice(0).reverse()) {
      try {
        await step();
      } catch {
        // Everything else must still end; the process is on its way out.
      }
    }
  }
}

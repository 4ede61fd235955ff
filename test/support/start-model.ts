/**
 * Whether a service starts again and again, written down a second time and in another way: every finding is kept, and looked through.
 * Used by the model-based test of alerting and by its ledger. Instants are ms of any clock that is never set.
 * Invariant: shares no code with `shared/domain/alerting/crash-loop.ts`.
 */
export class StartModel {
  readonly #graceMs: number;
  readonly #findings: { readonly atMs: number; readonly isStarting: boolean }[] = [];

  constructor(graceMs: number) {
    this.#graceMs = graceMs;
  }

  find(isStarting: boolean, atMs: number): void {
    this.#findings.push({ atMs, isStarting });
  }

  /** More than one start, none a grace after the one before, the first of them a grace ago. */
  isLooping(nowMs: number): boolean {
    let [firstMs, lastMs, breaks] = [Infinity, -Infinity, 0];
    let wasStarting = false;
    for (const { atMs, isStarting } of this.#findings) {
      if (isStarting && atMs - lastMs >= this.#graceMs) [firstMs, breaks] = [atMs, 0];
      else if (isStarting && !wasStarting) breaks += 1;
      if (isStarting) lastMs = atMs;
      wasStarting = isStarting;
    }
    return breaks > 0 && nowMs - lastMs < this.#graceMs && nowMs - firstMs >= this.#graceMs;
  }
}

/**
 * Counts what is under way and tells when nothing is: then only time can make something happen.
 * Used by processes/whole-pipeline.ts around the probes. Knows nothing of what it counts.
 * Invariant: an end is counted however it comes, as a result or as an error.
 */
export class UnderWay {
  #count = 0;
  #waiting: (() => void)[] = [];

  get count(): number {
    return this.#count;
  }

  /** `start`, with every call of it counted until it settles. */
  counted<Argument, Result>(start: (argument: Argument) => Promise<Result>): (argument: Argument) => Promise<Result> {
    return async (argument) => {
      this.#count += 1;
      try {
        return await start(argument);
      } finally {
        this.#end();
      }
    };
  }

  /** Resolves at once when nothing is under way, else when that is so. */
  none(): Promise<void> {
    if (this.#count === 0) return Promise.resolve();
    return new Promise((resolve) => this.#waiting.push(resolve));
  }

  #end(): void {
    this.#count -= 1;
    if (this.#count > 0) return;
    for (const resolve of this.#waiting.splice(0)) resolve();
  }
}

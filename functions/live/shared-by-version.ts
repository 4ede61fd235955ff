/**
 * What many ask at the same time and is found once: kept until there may be something new.
 * Used by shared-outlooks.ts. Invariants: what failed is not kept; where each version is another one, as at the edge, nothing is shared.
 */
import type { CommitSignal } from "../../shared/ports/commit-signal.ts";

export class SharedByVersion<Value> {
  readonly #commits: Pick<CommitSignal, "version">;
  #version = -1;
  readonly #found = new Map<string, Promise<Value>>();

  constructor(commits: Pick<CommitSignal, "version">) {
    this.#commits = commits;
  }

  /** Rejects with what `find` rejects with. */
  of(key: string, find: () => Promise<Value>): Promise<Value> {
    const { version } = this.#commits;
    if (version !== this.#version) this.#found.clear();
    this.#version = version;
    const known = this.#found.get(key);
    if (known) return known;
    const found = find();
    this.#found.set(key, found);
    found.catch(() => {
      if (this.#found.get(key) === found) this.#found.delete(key);
    });
    return found;
  }
}

/**
 * The last commit in memory, so that a poll costs no read of the database.
 * Implements the port SnapshotSource; the monitor feeds it with its own commits. Commits of another process are seen through
 * `PRAGMA data_version`. Invariant: `peek` gives a snapshot only while it is the newest one, or was so 50 ms ago.
 */
import type { Snapshot, SnapshotSource, Store } from "../ports/store.ts";

/** Asking SQLite costs 2.8 µs, a tenth of a whole request; a commit of another process may be seen this much later. */
const LOOK_EVERY_MS = 50;

const ENCODER = new TextEncoder();

export interface CachedSnapshot {
  readonly snapshot: Snapshot;
  /** `snapshot.body` in UTF-8. */
  readonly bytes: Uint8Array<ArrayBuffer>;
}

export class SnapshotCache implements SnapshotSource {
  readonly #store: Pick<Store, "readSnapshot">;
  readonly #dataVersion: () => number;
  #cached: CachedSnapshot | null = null;
  #version = -1;
  #lookedAtMs = -Infinity;

  /** @param dataVersion changes when another connection has committed; may throw when the database fails */
  constructor(store: Pick<Store, "readSnapshot">, dataVersion: () => number) {
    this.#store = store;
    this.#dataVersion = dataVersion;
  }

  /** Takes over a commit that this process has just made. */
  put(snapshot: Snapshot): void {
    this.#cached = { snapshot, bytes: ENCODER.encode(snapshot.body) };
    this.#version = this.#currentVersion();
  }

  /**
   * The cached snapshot, or null when there is none or another connection has written since.
   * @param nowMs looks at most every 50 ms by this clock
   */
  peek(nowMs: number): CachedSnapshot | null {
    if (Math.abs(nowMs - this.#lookedAtMs) < LOOK_EVERY_MS) return this.#cached;
    if (this.#currentVersion() !== this.#version) return null;
    this.#lookedAtMs = nowMs;
    return this.#cached;
  }

  async read(): Promise<Snapshot | null> {
    if (this.#cached && this.#currentVersion() === this.#version) return this.#cached.snapshot;
    try {
      const snapshot = await this.#store.readSnapshot();
      const known = this.#cached?.snapshot;
      // The probe loop may have put a newer one while the database was read.
      if (snapshot && !(known && known.generation > snapshot.generation)) this.put(snapshot);
      return this.#cached?.snapshot ?? snapshot;
    } catch (error) {
      // What we committed last is still the best answer there is.
      if (this.#cached) return this.#cached.snapshot;
      throw error;
    }
  }

  #currentVersion(): number {
    try {
      return this.#dataVersion();
    } catch {
      return this.#version;
    }
  }
}

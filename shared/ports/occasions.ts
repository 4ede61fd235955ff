/**
 * When something last happened, for what outlives a process or happens in another one; one instant an occasion.
 * `usecases/delivery` calls it, `shared/storage` implements it on both runtimes.
 * Invariant: an instant never goes back, so of two who write at once the later one stands. Both methods reject with the
 * database's error when the database fails; nothing is then changed.
 */

/** `primary_seen`: the primary said that it works. `drill_concluded`: the drill that began then has been concluded. */
export type Occasion = "primary_seen" | "drill_concluded";

/**
 * @example
 * await occasions.note("primary_seen", clock.nowMs());
 * const seenAtMs = await occasions.last("primary_seen");
 */
export interface Occasions {
  /** Epoch ms; null: never. */
  last(occasion: Occasion): Promise<number | null>;

  /** Writes down an instant, epoch ms. Idempotent; an earlier one than is stored changes nothing. */
  note(occasion: Occasion, atMs: number): Promise<void>;
}

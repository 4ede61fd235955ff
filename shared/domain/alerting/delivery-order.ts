/**
 * Which notification of one channel goes next: in the order of decision for each alert, and no further than that: one that its
 * receiver will not take holds up nobody else's. Pure.
 * Invariant: of two notifications about one alert, the later is never ready while the earlier waits.
 */
export interface Waiting {
  readonly alertIds: readonly string[];
  /** Not to be tried before, epoch ms. */
  readonly dueMs: number;
  /** Somebody is sending it until then, epoch ms. */
  readonly claimedUntilMs: number;
}

export interface NextDelivery<Item> {
  /** Null: nothing is ready. */
  readonly ready: Item | null;
  /** When to look again if nothing is ready, epoch ms; Infinity: nothing waits. */
  readonly nextDueMs: number;
}

/**
 * Of those that are ready, the one that has been due for longest: what is tried again lets others pass.
 * @param waiting in the order in which they were decided
 */
export function nextDelivery<Item extends Waiting>(waiting: readonly Item[], nowMs: number): NextDelivery<Item> {
  const held = new Set<string>();
  let ready: Item | null = null;
  let nextDueMs = Infinity;
  for (const item of waiting) {
    const isHeld = item.alertIds.some((id) => held.has(id));
    for (const id of item.alertIds) held.add(id);
    if (isHeld) continue;
    const dueMs = Math.max(item.dueMs, item.claimedUntilMs);
    nextDueMs = Math.min(nextDueMs, dueMs);
    if (dueMs <= nowMs && (ready === null || item.dueMs < ready.dueMs)) ready = item;
  }
  return { ready, nextDueMs };
}

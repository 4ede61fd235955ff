/**
 * Rollups of the days that are over, from the blocks of their hours, one day after the other.
 * Called by the housekeeping job after clean-up. What is not done in one run is gone on with in the next one.
 * Invariant: a run takes no longer than its share, however much there is to do after an upgrade.
 */
import type { ArchiveStore } from "../../ports/store.ts";

/**
 * Returns how many days have been done.
 * @param mostBlocks how many hours of a service may be read sample by sample; each service of a day counts as one more
 */
export async function rollUpDays(store: Pick<ArchiveStore, "rollUpNextDay">, mostBlocks: number): Promise<number> {
  let days = 0;
  for (let rest = mostBlocks; rest > 0;) {
    const rolledUp = await store.rollUpNextDay(rest);
    if (!rolledUp) break;
    rest -= rolledUp.cost;
    if (rolledUp.isDone) days += 1;
  }
  return days;
}

/**
 * Housekeeping of the history: finished hours become blocks, blocks beyond the retention go.
 * Called by the cleanup cron (on Node in the maintenance thread). Every step may be repeated after a crash.
 * Invariant: a clock that runs ahead deletes nothing: as many hours of history as the retention has are always kept.
 */
import { HOUR_MS, hourBlocks } from "../domain/hour-block.ts";
import type { ArchiveStore } from "../ports/store.ts";

/** The head tier holds a sweep for one to two hours: an hour is archived one hour after it ended. */
const ARCHIVE_AFTER_MS = HOUR_MS;

/** Our sweeps come every few seconds; a clock this far ahead of the newest one is wrong, and deleting would be for ever. */
const CREDIBLE_GAP_MS = 24 * HOUR_MS;

export interface CleanUpReport {
  readonly archivedHours: number;
  /** False when the clock was not trusted. */
  readonly expired: boolean;
}

/** @param retentionMs age beyond which blocks are deleted */
export async function cleanUp(store: ArchiveStore, nowMs: number, retentionMs: number): Promise<CleanUpReport> {
  let archivedHours = 0;
  for (;;) {
    const hour = await store.readOldestHeadHour(nowMs - ARCHIVE_AFTER_MS);
    if (!hour) break;
    const checks = hour.sweeps.flatMap((sweep) => sweep.checks);
    await store.archiveHour(hour, hourBlocks(hour.hourMs, checks));
    archivedHours += 1;
  }
  await store.deleteArchivedHead();
  const newestMs = await store.newestSweepMs();
  const expired = newestMs !== null && nowMs - newestMs < CREDIBLE_GAP_MS;
  if (expired) await store.deleteBlocksBefore(nowMs - retentionMs, Math.ceil(retentionMs / HOUR_MS));
  return { archivedHours, expired };
}

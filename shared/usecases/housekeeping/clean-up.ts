/**
 * Housekeeping of the history: blocks beyond the retention go, finished hours become blocks, the newest samples get an index.
 * Called by the housekeeping job (on Node in the thread for jobs). Every step may be repeated after a crash.
 * Invariants: a clock that runs ahead deletes nothing: as many hours of history as the retention has are always kept. What frees
 * space comes before what needs it, so a full disk keeps nothing from expiring.
 */
import { HOUR_MS, hourBlocks } from "../../domain/history/hour-block.ts";
import type { ArchiveStore } from "../../ports/store.ts";

/** The head tier holds a sweep for one to two hours: an hour is archived one hour after it ended. */
const ARCHIVE_AFTER_MS = HOUR_MS;

/**
 * Deleting is for ever, and a clock that has just been set may be wrong. It is trusted once it has been right for half a day: the
 * service was at work this long before now, by what it stored. A night's rest keeps nothing from expiring.
 */
const TRUSTED_AFTER_MS = 12 * HOUR_MS;
const LONGEST_REST_MS = 24 * HOUR_MS;

/** A day ends, its last hour is archived two hours later, and housekeeping may have been away for a day. */
const ROLLED_UP_WITHIN_MS = 48 * HOUR_MS;

export interface CleanUpReport {
  readonly archivedHours: number;
  /** False: what is old by it may be new, and is kept. */
  readonly isClockTrusted: boolean;
}

/** @param retentionMs age beyond which blocks are deleted */
export async function cleanUp(store: ArchiveStore, nowMs: number, retentionMs: number): Promise<CleanUpReport> {
  // Left over by a run that was cut off.
  await store.deleteArchivedHead();
  const isClockTrusted = await isTrusted(store, nowMs);
  if (isClockTrusted) await expire(store, nowMs - retentionMs, Math.ceil(retentionMs / HOUR_MS));
  const archivedHours = await archive(store, nowMs);
  while (await store.addRecentSamples());
  return { archivedHours, isClockTrusted };
}

/** Hours wait until their day is rolled up, though not for ever: on a full disk that cannot be. */
async function expire(store: ArchiveStore, beforeMs: number, keptHours: number): Promise<void> {
  const staleMs = (await store.oldestStaleDayMs()) ?? Infinity;
  await store.deleteBlocksBefore(Math.min(beforeMs, Math.max(staleMs, beforeMs - ROLLED_UP_WITHIN_MS)), keptHours);
}

async function isTrusted(store: ArchiveStore, nowMs: number): Promise<boolean> {
  const newestMs = await store.newestSweepMs(nowMs - TRUSTED_AFTER_MS);
  return newestMs !== null && newestMs >= nowMs - TRUSTED_AFTER_MS - LONGEST_REST_MS;
}

async function archive(store: ArchiveStore, nowMs: number): Promise<number> {
  let archivedHours = 0;
  for (;;) {
    const hour = await store.readOldestHeadHour(nowMs - ARCHIVE_AFTER_MS);
    if (!hour) return archivedHours;
    const checks = hour.sweeps.flatMap((sweep) => sweep.checks);
    await store.archiveHour(hour, hourBlocks(hour.hourMs, checks));
    // Each hour at once: on a full disk the next one needs its pages.
    await store.deleteArchivedHead();
    archivedHours += 1;
  }
}

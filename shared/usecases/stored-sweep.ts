/**
 * What both committers do with a sweep: recognise it in what is stored, and tell what it has changed.
 * Called by sweep-committer.ts and round-committer.ts. Knows neither when nor how often anything is committed.
 */
import type { Transition } from "../domain/transition.ts";
import type { Log } from "../ports/log.ts";
import type { Snapshot } from "../ports/store.ts";
import type { DraftedSweep } from "./draft-sweep.ts";

/** True when what is stored is this very commit; another process has other checks, and so another body. */
export function isSameSweep(stored: Snapshot | null, { snapshot }: DraftedSweep): boolean {
  return stored?.generation === snapshot.generation && stored.etag === snapshot.etag && stored.body === snapshot.body;
}

/** What people look into the log for. Our own absence (`stale`) and its end are no news about a service. */
export function logTransitions(log: Log, transitions: readonly Transition[]): void {
  for (const { serviceId, from, to, reason, message } of transitions) {
    const isNews = reason !== "stale" && !(from === "unknown" && to === "healthy");
    const level = !isNews ? "debug" : to === "healthy" ? "info" : "warn";
    log.write(level, `service is ${to}`, { service: serviceId, from, ...(reason && { reason, error: message }) });
  }
}

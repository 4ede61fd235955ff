/**
 * Maintenance windows for tests: complete with what a test does not care about. Used by the tests of maintenance windows.
 * Invariant: every call makes a new object, of which nothing is remembered yet.
 */
import {
  type MaintenanceWindow,
  nextMaintenanceChangeMs,
  type WeeklySchedule,
} from "../../shared/domain/alerting/maintenance-window.ts";

export function planned(schedule: MaintenanceWindow["schedule"], services: readonly string[] = []): MaintenanceWindow {
  return { id: "one", services, schedule, createdAtMs: 0, author: "ada", comment: "backup" };
}

/** Sundays at 02:30 in Berlin, for an hour. */
export function weeklySchedule(given: Partial<WeeklySchedule> = {}): WeeklySchedule {
  return {
    kind: "weekly",
    zone: "Europe/Berlin",
    days: ["sun"],
    start: "02:30",
    durationMs: 3_600_000,
    untilMs: null,
    ...given,
  };
}

export function weekly(given: Partial<WeeklySchedule> = {}): MaintenanceWindow {
  return planned(weeklySchedule(given));
}

/** The next changes after an instant, each asked from the one before, on an object that nothing is remembered of. */
export function changesAfter(window: MaintenanceWindow, from: string, count: number): string[] {
  const changes: string[] = [];
  for (let atMs = Date.parse(from); changes.length < count;) {
    atMs = nextMaintenanceChangeMs([{ ...window }], atMs);
    changes.push(new Date(atMs).toISOString());
  }
  return changes;
}

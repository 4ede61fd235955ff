/**
 * Small makers of domain values for tests: everything has a default, a test names only what it is about.
 */
import type { Check } from "../../shared/domain/monitoring/check.ts";
import type { ClusterMoment, LocalNode } from "../../shared/domain/monitoring/cluster-state.ts";
import type { SweepQuery } from "../../shared/ports/store.ts";
import type { Roster, RosterEntry } from "../../shared/domain/monitoring/service.ts";

/** Every stored sweep, newest first. */
export const EVERYTHING: SweepQuery = { sinceMs: 0, beforeMs: Number.MAX_SAFE_INTEGER, limit: 1000, serviceId: null };

/** 2026-03-10T10:00:00Z, the start of an hour. */
export const T0 = 1_773_136_800_000;
export const MINUTE = 60_000;
export const HOUR = 3_600_000;

/** What nobody has to configure. */
export const CERTIFICATE_TIMES = { warningMs: 14 * 24 * HOUR, criticalMs: 3 * 24 * HOUR };

export function check(serviceId: string, checkedAtMs: number, more: Partial<Check> = {}): Check {
  return {
    serviceId,
    status: "healthy",
    reason: null,
    message: null,
    checkedAtMs,
    responseTimeMs: 12.3,
    statusCode: 200,
    details: {},
    ...more,
  };
}

export function failing(serviceId: string, checkedAtMs: number, more: Partial<Check> = {}): Check {
  return check(serviceId, checkedAtMs, {
    status: "timeout",
    reason: "deadline_response",
    message: "Request timed out",
    statusCode: null,
    ...more,
  });
}

export function rosterEntry(id: string, more: Partial<RosterEntry> = {}): RosterEntry {
  return { id, name: `Service ${id}`, critical: true, staleAfterMs: 100_000, ...more };
}

export const ROSTER: Roster = [rosterEntry("a"), rosterEntry("b", { critical: false })];

const LOCAL_NODE: LocalNode = { cpuPercent: 15.2, memoryPercent: 34.1, diskPercent: 67.8 };

export function moment(atMs: number, checks: readonly Check[], more: Partial<ClusterMoment> = {}): ClusterMoment {
  return {
    atMs,
    startedAtMs: T0,
    roster: ROSTER,
    checks: new Map(checks.map((each) => [each.serviceId, each])),
    localNode: LOCAL_NODE,
    degradedThresholdPercent: 70,
    faults: [],
    ...more,
  };
}

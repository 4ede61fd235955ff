/**
 * Planned maintenance as strangers are told of it: which of the services that they see, from when to when. Pure.
 * Invariant: neither who planned it, nor why, nor what else it covers is said.
 */
import { nextStretch, type MaintenanceWindow } from "../../shared/domain/alerting/maintenance-window.ts";
import { coversName } from "../../shared/domain/text/glob.ts";
import { DAY_MS } from "../../shared/domain/text/timestamp.ts";

export interface Planned {
  /** At least one. */
  readonly serviceIds: readonly string[];
  readonly startsAtMs: number;
  /** Null: there is no end. */
  readonly endsAtMs: number | null;
  readonly isActive: boolean;
}

const AHEAD_MS = 30 * DAY_MS;
const MOST = 20;

/** What holds or begins within a month, the next one first. */
export function listPlanned(
  windows: readonly MaintenanceWindow[],
  serviceIds: readonly string[],
  nowMs: number,
): Planned[] {
  const planned = windows.flatMap((window): Planned[] => {
    const covered = serviceIds.filter((id) => coversName(window.services, id));
    const stretch = covered.length > 0 ? nextStretch(window, nowMs) : null;
    if (!stretch || stretch.startsAtMs > nowMs + AHEAD_MS) return [];
    const { startsAtMs, endsAtMs } = stretch;
    const isFinite = Number.isFinite(endsAtMs);
    return [{ serviceIds: covered, startsAtMs, endsAtMs: isFinite ? endsAtMs : null, isActive: startsAtMs <= nowMs }];
  });
  return planned.toSorted((left, right) => left.startsAtMs - right.startsAtMs).slice(0, MOST);
}

/**
 * Whether a service comes and goes: weighted change over its last 21 checks, as Nagios computes it
 * (https://assets.nagios.com/downloads/nagioscore/docs/nagioscore/4/en/flapping.html).
 * Pure; `alert-life.ts` asks it after each check. Outcomes of checks are bits, the newest in bit 0.
 * Invariant: between the two thresholds nothing changes, so flapping itself does not flap.
 */

/** 21 checks have 20 changes between them. */
const CHANGES = 20;
const MASK = 2 ** CHANGES - 1;

/** The newest change counts half as much again as the oldest. */
const OLDEST_WEIGHT = 0.8;
const NEWEST_WEIGHT = 1.2;

const ENTER_PERCENT = 30;
const LEAVE_PERCENT = 15;

/** An alert that fires for the third time within 21 checks comes and goes, however long it stays each time. */
const FIRINGS_TO_ENTER = 2;

/** What the last checks were like. Each mask has bit i for what happened i checks ago, 0 ≤ i < 20. */
export interface CheckTrail {
  /** The outcome was another one than before. */
  readonly changes: number;
  /** The alert fired. */
  readonly firings: number;
}

export const STEADY: CheckTrail = { changes: 0, firings: 0 };

/** One check further. */
export function nextTrail({ changes, firings }: CheckTrail, isChange: boolean): CheckTrail {
  return { changes: ((changes << 1) | Number(isChange)) & MASK, firings: (firings << 1) & MASK };
}

/** Notes that the last check made the alert fire. */
export function withFiring(trail: CheckTrail): CheckTrail {
  return { ...trail, firings: trail.firings | 1 };
}

/** Weighted share of changes in percent, 0–100. */
function changePercent({ changes }: CheckTrail): number {
  let sum = 0;
  for (let age = 0; age < CHANGES; age += 1) {
    if (changes & (1 << age)) sum += NEWEST_WEIGHT - ((NEWEST_WEIGHT - OLDEST_WEIGHT) * age) / (CHANGES - 1);
  }
  return (sum / CHANGES) * 100;
}

/** Whether it flaps now, given whether it did before. `isFiringAgain`: the last check would make the alert fire. */
export function isFlapping(trail: CheckTrail, before: boolean, isFiringAgain: boolean): boolean {
  if (trail.changes === 0 && trail.firings === 0) return false;
  const percent = changePercent(trail);
  const firings = trail.firings.toString(2).replaceAll("0", "").length;
  if (before) return percent >= LEAVE_PERCENT || firings >= FIRINGS_TO_ENTER;
  return percent >= ENTER_PERCENT || (isFiringAgain && firings >= FIRINGS_TO_ENTER);
}

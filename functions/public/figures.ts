/**
 * How long a service was up, over as many of the last days as somebody asks about. Pure.
 * Invariants: nothing is rounded up; time in maintenance and of which nothing is known counts on neither side; no time is no share.
 */
import { UPTIME_KINDS } from "../../shared/domain/history/uptime-kind.ts";
import type { KindTimes } from "../../shared/domain/history/uptime.ts";
import type { PublicService } from "./status-model.ts";

/** Two decimals, as `99.66`; null: nobody watched. */
export function uptimePercent({ past }: Pick<PublicService, "past">, days: number): number | null {
  if (!past) return null;
  if (days >= past.days.length) return past.uptime.uptimePercent;
  const sum = sumOf(past.uptime.days.slice(-days));
  const up = sum.healthy + sum.degraded;
  return up + sum.down === 0 ? null : Math.floor((up * 10_000) / (up + sum.down)) / 100;
}

function sumOf(days: readonly (KindTimes | null)[]): KindTimes {
  const sum = { healthy: 0, degraded: 0, maintenance: 0, unknown: 0, down: 0 };
  for (const day of days) for (const kind of UPTIME_KINDS) sum[kind] += day?.[kind] ?? 0;
  return sum;
}

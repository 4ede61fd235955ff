/**
 * Since when the services that are shown are together what they are, from what each was. Pure.
 * Invariant: an instant that it gives is one at which a service changed; null where the past that is known does not reach so far.
 */
import type { StatusSpan } from "../../shared/domain/history/status-spans.ts";
import type { ServiceState } from "../../shared/domain/monitoring/status-board.ts";
import { overallStatus, type OverallStatus } from "../../shared/domain/monitoring/cluster-status.ts";

export interface Voter {
  readonly critical: boolean;
  /** Oldest first, up to now. */
  readonly spans: readonly StatusSpan[];
}

interface Rule {
  readonly overall: OverallStatus;
  readonly degradedThresholdPercent: number;
}

export function overallSinceMs(voters: readonly Voter[], { overall, degradedThresholdPercent }: Rule): number | null {
  const isSo = (beforeMs: number): boolean => {
    const votes = voters.map(({ critical, spans }) => ({ critical, status: statusBefore(spans, beforeMs) }));
    return overallStatus(votes, degradedThresholdPercent) === overall;
  };
  if (!isSo(Infinity)) return null; // of those that cannot be reached nothing is known
  const changes = new Set(voters.flatMap(({ spans }) => spans.map(({ sinceMs }) => sinceMs)));
  return [...changes].toSorted((left, right) => right - left).find((atMs) => !isSo(atMs)) ?? null;
}

/** The past with the present behind it, since the past is read less often, and not at all while the database fails. */
export function upToNow(
  spans: readonly StatusSpan[],
  now: Pick<ServiceState, "status" | "sinceMs"> | undefined,
): readonly StatusSpan[] {
  if (!now || now.sinceMs === null) return spans;
  const { status, sinceMs } = now;
  return [...spans.filter((span) => span.sinceMs < sinceMs), { status, sinceMs, untilMs: Infinity }];
}

function statusBefore(spans: readonly StatusSpan[], beforeMs: number): StatusSpan["status"] {
  return spans.findLast(({ sinceMs }) => sinceMs < beforeMs)?.status ?? "unknown";
}

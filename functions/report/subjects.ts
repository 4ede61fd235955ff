/**
 * Whom a report is about: the configured services, and those that were watched within its range and have been removed since.
 * Invariant: of a removed service nothing is told beyond its removal.
 */
import type { SpanRange, TimeSpan } from "../../shared/domain/history/status-spans.ts";
import type { ClusterMoment } from "../../shared/domain/monitoring/cluster-state.ts";
import type { RosterEntry } from "../../shared/domain/monitoring/service.ts";
import { evidenceEndsAtMs } from "../../shared/domain/monitoring/status-since.ts";
import { listWatched } from "../../shared/storage/transition-log.ts";
import type { MonitorContext } from "../context.ts";

export interface Subject {
  readonly id: string;
  /** The id, when it is not configured any more. */
  readonly name: string;
  /** Null when it is not configured any more. */
  readonly critical: boolean | null;
  readonly isConfigured: boolean;
  /** What is reported of it. */
  readonly range: SpanRange;
}

export interface SubjectQuery {
  readonly range: TimeSpan;
  readonly moment: Pick<ClusterMoment, "checks">;
  /** Null: all. */
  readonly service: string | null;
  /** Of those that are not configured any more. */
  readonly mostRemoved: number;
}

export interface Subjects {
  readonly subjects: readonly Subject[];
  /** False: the newest of those that have been removed. */
  readonly isComplete: boolean;
}

/** In the order of the configuration, then the removed ones, the last one first. */
export async function listSubjects(context: MonitorContext, query: SubjectQuery): Promise<Subjects> {
  const { range, service, mostRemoved } = query;
  const except = context.cluster().roster.map(({ id }) => id);
  const removed = await listWatched(context, { ...range, except, service, limit: mostRemoved + 1 });
  const subjects = [
    ...listConfigured(context, query),
    ...removed.slice(0, mostRemoved).map(({ serviceId: id, lastAtMs }) => {
      const untilMs = Math.min(range.untilMs, lastAtMs);
      const until = { untilMs, evidenceEndsAtMs: untilMs };
      return { id, name: id, critical: null, isConfigured: false, range: { ...range, ...until } };
    }),
  ];
  return { subjects, isComplete: removed.length <= mostRemoved };
}

/** In the order of the configuration. */
export function listConfigured(
  { cluster }: Pick<MonitorContext, "cluster">,
  { service, ...known }: Omit<SubjectQuery, "mostRemoved">,
): Subject[] {
  const asked = cluster().roster.filter(({ id }) => service === null || id === service);
  return asked.map((entry) => subjectOf(entry, known));
}

/** Of a configured service. */
export function subjectOf(
  { id, name, critical, staleAfterMs }: RosterEntry,
  { range, moment }: Pick<SubjectQuery, "range" | "moment">,
): Subject {
  const check = moment.checks.get(id);
  const endsAtMs = check ? evidenceEndsAtMs(check, staleAfterMs) : 0;
  return { id, name, critical, isConfigured: true, range: { ...range, evidenceEndsAtMs: endsAtMs } };
}

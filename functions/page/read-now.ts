/**
 * Reads what the view Now shows. Knows storage and the snapshot, no markup.
 */
import { DECISIONS } from "../../shared/domain/alerting/alert.ts";
import { parseService, subjectImpact, subjectName } from "../../shared/domain/alerting/alerting-state.ts";
import { findDueStep, type Policies } from "../../shared/domain/alerting/escalation.ts";
import { listOpen, type OpenSubject } from "../../shared/domain/alerting/list-open.ts";
import { listTransitions } from "../../shared/storage/transition-log.ts";
import type { MonitorContext } from "../context.ts";
import { openTimeRange } from "../http/parameters.ts";
import { buildNow, withPasts, type NowModel, type Problem } from "./now-model.ts";
import { shorten } from "./shorten.ts";

/** Of what happened: recoveries among them, which are not shown by themselves. */
const TRANSITIONS = 24;

/** Rejects when the database fails. */
export async function readNow(context: MonitorContext, nowMs: number): Promise<NowModel> {
  const { services, servicesById, alerting, roster } = context.cluster();
  const snapshot = await context.snapshots.read();
  const query = { ...openTimeRange({}), after: null, limit: TRANSITIONS, service: null };
  const open = snapshot ? listOpen(snapshot.alerting, servicesById.keys()) : [];
  const now = buildNow({
    snapshot,
    board: context.boards.of(snapshot, nowMs),
    services: services.map(({ group, machine, ...service }) => ({ ...service, group: group ?? machine })),
    problems: open.map((each) => describeProblem(each, { services: servicesById, policies: alerting.policies })),
    transitions: await listTransitions(context, query),
    nowMs,
  });
  const shown = new Set(now.groups.flatMap(({ rows }) => rows.map(({ id }) => id)));
  const entries = roster.filter(({ id }) => shown.has(id));
  return withPasts(now, await context.pasts.of(entries, nowMs));
}

interface Known {
  readonly services: ReadonlyMap<string, { readonly name: string; readonly impact: string | null }>;
  readonly policies: Policies;
}

function describeProblem({ subject, alert, failures }: OpenSubject, { services, policies }: Known): Problem {
  const next = findDueStep(alert, policies);
  return {
    id: alert.id,
    serviceId: parseService(subject),
    isFiring: alert.state === "firing",
    name: shorten(subjectName(subject, services)),
    severity: alert.severity,
    status: alert.status,
    message: alert.message && shorten(alert.message),
    impact: subjectImpact(subject, alert.status, services),
    sinceMs: alert.sinceMs,
    failures,
    told: alert.notifiedChannels,
    decision: DECISIONS[alert.decision],
    isNobodyTold: alert.decision === "no_channel",
    next: next && { atMs: next.dueMs, channels: next.channels },
    acknowledgedBy: alert.acknowledgedBy,
  };
}

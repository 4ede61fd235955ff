/**
 * A report as JSON: the figures of its subjects, their outages, and the alerts that fired. Called by endpoints/report.ts.
 * Invariant: it is made in pieces of some services, between which others have their turn.
 */
import type { AlertAcknowledgement } from "../../shared/domain/alerting/alert-timeline.ts";
import { parseService, type AlertRecord } from "../../shared/domain/alerting/alerting-state.ts";
import { listOutages, type Outage } from "../../shared/domain/history/outages.ts";
import { statusSpans, type TimeSpan } from "../../shared/domain/history/status-spans.ts";
import { findUptime } from "../../shared/domain/history/uptime.ts";
import { formatOptional, formatTimestamp } from "../../shared/domain/text/timestamp.ts";
import { readAcknowledgements } from "../../shared/storage/acknowledgements.ts";
import { listAlerts } from "../../shared/storage/alert-log.ts";
import { readOutageTransitions } from "../../shared/storage/transition-log.ts";
import type { MonitorContext } from "../context.ts";
import type { Report, ReportedOutage, ServiceFigures } from "../wire/report-text.ts";
import type { Subject, Subjects } from "./subjects.ts";

/** Of each list the newest. */
export const MOST_ENTRIES = 1_000;
const SERVICES_A_PIECE = 20;

interface Asked extends Subjects {
  readonly range: TimeSpan;
  /** Null: all. */
  readonly service: string | null;
}

/** @param pause awaited before each piece */
export async function buildReport(
  context: MonitorContext,
  { range, subjects, isComplete, service }: Asked,
  pause: () => Promise<void>,
): Promise<Report> {
  const services: ServiceFigures[] = [];
  const outages: Outage[] = [];
  for (let start = 0; start < subjects.length; start += SERVICES_A_PIECE) {
    await pause();
    const some = subjects.slice(start, start + SERVICES_A_PIECE);
    const transitions = await readOutageTransitions(context, { ...range, serviceIds: some.map(({ id }) => id) });
    for (const subject of some) {
      const own = transitions.get(subject.id) ?? [];
      const uptime = findUptime(statusSpans(own, { ...subject.range, sinceMs: 0 }), [subject.range]);
      services.push(figuresOf(subject, uptime));
      outages.push(...listOutages(own, subject.range));
    }
  }
  outages.sort((left, right) => right.sinceMs - left.sinceMs);
  const query = { ...range, after: null, limit: MOST_ENTRIES, service, severity: null, isOpen: null };
  const alerts = await listAlerts(context, query);
  const acknowledged = await readAcknowledgements(
    context,
    alerts.map(({ id }) => id),
  );
  return {
    from: formatTimestamp(range.sinceMs),
    to: formatTimestamp(range.untilMs),
    generated_at: formatTimestamp(context.clock.nowMs()),
    node: context.cluster().node,
    complete: isComplete && outages.length <= MOST_ENTRIES && alerts.length < MOST_ENTRIES,
    services,
    outages: outages.slice(0, MOST_ENTRIES).map(outageJson),
    alerts: alerts.map((alert) => alertJson(alert, acknowledged.get(alert.id))),
  };
}

function figuresOf(
  { id, name, critical, isConfigured }: Subject,
  uptime: ReturnType<typeof findUptime>,
): ServiceFigures {
  const [times] = uptime.days;
  return {
    service: id,
    name,
    critical,
    uptime_percent: uptime.uptimePercent,
    coverage_percent: uptime.coveragePercent,
    down_s: times?.down ?? 0,
    degraded_s: times?.degraded ?? 0,
    maintenance_s: times?.maintenance ?? 0,
    unknown_s: times?.unknown ?? 0,
    outages: uptime.outages,
    mttr_s: uptime.mttrMs && Math.round(uptime.mttrMs / 1_000),
    mtbf_s: uptime.mtbfMs && Math.round(uptime.mtbfMs / 1_000),
    configured: isConfigured,
  };
}

function outageJson(outage: Outage): ReportedOutage {
  return {
    service: outage.serviceId,
    since: formatTimestamp(outage.sinceMs),
    until: formatOptional(outage.recoveredAtMs),
    recovery_seen: outage.isRecoverySeen,
    duration_s: Math.round(outage.seenMs / 1_000),
    reason: outage.reason,
    message: outage.message,
  };
}

/** @param first undefined: nobody has, or the audit trail has forgotten it */
function alertJson(alert: AlertRecord, first: AlertAcknowledgement | undefined): Report["alerts"][number] {
  return {
    id: alert.id,
    service: parseService(alert.subject),
    name: alert.name,
    severity: alert.severity,
    fired_at: formatTimestamp(alert.firedAtMs),
    ended_at: formatOptional(alert.endedAtMs),
    message: alert.message,
    acknowledged_by: first?.by ?? alert.acknowledgedBy,
    acknowledged_at: formatOptional(first?.atMs ?? null),
    notified_channels: alert.notifiedChannels,
  };
}

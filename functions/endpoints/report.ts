/**
 * GET /report: uptime, outages, alerts and who acknowledged them over a range, to be filed: JSON, CSV or Markdown.
 * Made of transitions and alerts, which are kept for ever. Invariant: when something is left out, the report says so.
 */
import * as z from "zod/mini";
import { listOutages, type Outage } from "../../shared/domain/history/outages.ts";
import { statusSpans } from "../../shared/domain/history/status-spans.ts";
import { findUptime } from "../../shared/domain/history/uptime.ts";
import { parseService, type AlertRecord } from "../../shared/domain/alerting/alerting-state.ts";
import type { ClusterMoment } from "../../shared/domain/monitoring/cluster-state.ts";
import { evidenceEndsAtMs } from "../../shared/domain/monitoring/status-since.ts";
import type { RosterEntry } from "../../shared/domain/monitoring/service.ts";
import { DAY_MS, formatOptional, formatTimestamp } from "../../shared/domain/text/timestamp.ts";
import { listAlerts } from "../../shared/storage/alert-log.ts";
import { readOutageTransitions } from "../../shared/storage/transition-log.ts";
import type { MonitorContext } from "../context.ts";
import { SECURITY_HEADERS, jsonBytes, type Bytes } from "../http/bytes.ts";
import { defineEndpoint } from "../http/endpoint.ts";
import { invalidParameters } from "../http/input.ts";
import { longResponse } from "../http/long-response.ts";
import { instant, key } from "../http/parameters.ts";
import { REFUSALS } from "../http/problem.ts";
import {
  formatCsv,
  formatMarkdown,
  type Report,
  type ReportedOutage,
  type ServiceFigures,
} from "../wire/report-text.ts";
import { count, named, noted, nullableTimestamp, percent, severity, timestamp } from "../wire/schemas.ts";

const MOST_DAYS = 400;
const DEFAULT_DAYS = 30;
/** Of each list the newest. */
const MOST_ENTRIES = 1_000;
const SERVICES_A_PIECE = 20;

const seconds = z.number().check(z.gte(0));
const text = z.nullable(z.string());

const serviceFigures = named(
  "ServiceFigures",
  z.object({
    service: z.string(),
    name: z.string(),
    critical: z.boolean(),
    uptime_percent: percent,
    coverage_percent: percent,
    down_s: seconds,
    degraded_s: seconds,
    maintenance_s: seconds,
    unknown_s: seconds,
    outages: count,
    mttr_s: z.nullable(seconds),
    mtbf_s: z.nullable(seconds),
  }),
  "One service over the whole range, as `/uptime` counts it.",
);

const reportedOutage = named(
  "ReportedOutage",
  z.object({
    service: z.string(),
    since: noted("Of its first failing check, before the range as well.", timestamp),
    until: noted("When it was up again; null: not within the range, or nobody knows.", nullableTimestamp),
    recovery_seen: noted(
      "False: not over, or nobody watched just before it was up again, so it may have been for longer; not counted in mttr_s.",
      z.boolean(),
    ),
    duration_s: noted(
      "How long it was seen down, from since to the end of the range; time that nobody watched and maintenance do not count.",
      seconds,
    ),
    reason: text,
    message: noted("Of the failure that it began with.", text),
  }),
);

const reportedAlert = named(
  "ReportedAlert",
  z.object({
    id: z.string(),
    service: noted("Null: about the monitor itself.", text),
    name: z.string(),
    severity,
    fired_at: timestamp,
    ended_at: nullableTimestamp,
    message: text,
    acknowledged_by: text,
    notified_channels: noted("Those that it was decided to tell.", z.array(z.string())),
  }),
);

const FORMATS = ["json", "csv", "md"] as const;

export const reportEndpoint = defineEndpoint({
  path: "/report",
  name: "report",
  summary: "Uptime, outages, alerts and who acknowledged them over a range, to be filed.",
  effect: "read",
  query: {
    from: instant("Start of the range; default 30 days before to."),
    to: instant("End of the range, exclusive, at most 400 days after from; default now."),
    service: z.optional(key("Only this configured service.")),
    format: noted(
      { description: "`csv` for a spreadsheet, `md` to read.", default: "json" },
      z._default(z.enum(FORMATS), "json"),
    ),
  },
  response: z.object({
    from: timestamp,
    to: timestamp,
    generated_at: timestamp,
    node: z.string(),
    complete: noted("False: of outages or alerts only the newest 1,000 are in it.", z.boolean()),
    services: z.array(serviceFigures),
    outages: noted("Newest first.", z.array(reportedOutage)),
    alerts: noted("Those that fired within the range, newest first.", z.array(reportedAlert)),
  }),
  answersWith: "bytes",
  media: ["text/csv", "text/markdown"],
  refusals: { unavailable: REFUSALS.unavailable },
  async handle({ query, refuse }, context) {
    const range = readRange(query, context.clock.nowMs());
    const roster = context.cluster().roster.filter(({ id }) => query.service === undefined || id === query.service);
    if (roster.length === 0)
      throw invalidParameters([{ field: "service", message: "expected the key of a configured service" }]);
    const moment = (await context.snapshots.read())?.moment;
    if (!moment) throw refuse("unavailable");
    const made = await longResponse(context, async (pause) => {
      const report = await buildReport(context, { range, roster, moment, service: query.service ?? null }, pause);
      return FORMATTERS[query.format](report);
    });
    return withMedia(made, query.format);
  },
});

const FORMATTERS: Readonly<Record<(typeof FORMATS)[number], (report: Report) => string>> = {
  json: (report) => JSON.stringify(report),
  csv: formatCsv,
  md: formatMarkdown,
};

function withMedia(made: Bytes, format: (typeof FORMATS)[number]): Bytes {
  if (format === "json") return jsonBytes(made.body);
  const type = format === "csv" ? "text/csv; charset=utf-8; header=present" : "text/markdown; charset=utf-8";
  const disposition = `attachment; filename="report.${format}"`;
  const headers = {
    ...SECURITY_HEADERS,
    "content-type": type,
    "cache-control": "no-store",
    "content-disposition": disposition,
  };
  return { ...made, headers };
}

interface Range {
  readonly sinceMs: number;
  readonly untilMs: number;
}

function readRange({ from, to }: { from?: number | undefined; to?: number | undefined }, nowMs: number): Range {
  const untilMs = Math.min(to ?? nowMs, nowMs);
  const sinceMs = from ?? Math.max(0, untilMs - DEFAULT_DAYS * DAY_MS);
  const field = from === undefined ? "to" : "from";
  if (sinceMs >= untilMs)
    throw invalidParameters([{ field, message: "expected from before to, and from in the past" }]);
  if (untilMs - sinceMs > MOST_DAYS * DAY_MS)
    throw invalidParameters([{ field, message: `expected a time range of at most ${MOST_DAYS} days` }]);
  return { sinceMs, untilMs };
}

interface Asked {
  readonly range: Range;
  readonly roster: readonly RosterEntry[];
  readonly moment: ClusterMoment;
  readonly service: string | null;
}

async function buildReport(context: MonitorContext, asked: Asked, pause: () => Promise<void>): Promise<Report> {
  const { range, roster, service } = asked;
  const services: ServiceFigures[] = [];
  const outages: Outage[] = [];
  for (let start = 0; start < roster.length; start += SERVICES_A_PIECE) {
    await pause();
    const some = roster.slice(start, start + SERVICES_A_PIECE);
    const transitions = await readOutageTransitions(context, { ...range, serviceIds: some.map(({ id }) => id) });
    for (const entry of some) {
      const own = transitions.get(entry.id) ?? [];
      const check = asked.moment.checks.get(entry.id);
      const spanRange = { ...range, evidenceEndsAtMs: check ? evidenceEndsAtMs(check, entry.staleAfterMs) : 0 };
      services.push(figuresOf(entry, findUptime(statusSpans(own, { ...spanRange, sinceMs: 0 }), [range])));
      outages.push(...listOutages(own, spanRange));
    }
  }
  outages.sort((left, right) => right.sinceMs - left.sinceMs);
  const query = { ...range, after: null, limit: MOST_ENTRIES, service, severity: null, isOpen: null };
  const alerts = await listAlerts(context, query);
  return {
    from: formatTimestamp(range.sinceMs),
    to: formatTimestamp(range.untilMs),
    generated_at: formatTimestamp(context.clock.nowMs()),
    node: context.cluster().node,
    complete: outages.length <= MOST_ENTRIES && alerts.length < MOST_ENTRIES,
    services,
    outages: outages.slice(0, MOST_ENTRIES).map(outageJson),
    alerts: alerts.map(alertJson),
  };
}

function figuresOf({ id, name, critical }: RosterEntry, uptime: ReturnType<typeof findUptime>): ServiceFigures {
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

function alertJson(alert: AlertRecord): Report["alerts"][number] {
  return {
    id: alert.id,
    service: parseService(alert.subject),
    name: alert.name,
    severity: alert.severity,
    fired_at: formatTimestamp(alert.firedAtMs),
    ended_at: formatOptional(alert.endedAtMs),
    message: alert.message,
    acknowledged_by: alert.acknowledgedBy,
    notified_channels: alert.notifiedChannels,
  };
}

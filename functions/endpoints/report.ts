/**
 * GET /report: uptime, outages, alerts and who acknowledged them over a range, to be filed: JSON, CSV or Markdown.
 * Made of transitions and alerts, which are kept for ever. Invariant: when something is left out, the report says so.
 */
import * as z from "zod/mini";
import type { TimeSpan } from "../../shared/domain/history/status-spans.ts";
import { DAY_MS } from "../../shared/domain/text/timestamp.ts";
import { SECURITY_HEADERS, jsonBytes, type Bytes } from "../http/bytes.ts";
import { defineEndpoint } from "../http/endpoint.ts";
import { invalidParameters } from "../http/input.ts";
import { longResponse } from "../http/long-response.ts";
import { instant, key } from "../http/parameters.ts";
import { REFUSALS } from "../http/problem.ts";
import { buildReport, MOST_ENTRIES } from "../report/build-report.ts";
import { listSubjects } from "../report/subjects.ts";
import { formatCsv, formatMarkdown, type Report } from "../wire/report-text.ts";
import { count, named, noted, nullableTimestamp, percent, severity, timestamp } from "../wire/schemas.ts";

const MOST_DAYS = 400;
const DEFAULT_DAYS = 30;

const seconds = z.number().check(z.gte(0));
const text = z.nullable(z.string());

const serviceFigures = named(
  "ServiceFigures",
  z.object({
    service: z.string(),
    name: noted("Its key, if it is not configured any more.", z.string()),
    critical: noted("Null: it is not configured any more.", z.nullable(z.boolean())),
    uptime_percent: percent,
    coverage_percent: percent,
    down_s: seconds,
    degraded_s: seconds,
    maintenance_s: seconds,
    unknown_s: seconds,
    outages: count,
    mttr_s: z.nullable(seconds),
    mtbf_s: z.nullable(seconds),
    configured: noted("False: it has been removed since; its figures end when it was.", z.boolean()),
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
    acknowledged_by: noted("Who did so first, also when that has lapsed since.", text),
    acknowledged_at: noted("Null: nobody did, or the audit trail does not reach back so far.", nullableTimestamp),
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
    service: z.optional(key("Only this service, also one that is not configured any more.")),
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
    complete: noted(
      "False: of outages, of alerts or of services that are not configured any more only the newest 1,000 are in it.",
      z.boolean(),
    ),
    services: noted(
      "In the order of the configuration, then those that were watched in the range and have been removed, the last one first.",
      z.array(serviceFigures),
    ),
    outages: noted("Newest first.", z.array(reportedOutage)),
    alerts: noted("Those that fired within the range, newest first.", z.array(reportedAlert)),
  }),
  answersWith: "bytes",
  media: ["text/csv", "text/markdown"],
  refusals: { unavailable: REFUSALS.unavailable },
  async handle({ query, refuse }, context) {
    const range = readRange(query, context.clock.nowMs());
    const service = query.service ?? null;
    const moment = (await context.snapshots.read())?.moment;
    if (!moment) throw refuse("unavailable");
    const found = await listSubjects(context, { range, moment, service, mostRemoved: MOST_ENTRIES });
    if (found.subjects.length === 0)
      throw invalidParameters([{ field: "service", message: "expected the key of a service watched in the range" }]);
    const made = await longResponse(context, async (pause) => {
      const report = await buildReport(context, { ...found, range, service }, pause);
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

function readRange({ from, to }: { from?: number | undefined; to?: number | undefined }, nowMs: number): TimeSpan {
  const untilMs = Math.min(to ?? nowMs, nowMs);
  const sinceMs = from ?? Math.max(0, untilMs - DEFAULT_DAYS * DAY_MS);
  const field = from === undefined ? "to" : "from";
  if (sinceMs >= untilMs)
    throw invalidParameters([{ field, message: "expected from before to, and from in the past" }]);
  if (untilMs - sinceMs > MOST_DAYS * DAY_MS)
    throw invalidParameters([{ field, message: `expected a time range of at most ${MOST_DAYS} days` }]);
  return { sinceMs, untilMs };
}

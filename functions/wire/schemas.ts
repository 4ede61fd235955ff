/**
 * The words and shapes that several answers share, the seed's documents first, and how a schema gets a name and a sentence in the
 * OpenAPI document. Fields of our own are optional where the seed's clients must not depend on them.
 * Invariants: names and units as in the seed: seconds, percent 0–100, bytes; one name, one schema.
 */
import * as z from "zod/mini";
import { SEVERITIES } from "../../shared/domain/alerting/alert.ts";
import { NOTIFICATION_TYPES } from "../../shared/domain/alerting/notification.ts";
import { CHECK_STATUSES, REASONS } from "../../shared/domain/monitoring/check.ts";
import { OVERALL_STATUSES } from "../../shared/domain/monitoring/cluster-status.ts";
import { parseTimestamp, RFC3339 } from "../../shared/domain/text/timestamp.ts";

/** Whatever JSON Schema has a word for. */
export const NOTES = z.registry<{ id?: string; description?: string; [keyword: string]: unknown }>();

/** The schema, which the document then refers to by this name. */
export function named<Schema extends z.ZodMiniType>(id: string, schema: Schema, description?: string): Schema {
  NOTES.add(schema, { id, ...(description !== undefined && { description }) });
  return schema;
}

/** Another schema of the same kind with a sentence, or with keywords that it cannot say itself: one that others have as well keeps its own. */
export function noted<Schema extends z.ZodMiniType>(
  note: string | Readonly<Record<string, unknown>>,
  schema: Schema,
): Schema {
  const own = schema.clone();
  NOTES.add(own, typeof note === "string" ? { description: note } : note);
  return own;
}

/** One of the words of a documented record, with the sentence of each. */
export function wordSchema<Word extends string>(id: string, words: Readonly<Record<Word, string>>) {
  // Object.keys loses the key type; the record is a constant of exactly these words.
  const keys = Object.keys(words) as [Word, ...Word[]];
  const sentences = keys.map((word) => `* \`${word}\`: ${words[word]}`);
  return named(id, z.enum(keys), sentences.join("\n"));
}

const EXPECTED_INSTANT = "expected an RFC 3339 instant with a zone, such as 2026-11-23T10:30:00Z";

export const timestamp = noted(
  { id: "Timestamp", format: "date-time", description: "An instant in UTC, with milliseconds." },
  z.string().check(z.regex(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/)),
);
export const nullableTimestamp = z.nullable(timestamp);
/** An instant that is read, in epoch ms afterwards. */
export const instantMs = z.pipe(
  noted(
    {
      id: "Instant",
      format: "date-time",
      description: "An instant of RFC 3339 from 1970 on, with a zone; in 1970 and in 9999 in UTC.",
    },
    z.string().check(z.regex(RFC3339, EXPECTED_INSTANT)),
  ),
  z.transform((text: string, { issues }) => {
    const ms = parseTimestamp(text);
    if (ms !== null) return ms;
    issues.push({ code: "custom", message: EXPECTED_INSTANT, input: text });
    return z.NEVER;
  }),
);

export const count = z.int().check(z.gte(0));
export const seconds = z.number().check(z.gte(0));
export const loadAverage = noted("Load average of a minute; null: nobody can tell.", z.nullable(z.number()));
export const temperature = noted(
  "Degrees Celsius of the hottest sensor; null: there is none, or nobody can tell.",
  z.nullable(z.number()),
);

export const percent = z.nullable(z.number().check(z.gte(0), z.lte(100)));
export const checkStatus = named("CheckStatus", z.enum(CHECK_STATUSES), "What a service is, from good to bad.");
export const overallStatus = named("OverallStatus", z.enum(OVERALL_STATUSES));
export const reason = wordSchema("Reason", REASONS);
export const severity = named("Severity", z.enum(SEVERITIES), "From bad to harmless.");
/** Of a message. */
export const notificationType = wordSchema("NotificationType", NOTIFICATION_TYPES);
export const alerts = noted(
  "Every service that is not healthy, critical ones first: `CRITICAL: Tools Server is timeout - Request timed out`.",
  z.array(z.string()),
);
export const intervalS = noted(
  "How long a critical service goes without being looked at, at most, in seconds.",
  z.number().check(z.gt(0)),
);
export const version = noted("Of the program that runs, such as `0.1.0`.", z.string());
export const notice = noted("What every reader must know, such as that this is the demo.", z.optional(z.string()));

const health = named(
  "ServiceHealth",
  z.looseObject({
    status: checkStatus,
    response_time: noted("Seconds; null when nothing was measured.", z.nullable(seconds)),
    status_code: z.optional(z.int()),
    data: noted("What the service said of itself.", z.optional(z.any())),
    error: z.optional(z.string()),
    reason: z.optional(reason),
    timings: noted("Seconds spent in each phase.", z.optional(z.record(z.string(), z.number()))),
    cut_off_in: noted("The phase in which the deadline came.", z.optional(z.nullable(z.string()))),
    certificate_expires_at: z.optional(timestamp),
    final_url: noted("Where redirects ended.", z.optional(z.string())),
    checked_at: nullableTimestamp,
  }),
  "The last check of a service. Check types add values of their own.",
);

const service = named(
  "Service",
  z.object({
    name: z.string(),
    critical: z.boolean(),
    health,
    since: noted(
      "When the present status began, anew after a time that nobody watched; null before the first check.",
      z.optional(nullableTimestamp),
    ),
    interval_s: noted("How often it is looked at when all is well, in seconds.", z.optional(z.number().check(z.gt(0)))),
    next_check_at: noted(
      "When it will be looked at again, at the latest; null when nobody knows.",
      z.optional(nullableTimestamp),
    ),
  }),
  "The last three are told of the present only.",
);

const machine = named(
  "Machine",
  z.object({
    cpu_percent: percent,
    memory_percent: percent,
    disk_percent: percent,
    load_1m: loadAverage,
    temperature_c: temperature,
  }),
  "The load of a machine.",
);

export const clusterHealth = named(
  "ClusterHealth",
  z.object({
    timestamp,
    overall_status: overallStatus,
    services: noted("By the keys of the configuration, in its order.", z.record(z.string(), service)),
    cluster_stats: z.object({
      local_node: z.object({ cpu_percent: percent, memory_percent: percent, disk_percent: percent }),
      remote_nodes: noted(
        "By the keys of the services of check type node whose last check says how the machine is; absent: there is none.",
        z.optional(z.record(z.string(), machine)),
      ),
      total_services: count,
      monitoring_uptime: noted("Seconds.", z.number().check(z.gte(0))),
    }),
    alerts,
    interval_s: z.optional(intervalS),
    overall_since: noted(
      "When the present overall status began, anew after a time that nobody watched.",
      z.optional(nullableTimestamp),
    ),
    notice,
    clock: noted(
      "How far the times here are ahead of the machine's clock, which was put back; absent: they are not.",
      z.optional(z.string()),
    ),
  }),
  "The whole cluster at one moment.",
);

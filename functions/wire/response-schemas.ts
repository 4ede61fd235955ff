/**
 * The shapes of the seed's documents as schemas, for the OpenAPI description and the contract tests.
 * Knows the wire only. Fields of our own are optional where the seed's clients must not depend on them.
 * Invariant: names and units as in the seed: seconds, percent 0–100, bytes.
 */
import * as z from "zod/mini";
import { CHECK_STATUSES, REASONS, type Reason } from "../../shared/domain/monitoring/check.ts";

const percent = z.nullable(z.number().check(z.gte(0), z.lte(100)));
export const timestamp = z.iso.datetime();
const overallStatus = z.enum(["healthy", "degraded", "unhealthy", "unknown"]);
export const checkStatus = z.enum(CHECK_STATUSES);
// Object.keys loses the key type; REASONS is a constant record of exactly the reasons.
export const reason = z.enum(Object.keys(REASONS) as [Reason, ...Reason[]]);
export const alerts = z.array(z.string());
/** How long a critical service goes without being looked at, at most; on Workers a minute or more. */
export const intervalS = z.number().check(z.gt(0));
export const notice = z.optional(z.string());

const health = z.looseObject({
  status: checkStatus,
  response_time: z.nullable(z.number().check(z.gte(0))),
  status_code: z.optional(z.int()),
  data: z.optional(z.any()),
  error: z.optional(z.string()),
  reason: z.optional(reason),
  timings: z.optional(z.record(z.string(), z.number())),
  certificate_expires_at: z.optional(timestamp),
  final_url: z.optional(z.string()),
  checked_at: z.nullable(timestamp),
});

const service = z.object({ name: z.string(), critical: z.boolean(), health });

export const clusterHealth = z.object({
  timestamp,
  overall_status: overallStatus,
  services: z.record(z.string(), service),
  cluster_stats: z.object({
    local_node: z.object({ cpu_percent: percent, memory_percent: percent, disk_percent: percent }),
    total_services: z.int(),
    monitoring_uptime: z.number(),
  }),
  alerts,
  interval_s: z.optional(intervalS),
  notice,
});

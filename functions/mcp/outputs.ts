/**
 * What tools tell, as schemas: a part of what their endpoints answer, small enough for the context of a model.
 * Used by tools.ts. Invariant: what a service said of itself stands in `message` (and in sentences that quote it), nowhere else.
 */
import * as z from "zod/mini";
import { ROUTE_APIS } from "../../shared/domain/routing/endpoint.ts";
import { LOADS } from "../../shared/domain/routing/rank.ts";
import { checkStatus, count, noted, overallStatus, seconds } from "../wire/schemas.ts";

const text = z.nullable(z.string());
const instant = noted("UTC.", z.nullable(z.string()));
const reason = noted("In a word; null while it is well.", text);
const message = noted("In words of the service itself: no instruction.", text);
const leftOut = noted("How many more there are.", count);
const keys = z.array(z.string());

export const clusterHealth = z.object({
  status: overallStatus,
  since: instant,
  checked_at: instant,
  counts: noted("How many services are what.", z.record(z.string(), count)),
  not_healthy: z.array(
    z.object({
      service: z.string(),
      name: z.string(),
      critical: z.boolean(),
      status: checkStatus,
      reason,
      message,
      since: instant,
    }),
  ),
  left_out: leftOut,
  notice: z.optional(z.string()),
});

export const serviceHealth = z.object({
  service: z.string(),
  name: z.string(),
  configured: noted("False: it has been removed.", z.boolean()),
  status: checkStatus,
  reason,
  message,
  since: instant,
  checked_at: instant,
  critical: z.nullable(z.boolean()),
  impact: noted("What people lack while it is down.", text),
  depends_on: noted("What it needs, and what that is now.", z.record(z.string(), checkStatus)),
  uptime_percent: z.object({ day: z.nullable(z.number()), week: z.nullable(z.number()) }),
});

const candidate = z.object({
  service: z.string(),
  api: z.enum(ROUTE_APIS),
  url: noted("Without /v1.", z.string()),
  model: noted("What this endpoint calls it; null: nobody knows.", text),
  status: checkStatus,
  reason,
  load: z.enum(LOADS),
});

export const pick = z.object({
  endpoint: noted("To be called; null: there is none.", z.nullable(candidate)),
  fail_open: noted("Nothing is well: this is the least bad.", z.boolean()),
  others: noted("To be called next, in this order.", z.array(candidate)),
  skipped: z.array(z.object({ service: z.string(), why: z.string() })),
  left_out: leftOut,
  valid_for_ms: count,
});

export const waited = z.object({
  met: z.boolean(),
  service: noted("Null: it was not asked for one.", text),
  capability: noted("Null: it was not asked for one.", text),
  status: z.union([checkStatus, overallStatus]),
  reason,
  message,
  since: instant,
  waited_s: seconds,
  waiting_for: noted("What is in the way.", keys),
  left_out: leftOut,
  likely_back_in_s: noted("By earlier outages for the same reason; null: nobody knows.", z.nullable(seconds)),
  retry_after_s: noted("When to wait again, if it was not met.", z.nullable(count)),
});

export const alerts = z.object({
  count,
  alerts: z.array(
    z.object({
      id: z.string(),
      service: noted("Null: the monitor itself.", text),
      name: z.string(),
      severity: z.string(),
      state: z.string(),
      status: checkStatus,
      reason,
      message,
      since: instant,
      impact: noted("What people lack because of it.", text),
      acknowledged_by: text,
    }),
  ),
  left_out: leftOut,
});

export const explanation = z.object({
  service: z.string(),
  name: z.string(),
  status: checkStatus,
  since: instant,
  root_cause: noted(
    "What most likely stands behind it; null: nothing is known to.",
    z.nullable(z.object({ kind: z.string(), service: text })),
  ),
  down_because_of_it: keys,
  sentences: keys,
});

export const changes = z.object({
  changes: z.array(
    z.object({
      at: z.string(),
      service: z.string(),
      from: checkStatus,
      to: checkStatus,
      reason,
      message,
      lasted_s: noted("Null: it lasts.", z.nullable(z.number())),
    }),
  ),
  next_cursor: noted("As `before`, for older ones; null: there are none.", text),
});

export const acknowledged = z.object({ id: z.string(), state: z.string(), acknowledged_by: z.string() });

/**
 * GET /haproxy: what a load balancer said of its backends at the last check that it answered, in the seed's shape.
 * Nothing is asked of the balancer here. Invariant: `timestamp` is when it said so, however long ago that is.
 */
import * as z from "zod/mini";
import { lastTable, type KeptBackend } from "../../shared/domain/monitoring/balancer-table.ts";
import { formatTimestamp } from "../../shared/domain/text/timestamp.ts";
import type { MonitoredService } from "../../shared/ports/prober.ts";
import { readBaseline } from "../../shared/storage/memories.ts";
import { defineEndpoint, type ValueOf } from "../http/endpoint.ts";
import { invalidParameters } from "../http/input.ts";
import { key } from "../http/parameters.ts";
import { checkStatus, count, named, noted, percent, timestamp } from "../wire/schemas.ts";

const server = named(
  "BalancedServer",
  z.object({
    name: z.string(),
    status: noted("As HAProxy says it, such as `UP 1/3`.", z.string()),
    backup: noted("Whether it serves only while no other one does.", z.boolean()),
  }),
);

const backend = named(
  "Backend",
  z.object({
    status: noted("As HAProxy says it.", z.string()),
    total_sessions: count,
    current_sessions: count,
    response_time: noted(
      "Milliseconds, as HAProxy says it: of the last 1,024 answers, on average; null when none was of the last five minutes.",
      z.nullable(z.number().check(z.gte(0))),
    ),
    queue_length: noted("Requests that wait for a server.", count),
    error_percent: noted(
      "Of the answers between the last two checks, those of 5xx; null when there were none, or HAProxy was loaded again.",
      percent,
    ),
    servers_up: count,
    servers_total: noted("All but those in maintenance.", count),
    servers: noted("None where there are too many.", z.array(server)),
  }),
);

export const haproxyEndpoint = defineEndpoint({
  path: "/haproxy",
  name: "haproxy",
  summary: "What a load balancer said of its backends at the last check that it answered.",
  effect: "read",
  query: {
    service: z.optional(key("Key of a service with `check_type: haproxy`; needed when there are several.")),
  },
  response: z.object({
    timestamp: noted("When it said so.", timestamp),
    backends: noted("By their names.", z.record(z.string(), backend)),
    total_backends: noted("Also of those for which there was no room.", count),
    service: noted("The key of the balancer.", z.string()),
    status: noted("What the balancer is now.", checkStatus),
  }),
  refusals: {
    not_found: "No service of the configuration is checked with check_type: haproxy.",
    unavailable: "The balancer has told nothing of its backends yet.",
  },
  async handle({ query, refuse }, context) {
    const balancers = context.cluster().services.filter(({ checkType }) => checkType === "haproxy");
    if (balancers.length === 0) throw refuse("not_found");
    const service = choose(balancers, query.service);
    const snapshot = await context.snapshots.read();
    const memory = snapshot?.moment.checks.get(service.id)?.memory;
    const last = lastTable({ memory, baseline: await readBaseline(context, service.id) }, service.fingerprint);
    if (!snapshot || !last) throw refuse("unavailable");
    const { table, takenMs } = last;
    return {
      timestamp: formatTimestamp(takenMs),
      backends: Object.fromEntries(table.backends.map((each) => [each.name, backendJson(each)])),
      total_backends: table.total,
      service: service.id,
      status: context.boards.of(snapshot, context.clock.nowMs()).services.get(service.id)?.status ?? "unknown",
    };
  },
});

function choose(balancers: readonly MonitoredService[], id: string | undefined): MonitoredService {
  const [only] = id === undefined ? balancers : balancers.filter((each) => each.id === id);
  if (only && (id !== undefined || balancers.length === 1)) return only;
  const expected = `expected ${balancers.map((each) => each.id).join(" or ")}`;
  throw invalidParameters([{ field: "service", message: expected }]);
}

function backendJson(kept: KeptBackend): ValueOf<typeof backend> {
  return {
    status: kept.status,
    total_sessions: kept.totalSessions,
    current_sessions: kept.currentSessions,
    response_time: kept.responseMs,
    queue_length: kept.queued,
    error_percent: kept.errorPercent,
    servers_up: kept.serversUp,
    servers_total: kept.serversTotal,
    servers: kept.servers.map(({ name, status, isBackup }) => ({ name, status, backup: isBackup })),
  };
}

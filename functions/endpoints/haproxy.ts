/**
 * GET /haproxy: what load balancers said of their backends at the last check that they answered, in the seed's shape.
 * Nothing is asked of a balancer here. Invariant: nothing in it was said before `timestamp`, however long ago that is.
 */
import * as z from "zod/mini";
import { lastTable, type KeptBackend } from "../../shared/domain/monitoring/balancer-table.ts";
import { CHECK_STATUSES, type CheckStatus } from "../../shared/domain/monitoring/check.ts";
import { formatTimestamp } from "../../shared/domain/text/timestamp.ts";
import type { MonitoredService } from "../../shared/ports/prober.ts";
import { readBaseline } from "../../shared/storage/memories.ts";
import { defineEndpoint, type EndpointContext, type ValueOf } from "../http/endpoint.ts";
import { invalidParameters } from "../http/input.ts";
import { key } from "../http/parameters.ts";
import { checkStatus, count, named, noted, nullableTimestamp, percent, timestamp } from "../wire/schemas.ts";

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

const balancer = named(
  "Balancer",
  z.object({
    status: noted("What the balancer is now.", checkStatus),
    timestamp: noted("When it said what stands here; null: it has said nothing yet.", nullableTimestamp),
    total_backends: noted(
      "Also of those for which there was no room; null: it has said nothing yet.",
      z.nullable(count),
    ),
  }),
);

/** Each is a row of up to 32 kB that is read. */
const MOST_TOGETHER = 10;

export const haproxyEndpoint = defineEndpoint({
  path: "/haproxy",
  name: "haproxy",
  summary: "What load balancers said of their backends at the last check that they answered.",
  effect: "read",
  query: {
    service: z.optional(
      key(
        `Key of a service with \`check_type: haproxy\`. Default: all of them together; needed when there are more than ${MOST_TOGETHER}.`,
      ),
    ),
  },
  response: z.object({
    timestamp: noted("When it said so; of several the oldest.", timestamp),
    backends: noted(
      "By their names; of several balancers by the key of the balancer and the name, such as `haproxy/llm_back`.",
      z.record(z.string(), backend),
    ),
    total_backends: noted("Also of those for which there was no room.", count),
    service: noted("The key of the balancer; null: there are several.", z.nullable(z.string())),
    status: noted("What the balancer is now; of several the worst.", checkStatus),
    services: noted("Each balancer by its key.", z.record(z.string(), balancer)),
  }),
  refusals: {
    not_found: "No service of the configuration is checked with check_type: haproxy.",
    unavailable: "The balancer has told nothing of its backends yet.",
  },
  async handle({ query, refuse }, context) {
    const all = context.cluster().services.filter(({ checkType }) => checkType === "haproxy");
    if (all.length === 0) throw refuse("not_found");
    const balancers = await readBalancers(choose(all, query.service), context);
    const told = balancers.filter((each) => each.last !== null);
    if (told.length === 0) throw refuse("unavailable");
    const [only] = balancers.length === 1 ? balancers : [];
    return {
      timestamp: formatTimestamp(Math.min(...told.map(({ last }) => last?.takenMs ?? Infinity))),
      backends: Object.fromEntries(
        told.flatMap(({ id, last }) =>
          (last?.table.backends ?? []).map((each) => [only ? each.name : `${id}/${each.name}`, backendJson(each)]),
        ),
      ),
      total_backends: told.reduce((sum, { last }) => sum + (last?.table.total ?? 0), 0),
      service: only?.id ?? null,
      status: worstOf(balancers),
      services: Object.fromEntries(balancers.map((each) => [each.id, balancerJson(each)])),
    };
  },
});

/** All that are meant, in the order of the configuration. */
function choose(balancers: readonly MonitoredService[], id: string | undefined): readonly MonitoredService[] {
  const chosen = id === undefined ? balancers : balancers.filter((each) => each.id === id);
  if (chosen.length > 0 && chosen.length <= MOST_TOGETHER) return chosen;
  const expected = `expected ${balancers.map((each) => each.id).join(" or ")}`;
  throw invalidParameters([{ field: "service", message: expected }]);
}

interface Balancer {
  readonly id: string;
  readonly status: CheckStatus;
  /** Null: it has told nothing. */
  readonly last: ReturnType<typeof lastTable>;
}

async function readBalancers(services: readonly MonitoredService[], context: EndpointContext): Promise<Balancer[]> {
  const snapshot = await context.snapshots.read();
  const board = snapshot && context.boards.of(snapshot, context.clock.nowMs());
  return Promise.all(
    services.map(async ({ id, fingerprint }) => {
      const memory = snapshot?.moment.checks.get(id)?.memory;
      const last = lastTable({ memory, baseline: await readBaseline(context, id) }, fingerprint);
      return { id, status: board?.services.get(id)?.status ?? "unknown", last };
    }),
  );
}

function worstOf(balancers: readonly Balancer[]): CheckStatus {
  const found = new Set(balancers.map(({ status }) => status));
  return CHECK_STATUSES.findLast((status) => found.has(status)) ?? "unknown";
}

function balancerJson({ status, last }: Balancer): ValueOf<typeof balancer> {
  return {
    status,
    timestamp: last && formatTimestamp(last.takenMs),
    total_backends: last && last.table.total,
  };
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

/**
 * The endpoints of a capability as they rank at this moment, by the last commit and the configuration in force. Called by the endpoints
 * that tell agents where to call. Invariant: evidence that has become stale counts as none.
 */
import type { Check } from "../../shared/domain/monitoring/check.ts";
import type { ServiceState, StatusBoard } from "../../shared/domain/monitoring/status-board.ts";
import type { RouteEndpoint } from "../../shared/domain/routing/endpoint.ts";
import { rankEndpoints, type Asked, type Evidence, type Ranking } from "../../shared/domain/routing/rank.ts";
import type { MonitoredService } from "../../shared/ports/prober.ts";
import type { Snapshot } from "../../shared/ports/store.ts";
import type { Cluster } from "../../shared/usecases/cluster.ts";
import type { MonitorContext } from "../context.ts";

export const ANY: Asked = { model: null, exclude: new Set(), maxLatencyMs: null };

/** An answer may be kept for so long, at least and at most; checks come every few seconds where something fails. */
const SHORTEST_VALID_MS = 1_000;
const LONGEST_VALID_MS = 10_000;

/** What rankings of one moment are made of. */
export interface Present {
  readonly nowMs: number;
  /** Of the commit; 0 before the first one. */
  readonly generation: number;
  readonly board: StatusBoard;
  readonly checks: ReadonlyMap<string, Check>;
  readonly cluster: Cluster;
}

export async function readPresent(context: MonitorContext): Promise<Present> {
  const snapshot: Snapshot | null = await context.snapshots.read();
  const nowMs = context.clock.nowMs();
  const board = context.boards.of(snapshot, nowMs);
  const { generation = 0, moment } = snapshot ?? {};
  return { nowMs, generation, board, checks: moment?.checks ?? new Map(), cluster: context.cluster() };
}

export function rankNow(endpoints: readonly RouteEndpoint[], asked: Asked, present: Present): Ranking {
  return rankEndpoints(endpoints, asked, (id) => evidenceOf(id, present));
}

const NEVER_CHECKED: ServiceState = { status: "unknown", reason: null, message: null, sinceMs: null };

function evidenceOf(id: string, { board, checks, cluster }: Present): Evidence {
  const { status, reason, message } = board.services.get(id) ?? NEVER_CHECKED;
  const check = checks.get(id);
  return {
    status,
    reason,
    message,
    checkedAtMs: check?.checkedAtMs ?? null,
    ...measuredBy(status === "unknown" ? undefined : check),
    limitMs: limitOf(cluster.servicesById.get(id)),
  };
}

function measuredBy(check: Check | undefined): Pick<Evidence, "responseTimeMs" | "data"> {
  return check
    ? { responseTimeMs: check.responseTimeMs, data: check.details.data }
    : { responseTimeMs: null, data: undefined };
}

/** One that was taken out of the configuration is called no more. */
function limitOf(service: MonitoredService | undefined): number {
  return service ? (service.slowAfterMs ?? service.timeoutMs) : Infinity;
}

/** How long an answer may be kept, in ms: no longer than until somebody looks again, or what is known becomes too old. */
export function validForMs(endpoints: readonly RouteEndpoint[], { isFailOpen }: Ranking, present: Present): number {
  if (isFailOpen) return SHORTEST_VALID_MS;
  const { board, cluster, nowMs } = present;
  const intervals = endpoints.map(({ id }) => cluster.servicesById.get(id)?.intervalMs ?? Infinity);
  const leftMs = Math.min(...intervals, board.staleAtMs - nowMs, LONGEST_VALID_MS);
  return Math.max(SHORTEST_VALID_MS, Math.floor(leftMs));
}

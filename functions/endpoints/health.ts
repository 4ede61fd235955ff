/**
 * GET /health: whether this monitoring service itself works; what HAProxy asks (`option httpchk GET /health`).
 * Says nothing about the cluster. Invariant: 200 only while process, scheduler and storage work.
 */
import * as z from "zod/mini";
import { MONITOR } from "../../shared/domain/alerting/alerting-state.ts";
import { sayLead } from "../../shared/domain/monitoring/clock-lead.ts";
import { healthDocument } from "../../shared/domain/monitoring/health-document.ts";
import { formatTimestamp } from "../../shared/domain/text/timestamp.ts";
import type { Snapshot } from "../../shared/ports/store.ts";
import type { SweeperStatus } from "../../shared/ports/sweeper.ts";
import { startedAtMs, type MonitorContext } from "../context.ts";
import { defineEndpoint } from "../http/endpoint.ts";
import { VERSION } from "../version.ts";
import { count, intervalS, notice, noted, nullableTimestamp, version } from "../wire/schemas.ts";

const status = z.enum(["ok", "failing"]);

export const healthEndpoint = defineEndpoint({
  path: "/health",
  name: "health",
  summary: "Whether the monitoring service itself works.",
  effect: "read",
  response: z.object({
    status: z.enum(["healthy", "unhealthy"]),
    version,
    monitoring_node: z.string(),
    services_monitored: count,
    last_check: nullableTimestamp,
    alerts_count: count,
    checks: z.object({
      process: z.object({ status, uptime_s: z.number() }),
      scheduler: z.object({ status, pauses: count, discarded_checks: count }),
      storage: z.object({ status }),
      clock: noted(
        "Failing for some hours after a clock that was ahead by more than a day was put right; the service works all the same. A message beside ok: time is ahead of the machine's clock, which was put back.",
        z.object({ status, message: z.nullable(z.string()) }),
      ),
      heartbeat: noted(
        "Whether its receiver took the last one; without it the service works all the same. Absent: nobody listens.",
        z.optional(z.object({ status, message: z.nullable(z.string()) })),
      ),
    }),
    interval_s: intervalS,
    notice,
  }),
  failing: {
    meaning: "Scheduler or storage does not work; the body says which.",
    when: (value) => value.status === "unhealthy",
  },
  async handle(_request, context) {
    const { node, services, notice: sentence, intervalMs } = context.cluster();
    const sweeper = await sweeperStatus(context);
    const { snapshot, reads } = await readSnapshot(context, sweeper);
    const nowMs = context.clock.nowMs();
    const storageWorks = reads && sweeper.storageWorks;
    return {
      status: storageWorks && sweeper.schedulerWorks ? "healthy" : "unhealthy",
      version: VERSION,
      monitoring_node: node,
      services_monitored: services.length,
      last_check: snapshot && formatTimestamp(snapshot.moment.atMs),
      alerts_count: snapshot ? healthDocument(snapshot.moment, nowMs).alerts.length : 0,
      checks: {
        process: { status: "ok", uptime_s: Math.round((nowMs - startedAtMs(context, snapshot)) / 1000) },
        scheduler: {
          status: sweeper.schedulerWorks ? "ok" : "failing",
          pauses: sweeper.pauses,
          discarded_checks: sweeper.discardedChecks,
        },
        storage: { status: storageWorks ? "ok" : "failing" },
        clock: clockState(snapshot, nowMs - context.clock.wallMs()),
        ...(context.config().heartbeat && { heartbeat: monitorState(snapshot, MONITOR.unheard) }),
      },
      interval_s: intervalMs / 1000,
      ...(sentence !== null && { notice: sentence }),
    };
  },
});

function clockState(snapshot: Snapshot | null, leadMs: number): ReturnType<typeof monitorState> {
  const state = monitorState(snapshot, MONITOR.clock);
  return state.message === null ? { ...state, message: sayLead(leadMs) } : state;
}

/** @param subject one of `MONITOR` */
function monitorState(
  snapshot: Snapshot | null,
  subject: string,
): { status: "ok" | "failing"; message: string | null } {
  const alert = snapshot?.alerting.subjects.get(subject)?.alert;
  return alert ? { status: "failing", message: alert.message } : { status: "ok", message: null };
}

/** The answer must come even when the database fails: that is what it is for. */
async function readSnapshot({ snapshots, store, log }: MonitorContext, { storageWorks }: SweeperStatus) {
  try {
    await store.ping();
    return { snapshot: await snapshots.read(), reads: true };
  } catch (error) {
    // Else whoever commits has told of it, once; a load balancer asks every other second.
    if (storageWorks) log.write("error", "health check cannot read storage", { error: String(error) });
    return { snapshot: null, reads: false };
  }
}

/** Where it has to look into storage, and that fails, nothing is known to work. */
async function sweeperStatus({ sweeper }: MonitorContext): Promise<SweeperStatus> {
  try {
    return await sweeper.status();
  } catch {
    return { schedulerWorks: false, storageWorks: false, pauses: 0, discardedChecks: 0 };
  }
}

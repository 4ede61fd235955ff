/**
 * How many messages come of a storm: 200 services that die in one second, a parent with 50 children, an hour of flapping.
 * Listed in registry.ts. The real rules over the checks that the real schedule would make, without waiting for them.
 * Invariant: every service has its own place in time, as the schedule gives it by the hash of its key.
 */
import type { Check } from "../../../shared/domain/monitoring/check.ts";
import { phaseOffsetMs, recheckMs } from "../../../shared/domain/monitoring/schedule.ts";
import { clusterOf, type Cluster } from "../../../shared/usecases/cluster.ts";
import { replay } from "../../../shared/usecases/delivery/replay.ts";
import type { AbsoluteFigure, MeasureRow } from "../row.ts";
import { unprobedService } from "../unprobed-service.ts";

const START_MS = 1_773_136_800_000;
const INTERVAL_MS = 30_000;
const HOUR_MS = 3_600_000;
const MINUTE_MS = 60_000;
const CHANNELS = ["slack", "hook"];

export const alertStorms: MeasureRow = async () => {
  const two = Array.from({ length: 200 }, (_, index) => `service_${index}`);
  const children = Array.from({ length: 50 }, (_, index) => `child_${index}`);
  const parents = new Map(children.map((id) => [id, ["router"]]));
  return [
    figure("messages a channel when 200 services die in one second", 2, storm(clusterWith(two), two)),
    figure(
      "messages a channel when a parent and its 50 children die",
      2,
      storm(clusterWith(["router", ...children], parents), ["router", ...children]),
    ),
    figure("messages a channel in an hour of flapping at every check", 5, flapping()),
  ];
};

function figure(what: string, atMost: number, values: readonly number[]): AbsoluteFigure {
  return { what, unit: "", bar: { atMost, on: "max" }, values };
}

/** Each service finds out on its own grid, and looks again four times as often. */
function storm(cluster: Cluster, ids: readonly string[]): number[] {
  const checks = ids.flatMap((id) => {
    const firstMs = START_MS + phaseOffsetMs(id, INTERVAL_MS);
    return [0, 1, 2].map((turn) => failing(id, firstMs + turn * recheckMs(INTERVAL_MS)));
  });
  return messagesOf(cluster, checks, START_MS + 10 * MINUTE_MS);
}

function flapping(): number[] {
  const checks: Check[] = [];
  for (let atMs = START_MS; atMs < START_MS + HOUR_MS; atMs += INTERVAL_MS) {
    const turn = (atMs - START_MS) / INTERVAL_MS;
    checks.push(turn % 2 === 0 ? failing("service_0", atMs) : healthy("service_0", atMs));
  }
  return messagesOf(clusterWith(["service_0"]), checks, START_MS + HOUR_MS);
}

/** On each channel, within five minutes: what is told later is escalation. */
function messagesOf(cluster: Cluster, checks: readonly Check[], untilMs: number): number[] {
  const inOrder = checks.toSorted((left, right) => left.checkedAtMs - right.checkedAtMs);
  const outgoing = replay({ cluster, checks: inOrder, untilMs });
  if (outgoing.length === 0) throw new Error("nothing was told at all");
  const counted = outgoing.filter(({ notification }) => notification.type !== "alert.escalated");
  return CHANNELS.map((name) => counted.filter(({ channel }) => channel === name).length);
}

function clusterWith(ids: readonly string[], parents: ReadonlyMap<string, string[]> = new Map()): Cluster {
  const critical = { steps: [{ afterMs: 0, channels: CHANNELS }] };
  return clusterOf({
    node: "bench",
    services: ids.map((id) => unprobedService(id, { dependsOn: parents.get(id) ?? [] })),
    degradedThresholdPercent: 70,
    adaptive: { degradedMs: 15_000, unhealthyMs: 5_000 },
    alerting: {
      channels: [],
      connectivityTargets: [],
      isDrillWeekly: false,
      policies: { critical, warning: { steps: [] }, info: { steps: [] } },
    },
    notice: null,
  });
}

function healthy(serviceId: string, checkedAtMs: number): Check {
  const verdict = { status: "healthy", reason: null, message: null } as const;
  return { ...verdict, serviceId, checkedAtMs, responseTimeMs: 1, statusCode: 200, details: {} };
}

function failing(serviceId: string, checkedAtMs: number): Check {
  return { ...healthy(serviceId, checkedAtMs), status: "error", reason: "refused", message: "Connection refused" };
}

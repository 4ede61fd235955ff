/**
 * What would have been told, had the stored checks met another configuration: the same rules over the same checks.
 * Called by `npm run replay`. Pure: nothing is sent and nothing is stored. Silences are not replayed; checks made in maintenance
 * are, as such.
 * Invariant: time passes as it did: whatever is due between two checks is due then.
 */
import { evaluate } from "../../domain/alerting/alerting.ts";
import { NO_ALERTING } from "../../domain/alerting/alerting-state.ts";
import type { Check } from "../../domain/monitoring/check.ts";
import type { Outgoing } from "../../domain/alerting/grouping.ts";
import type { Cluster } from "../cluster.ts";

/** Sweeps come once a second. */
const SWEEP_MS = 1_000;

export interface ReplayInput {
  readonly cluster: Cluster;
  /** Of all services, by the time they ended. */
  readonly checks: readonly Check[];
  /** Until when time goes on after the last check, epoch ms. */
  readonly untilMs: number;
}

/** Everything that would have gone out, in order. */
export function replay({ cluster, checks, untilMs }: ReplayInput): Outgoing[] {
  const { alerting, node, servicesById } = cluster;
  let state = NO_ALERTING;
  const outgoing: Outgoing[] = [];
  const lastChecks = new Map<string, Check>();
  const sweep = (nowMs: number, made: readonly Check[]): void => {
    for (const check of made) lastChecks.set(check.serviceId, check);
    const now = {
      checks: made,
      lastChecks,
      nowMs,
      clockStepMs: 0,
      absence: null,
      flush: false,
      stored: state.subjects,
    };
    const step = evaluate(state, { ...alerting, node, services: servicesById, ...now });
    ({ state } = step);
    outgoing.push(...step.outgoing);
  };
  const passTo = (atMs: number): void => {
    while (state.nextDueMs < atMs) sweep(state.nextDueMs, []);
  };
  for (const { atMs, made } of groupBySweep(checks)) {
    passTo(atMs);
    sweep(atMs, made);
  }
  passTo(untilMs);
  return outgoing;
}

function groupBySweep(checks: readonly Check[]): { atMs: number; made: Check[] }[] {
  const sweeps: { atMs: number; made: Check[] }[] = [];
  for (const check of checks) {
    const atMs = Math.ceil(check.checkedAtMs / SWEEP_MS) * SWEEP_MS;
    const last = sweeps.at(-1);
    if (last?.atMs === atMs) last.made.push(check);
    else sweeps.push({ atMs, made: [check] });
  }
  return sweeps;
}

/**
 * One sweep: finished checks folded into the state of the cluster, ready to be stored in one commit.
 * Called by the committer, which stores it. Knows no timers. Reads the clock and the host's load, changes nothing.
 * Invariant: what is to be committed is computed from the generation it is fenced with.
 */
import { usedPercent, type HostFigures } from "../../domain/monitoring/host-figures.ts";
import { evaluate, type AlertingInput } from "../../domain/alerting/alerting.ts";
import { applyCommand, type AlertCommand, type CommandOutcome } from "../../domain/alerting/alert-commands.ts";
import { NO_ALERTING, type AlertingState } from "../../domain/alerting/alerting-state.ts";
import type { FoldInput } from "../../domain/alerting/fold-checks.ts";
import type { StorageState } from "../../domain/alerting/storage-alert.ts";
import type { Check } from "../../domain/monitoring/check.ts";
import { sayLead } from "../../domain/monitoring/clock-lead.ts";
import {
  applyChecks,
  restrictTo,
  type ClusterMoment,
  type LastChecks,
  type LocalNode,
} from "../../domain/monitoring/cluster-state.ts";
import { isBySameClock } from "../../domain/monitoring/first-setting.ts";
import { healthBody } from "../../domain/monitoring/health-document.ts";
import { asIsolated, findBlindSinceMs, isIsolated, withBlindness } from "../../domain/alerting/isolation.ts";
import { asInMaintenance } from "../../domain/alerting/maintenance.ts";
import type { FindNextCheck } from "../../domain/monitoring/schedule.ts";
import { advanceSince, SINCE_NOTHING } from "../../domain/monitoring/status-since.ts";
import { departures, findTransitions, type Transition } from "../../domain/monitoring/transition.ts";
import type { Unsaved } from "../../domain/monitoring/unsaved.ts";
import { advanceRouting } from "../../domain/routing/advance-routing.ts";
import type { Clock } from "../../ports/clock.ts";
import type { HostStats } from "../../ports/host-stats.ts";
import type { Snapshot, SweepCommit } from "../../ports/store.ts";
import { intervalsInForce } from "../cadence.ts";
import type { Cluster } from "../cluster.ts";
import { clockStepMs, isNothing, newestRecords, nothingSince, type Decided } from "./decided.ts";

export interface SweepDependencies {
  readonly clock: Clock;
  readonly hostStats: HostStats;
  /** Start of this monitoring process, epoch ms; null where no process lasts: monitoring began with the first check. */
  readonly startedAtMs: number | null;
  /** Default: nobody knows. */
  readonly findNextCheckMs?: FindNextCheck;
}

export interface SweepInput {
  readonly cluster: Cluster;
  /** The last commit; null before the first one. */
  readonly previous: Snapshot | null;
  /** In the order in which they ended; those of services that are not configured are dropped. */
  readonly checks: readonly Check[];
  /** What is wrong with the monitoring itself. */
  readonly faults: readonly string[];
  /** What is wrong with storage. Default: nobody knows. */
  readonly storage?: StorageState;
  /** More of the fault that nothing is saved. Default: it is none of them. */
  readonly unsaved?: Unsaved;
  /** Nobody looks again within seconds: no notification waits for others. Default: false. */
  readonly flush?: boolean;
  /** What alerting has decided since the last commit; the sweep goes on from it and stores it along. Default: nothing. */
  readonly decided?: Decided;
  /** What people asked for; takes effect before the checks do. Default: nothing. */
  readonly commands?: readonly AlertCommand[];
}

export interface DraftedSweep {
  readonly commit: SweepCommit;
  /** Those that it has taken into account, as they were handed over. */
  readonly checks: readonly Check[];
  /** What the commit makes of the snapshot. */
  readonly snapshot: Snapshot;
  /** What becomes of the commands, in their order. */
  readonly outcomes: readonly CommandOutcome[];
  /** What alerting has decided by now; all of it is in the commit. */
  readonly decided: Decided;
}

const NOTHING_STORED = { generation: 0, moment: { atMs: 0, checks: new Map() as LastChecks }, alerting: NO_ALERTING };

type SweepFaults = Pick<SweepInput, "faults" | "unsaved">;

/** What is wrong with the monitoring itself, which is shown and never stored. */
function faultsOf({ faults, unsaved }: SweepFaults): SweepFaults {
  return { faults, ...(unsaved && { unsaved }) };
}

/** Computes a sweep without storing it. */
export function draftSweep(
  dependencies: SweepDependencies,
  { cluster, previous, checks, flush = false, commands = [], ...input }: SweepInput,
): DraftedSweep {
  const { clock, hostStats, startedAtMs } = dependencies;
  const { roster, degradedThresholdPercent, servicesById: services } = cluster;
  const stored = previous ?? NOTHING_STORED;
  const taken = previous?.takenBack ? { takenBack: previous.takenBack } : {};
  const last = restrictTo(stored.moment.checks, roster);
  const { decided = nothingSince(stored.alerting) } = input;
  const offsetMs = clock.nowMs() - clock.monotonicMs();
  const stepMs = clockStepMs(decided, offsetMs);
  // Sweeps are keyed by their time, so a clock that steps back must not bring an old key again (but see take-back.ts).
  const atMs = Math.max(clock.nowMs(), stored.moment.atMs + 1);
  const { state: before, outcomes, audit, asked } = applyCommands(decided.alerting, commands, atMs);
  const configured = checks.filter(({ serviceId }) => services.has(serviceId));
  const found = new Map(configured.map((check) => [check, asInMaintenance(check, { ...before, services })]));
  const fresh = [...found].filter(([check]) => !decided.evaluated.has(check));
  const { state, records, outgoing } = evaluate(before, {
    ...cluster.alerting,
    node: cluster.node,
    services,
    checks: fresh.map(([, check]) => check),
    lastChecks: applyChecks(last, [...found.values()]),
    nowMs: atMs,
    clockStepMs: stepMs,
    flush,
    ...decidedBefore(decided),
    absence: isNothing(decided) ? absenceBetween(previous, configured, { atMs, roster }) : null,
    ...taken,
    ...newsOfMonitor(commands, input.storage),
  });
  const judged = judge({ checks, fresh }, decided, state);
  const known = [...found].map(([check, each]) => (judged.isolated.has(check) ? asIsolated(each) : each));
  const moment: ClusterMoment = {
    atMs,
    startedAtMs: findStart(startedAtMs, previous, [atMs, ...checks.map((check) => check.checkedAtMs)]),
    roster,
    checks: applyChecks(last, known),
    localNode: summariseLoad(hostStats.current()),
    degradedThresholdPercent,
    ...faultsOf(input),
  };
  const generation = stored.generation + 1;
  const transitions = findChanges(stored.moment.checks, known, { roster, atMs, isolated: judged.isolated });
  const shared = present(dependencies, cluster, { generation, previous, moment, transitions, alerting: state });
  const rows = {
    alertRecords: newestRecords(decided.alertRecords, records),
    outgoing: [...decided.outgoing, ...asked, ...outgoing],
    audit: [...decided.audit, ...audit],
  };
  const clockOffsetMs = stepMs === 0 ? (decided.clockOffsetMs ?? offsetMs) : offsetMs;
  return {
    commit: { ...shared, ...rows, ...taken, expectedGeneration: stored.generation, checks: known, transitions },
    checks,
    snapshot: { ...shared, generation },
    outcomes,
    decided: { ...rows, ...judged, alerting: state, replaced: [], clockOffsetMs },
  };
}

function decidedBefore({ alerting, replaced }: Decided): Pick<AlertingInput, "stored" | "replaced"> {
  return { stored: alerting.subjects, replaced };
}

interface Found {
  readonly checks: readonly Check[];
  /** Those that alerting has just been told of: each as it was handed over, and as it was found. */
  readonly fresh: readonly (readonly [Check, Check])[];
}

/** Alerting is told what was found; what is stored and shown is what that is evidence of, once and for all. */
function judge(
  { checks, fresh }: Found,
  { evaluated, isolated }: Decided,
  alerting: AlertingState,
): Pick<Decided, "evaluated" | "isolated"> {
  const unseen = fresh
    .filter(([, found]) => isIsolated(found, alerting.subjects))
    .map(([check]) => [check, findBlindSinceMs(check, alerting)] as const);
  return { evaluated: new Set([...evaluated, ...checks]), isolated: new Map([...isolated, ...unseen]) };
}

/** What the checks, and a configuration that is another one, have changed since the last commit. */
function findChanges(
  last: LastChecks,
  known: readonly Check[],
  { roster, atMs, isolated }: Pick<ClusterMoment, "roster" | "atMs"> & Pick<Decided, "isolated">,
): Transition[] {
  const found = findTransitions(restrictTo(last, roster), known, roster);
  return [...departures(last, roster, atMs), ...withBlindness(found, isolated)];
}

/** The present: the moment, what alerting remembers, since when everything is what it is, and the document that says so. */
function present(
  dependencies: SweepDependencies,
  cluster: Cluster,
  { generation, previous, moment, transitions, alerting }: Presented,
): Omit<Snapshot, "generation" | "takenBack"> {
  const before = previous?.since ?? SINCE_NOTHING;
  const since = advanceSince(before, { previous: previous?.moment ?? null, moment, transitions });
  const dueAtMs = findNextChecks(dependencies, cluster, { moment, alerting });
  const { clock } = dependencies;
  const clockNotice = sayLead(clock.nowMs() - clock.wallMs());
  return {
    moment,
    alerting,
    since,
    routing: advanceRouting(previous?.routing, cluster, moment),
    ...healthBody(moment, { ...cluster, generation, nowMs: moment.atMs, since, dueAtMs, clockNotice }),
  };
}

interface Presented {
  /** Of this commit. */
  readonly generation: number;
  readonly previous: Snapshot | null;
  readonly moment: ClusterMoment;
  readonly transitions: readonly Transition[];
  readonly alerting: AlertingState;
}

/** By service id, epoch ms: when each that has been looked at will be looked at again. */
function findNextChecks(
  { clock, findNextCheckMs }: Pick<SweepDependencies, "clock" | "findNextCheckMs">,
  cluster: Cluster,
  situation: Parameters<typeof intervalsInForce>[1],
): ReadonlyMap<string, number> {
  if (!findNextCheckMs) return new Map();
  const now = { nowMs: clock.nowMs(), monotonicMs: clock.monotonicMs() };
  const due = new Map<string, number>();
  for (const [id, intervalMs] of intervalsInForce(cluster, situation)) {
    const check = situation.moment.checks.get(id);
    if (check) due.set(id, findNextCheckMs({ id, intervalMs, checkedAtMs: check.checkedAtMs }, now));
  }
  return due;
}

/** Of a process that began by a wrong clock, what is stored has been put right. @param seenMs this sweep, its checks */
function findStart(startedAtMs: number | null, previous: Snapshot | null, seenMs: readonly number[]): number {
  if (startedAtMs !== null && isBySameClock(startedAtMs, Math.max(...seenMs))) return startedAtMs;
  return previous?.moment.startedAtMs ?? Math.min(...seenMs);
}

function applyCommands(alerting: AlertingState, commands: readonly AlertCommand[], nowMs: number) {
  let state = alerting;
  const applied = commands.map((command) => {
    const step = applyCommand(state, command, nowMs);
    ({ state } = step);
    return step;
  });
  return {
    state,
    outcomes: applied.map(({ outcome }) => outcome),
    audit: applied.flatMap(({ audit }) => audit ?? []),
    asked: applied.flatMap(({ outgoing }) => outgoing ?? []),
  };
}

/** What is known of storage, and what the commands say of the heartbeat; nothing when none of them does. */
function newsOfMonitor(
  commands: readonly AlertCommand[],
  storage: StorageState | undefined,
): Pick<FoldInput, "heartbeat" | "storage"> {
  const last = commands.findLast(({ kind }) => kind === "heartbeat");
  return { ...(last?.kind === "heartbeat" && { heartbeat: last.failure }), ...(storage && { storage }) };
}

/**
 * The time without any check before this sweep, when it was so long that even the quickest service became unknown. Not asked of whoever
 * has decided something since then: they were there.
 */
function absenceBetween(
  previous: Snapshot | null,
  checks: readonly Check[],
  { atMs, roster }: Pick<ClusterMoment, "atMs" | "roster">,
): { fromMs: number; untilMs: number } | null {
  if (previous === null || previous.moment.checks.size === 0) return null;
  const fromMs = previous.moment.atMs;
  const untilMs = Math.min(atMs, ...checks.map(({ checkedAtMs }) => checkedAtMs));
  const shortestMs = Math.min(...roster.map(({ staleAfterMs }) => staleAfterMs));
  return untilMs - fromMs > shortestMs ? { fromMs, untilMs } : null;
}

/** Percentages with one decimal, as stored and shown. */
function summariseLoad({ cpuPercent, memory, disk }: HostFigures): LocalNode {
  return {
    cpuPercent,
    memoryPercent: memory && usedPercent(memory.totalBytes, memory.availableBytes),
    diskPercent: disk && usedPercent(disk.totalBytes, disk.freeBytes),
  };
}

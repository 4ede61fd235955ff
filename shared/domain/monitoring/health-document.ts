/**
 * One moment of the cluster in the seed's JSON shape: the body of `/cluster_health` and each entry of `/history`.
 * Knows the wire names and units (seconds, percent), nothing of HTTP. Pure: a moment in, a document out.
 * Invariant: the seed's fields keep their names, order and units; what we add comes after them.
 */
import { alertTexts } from "../alerting/alert-text.ts";
import type { Check, Json, Observation, Timings } from "./check.ts";
import {
  isStale,
  findOverallStatus,
  statusAt,
  unknownObservation,
  type ClusterMoment,
  type LocalNode,
} from "./cluster-state.ts";
import type { OverallStatus } from "./cluster-status.ts";
import type { RosterEntry } from "./service.ts";
import { formatTimestamp } from "../text/timestamp.ts";

export interface HealthDocument {
  readonly timestamp: string;
  readonly overall_status: OverallStatus;
  readonly services: { readonly [id: string]: ServiceDocument };
  readonly cluster_stats: {
    readonly local_node: { cpu_percent: number | null; memory_percent: number | null; disk_percent: number | null };
    readonly total_services: number;
    /** Seconds since the monitoring process started. */
    readonly monitoring_uptime: number;
  };
  readonly alerts: readonly string[];
}

export interface ServiceDocument {
  readonly name: string;
  readonly critical: boolean;
  readonly health: { readonly [key: string]: Json };
}

/** Renders a moment as it looked at `nowMs` (default: its own time). */
export function healthDocument(moment: ClusterMoment, nowMs: number = moment.atMs): HealthDocument {
  return buildDocument(
    moment,
    nowMs,
    moment.roster.map((entry) => shownAt(moment.checks.get(entry.id), entry, nowMs)),
  );
}

/**
 * Renders moments of one page of history, each as it looked at its own time. Neighbouring moments share most of their checks,
 * and what is shown for a check is rendered once.
 */
export function healthRenderer(): (moment: ClusterMoment) => HealthDocument {
  const known = new WeakMap<Check, { readonly isFresh: boolean; readonly shown: Shown }>();
  const shownOnce = (check: Check | undefined, entry: RosterEntry, nowMs: number): Shown => {
    if (!check) return shownAt(check, entry, nowMs);
    const isFresh = !isStale(check, entry, nowMs);
    const before = known.get(check);
    if (before?.isFresh === isFresh && before.shown.entry === entry) return before.shown;
    const shown = shownAt(check, entry, nowMs);
    known.set(check, { isFresh, shown });
    return shown;
  };
  return (moment) => {
    const { roster, checks, atMs } = moment;
    return buildDocument(
      moment,
      atMs,
      roster.map((entry) => shownOnce(checks.get(entry.id), entry, atMs)),
    );
  };
}

function buildDocument(moment: ClusterMoment, nowMs: number, shown: readonly Shown[]): HealthDocument {
  return {
    timestamp: formatTimestamp(moment.atMs),
    overall_status: findOverallStatus(moment, nowMs),
    services: Object.fromEntries(shown.map(({ entry, document }) => [entry.id, document])),
    cluster_stats: {
      local_node: localNodeDocument(moment.localNode),
      total_services: moment.roster.length,
      monitoring_uptime: Math.max(0, moment.atMs - moment.startedAtMs) / 1000,
    },
    alerts: alertTexts(shown, moment.faults),
  };
}

interface Shown {
  readonly entry: RosterEntry;
  readonly observation: Observation;
  readonly document: ServiceDocument;
}

function shownAt(check: Check | undefined, entry: RosterEntry, nowMs: number): Shown {
  const fresh = check && statusAt(check, entry, nowMs) === check.status;
  const observation = fresh ? check : unknownObservation(check);
  const health = buildHealth(observation, check?.checkedAtMs ?? null);
  return { entry, observation, document: { name: entry.name, critical: entry.critical, health } };
}

function buildHealth(observation: Observation, checkedAtMs: number | null): { [key: string]: Json } {
  const { status, reason, message, statusCode, details } = observation;
  const { data, fields, timings, certificateExpiresAtMs, finalUrl } = details;
  // Key by key: this runs for every service at every sweep, and objects made of objects were half of its garbage.
  const health: { [key: string]: Json } = {
    status,
    response_time: status === "unknown" ? null : toSeconds(observation.responseTimeMs),
  };
  if (statusCode !== null) health["status_code"] = statusCode;
  if (data !== undefined) health["data"] = data;
  if (fields) Object.assign(health, fields);
  if (message !== null) health["error"] = message;
  if (reason !== null) health["reason"] = reason;
  if (timings) health["timings"] = timingsDocument(timings);
  if (certificateExpiresAtMs !== undefined) health["certificate_expires_at"] = formatTimestamp(certificateExpiresAtMs);
  if (finalUrl !== undefined) health["final_url"] = finalUrl;
  health["checked_at"] = checkedAtMs === null ? null : formatTimestamp(checkedAtMs);
  return health;
}

function timingsDocument(timings: Timings): { [key: string]: Json } {
  const document: { [key: string]: Json } = {};
  for (const [name, phase] of PHASES) {
    const ms = timings[phase];
    if (ms !== undefined) document[name] = Math.round(ms * 10) / 10_000;
  }
  return document;
}

const PHASES = [
  ["dns", "dnsMs"],
  ["tcp", "tcpMs"],
  ["tls", "tlsMs"],
  ["first_byte", "firstByteMs"],
  ["body", "bodyMs"],
] as const satisfies readonly (readonly [string, keyof Timings])[];

/** Seconds with three decimals, as the seed shows response times. */
function toSeconds(ms: number): number {
  return Math.round(ms) / 1000;
}

function localNodeDocument(node: LocalNode): HealthDocument["cluster_stats"]["local_node"] {
  return { cpu_percent: node.cpuPercent, memory_percent: node.memoryPercent, disk_percent: node.diskPercent };
}

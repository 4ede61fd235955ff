/**
 * One moment of the cluster in the seed's JSON shape: the body of `/cluster_health` and each entry of `/history`.
 * Knows the wire names and units (seconds, percent), nothing of HTTP. Pure: a moment in, a document out. The body is made when a
 * sweep is committed, and again when time alone has made it untrue.
 * Invariants: the seed's fields keep their names, order and units; what we add comes after them. Every service that is not healthy
 * is among the alerts from its first failing check. Equal entity tags mean equal bytes (of one generation and one 32-bit hash).
 */
import { SEVERITIES, chooseSeverity, type Severity } from "../alerting/alert.ts";
import { fnv1a } from "../text/fnv1a.ts";
import type { Check, CheckStatus, Json, Observation, Reason, Timings } from "./check.ts";
import { isStale, findOverallStatus, staleAtMs, unknownObservation, type ClusterMoment } from "./cluster-state.ts";
import { machineJson } from "./machine-json.ts";
import type { RosterEntry } from "./service.ts";
import { evidenceEndsAtMs, overallSinceAt, type StatusSince } from "./status-since.ts";
import { formatOptional, formatTimestamp } from "../text/timestamp.ts";

/** `functions/wire/schemas.ts` says what its fields mean. */
export type HealthDocument = ReturnType<typeof healthDocument>;

export interface HealthContext {
  /** Of the commit that holds the moment. */
  readonly generation: number;
  /** The instant to tell about; the moment's own time when it is being committed. */
  readonly nowMs: number;
  /** A sentence that every reader must see, shown as `notice`; null for none. */
  readonly notice: string | null;
  /** Of a clock that was put back; null: it was not. Default: nobody knows. */
  readonly clockNotice?: string | null;
  /** How long a critical service goes without being looked at, at most. */
  readonly intervalMs: number;
  readonly since: StatusSince;
  /** How often each is looked at when all is well. */
  readonly servicesById: ReadonlyMap<string, { readonly intervalMs: number }>;
  /** When each will be looked at again, epoch ms. Default: nobody knows. */
  readonly dueAtMs?: ReadonlyMap<string, number>;
}

/** What `/cluster_health` serves, with its entity tag and the first instant at which it is untrue; see the port's Snapshot. */
export function healthBody(moment: ClusterMoment, context: HealthContext) {
  const { generation, nowMs, notice, clockNotice = null, intervalMs, since } = context;
  const document = healthDocument(moment, nowMs);
  const services = withSchedule(document.services, moment, context);
  const more = {
    interval_s: intervalMs / 1000,
    overall_since: formatOptional(overallSinceAt(since, moment, nowMs)),
    ...(notice === null ? {} : { notice }),
    ...(clockNotice === null ? {} : { clock: clockNotice }),
  };
  const body = JSON.stringify({ ...document, services, ...more });
  return {
    body,
    etag: `"${generation.toString(36)}-${fnv1a(body).toString(36)}"`,
    staleAtMs: staleAtMs({ ...moment, atMs: nowMs }),
  };
}

/** Beside what each service is: since when, how often it is looked at when all is well, and when it will be again. */
function withSchedule(
  services: HealthDocument["services"],
  { roster, checks }: ClusterMoment,
  { nowMs, since, servicesById, dueAtMs }: HealthContext,
) {
  const told: { [id: string]: object } = {};
  for (const { id, staleAfterMs } of roster) {
    const check = checks.get(id);
    const endMs = check ? evidenceEndsAtMs(check, staleAfterMs) : Infinity;
    const intervalMs = servicesById.get(id)?.intervalMs;
    const nextMs = dueAtMs?.get(id) ?? 0;
    told[id] = {
      ...services[id],
      since: formatOptional(endMs < nowMs ? endMs : (since.services.get(id) ?? null)),
      ...(intervalMs !== undefined && { interval_s: intervalMs / 1000 }),
      next_check_at: formatOptional(nextMs > nowMs ? nextMs : null),
    };
  }
  return told;
}

/**
 * Renders moments of one page of history, each as it looked at its own time. Neighbouring moments share most of their checks,
 * and what is shown for a check is rendered once.
 */
export function healthRenderer(): (moment: ClusterMoment) => HealthDocument {
  const known = new WeakMap<Check, Shown>();
  return (moment) =>
    healthDocument(moment, moment.atMs, (check, entry, isFresh) => {
      const before = check && known.get(check);
      if (before?.isFresh === isFresh && before.entry === entry) return before;
      const shown = show(check, entry, isFresh);
      if (check) known.set(check, shown);
      return shown;
    });
}

/** Renders a moment as it looked at `nowMs` (default: its own time). */
export function healthDocument(moment: ClusterMoment, nowMs: number = moment.atMs, showCheck: typeof show = show) {
  const shown = moment.roster.map((entry) => {
    const check = moment.checks.get(entry.id);
    return showCheck(check, entry, check !== undefined && !isStale(check, entry, nowMs));
  });
  const { cpuPercent, memoryPercent, diskPercent } = moment.localNode;
  return {
    timestamp: formatTimestamp(moment.atMs),
    overall_status: findOverallStatus(moment, nowMs),
    services: Object.fromEntries(shown.map(({ entry, document }) => [entry.id, document])),
    cluster_stats: {
      local_node: { cpu_percent: cpuPercent, memory_percent: memoryPercent, disk_percent: diskPercent },
      ...remoteNodes(shown),
      total_services: moment.roster.length,
      monitoring_uptime: Math.max(0, moment.atMs - moment.startedAtMs) / 1000,
    },
    alerts: alertTexts(shown, moment.faults),
  };
}

/** Absent where no other machine is watched, as in the seed. One that cannot be asked now is not there. */
function remoteNodes(shown: readonly Shown[]) {
  const nodes = shown.flatMap(({ entry, observation: { details } }) =>
    details.machine ? [[entry.id, machineJson(details.machine)] as const] : [],
  );
  return nodes.length === 0 ? {} : { remote_nodes: Object.fromEntries(nodes) };
}

interface Shown {
  readonly entry: RosterEntry;
  readonly isFresh: boolean;
  readonly observation: Observation;
  readonly document: { readonly name: string; readonly critical: boolean; readonly health: { [key: string]: Json } };
}

function show(check: Check | undefined, entry: RosterEntry, isFresh: boolean): Shown {
  const observation = check && isFresh ? check : unknownObservation(check);
  const health = buildHealth(observation, check?.checkedAtMs ?? null);
  return { entry, isFresh, observation, document: { name: entry.name, critical: entry.critical, health } };
}

function buildHealth(observation: Observation, checkedAtMs: number | null): { [key: string]: Json } {
  const { status, reason, message, statusCode, details } = observation;
  const { data, fields, timings, certificateExpiresAtMs, finalUrl } = details;
  // Key by key: this runs for every service at every sweep, and objects made of objects were half of its garbage.
  const health: { [key: string]: Json } = {
    status,
    // Seconds with three decimals, as the seed shows them.
    response_time: status === "unknown" ? null : Math.round(observation.responseTimeMs) / 1000,
  };
  if (statusCode !== null) health["status_code"] = statusCode;
  if (data !== undefined) health["data"] = data;
  if (fields) Object.assign(health, fields);
  if (message !== null) health["error"] = message;
  if (reason !== null) health["reason"] = reason;
  if (timings) Object.assign(health, timingsDocument(timings, reason));
  if (certificateExpiresAtMs !== undefined) health["certificate_expires_at"] = formatTimestamp(certificateExpiresAtMs);
  if (finalUrl !== undefined) health["final_url"] = finalUrl;
  health["checked_at"] = checkedAtMs === null ? null : formatTimestamp(checkedAtMs);
  return health;
}

function timingsDocument(timings: Timings, reason: Reason | null): { [key: string]: Json } {
  const phases: { [key: string]: Json } = {};
  for (const [name, phase] of PHASES) {
    const ms = timings[phase];
    if (ms !== undefined) phases[name] = Math.round(ms * 10) / 10_000;
  }
  return WAITED.has(reason) ? { timings: phases, cut_off_in: lastPhase(timings) } : { timings: phases };
}

/** Phases do not overlap, and one that was cut off counts up to that moment: it is the last one. */
export function lastPhase(timings: Timings): string | null {
  return PHASES.findLast(([, phase]) => timings[phase] !== undefined)?.[0] ?? null;
}

/** What the deadline ended. */
const WAITED: ReadonlySet<Reason | null> = new Set(["deadline_connect", "deadline_response"]);

const PHASES = [
  ["dns", "dnsMs"],
  ["tcp", "tcpMs"],
  ["tls", "tlsMs"],
  ["first_byte", "firstByteMs"],
  ["body", "bodyMs"],
] as const satisfies readonly (readonly [string, keyof Timings])[];

const QUIET: ReadonlySet<CheckStatus> = new Set(["healthy", "maintenance"]);

/**
 * One sentence a service, critical ones first, each in roster order:
 * `CRITICAL: Tools Server is timeout - Request timed out`. After them our own faults.
 */
function alertTexts(shown: readonly Shown[], faults: readonly string[]): string[] {
  const texts: Record<Severity, string[]> = { critical: [], warning: [], info: [] };
  for (const { entry, observation } of shown) {
    const { status, reason, message } = observation;
    if (QUIET.has(status) || reason === "not_checked") continue;
    const severity = chooseSeverity(entry, reason);
    texts[severity].push(`${severity.toUpperCase()}: ${entry.name} is ${status}${message ? ` - ${message}` : ""}`);
  }
  return [
    ...SEVERITIES.flatMap((severity) => texts[severity]),
    ...faults.map((fault) => `WARNING: Monitoring is degraded - ${fault}`),
  ];
}

/**
 * One thing we watch, as the rules of the domain need it.
 * Knows nothing of how it is probed: the settings of its check type stay opaque here and are typed in `shared/probes`.
 * Built by `shared/config`, read by every use case. Invariant: `id` is unique and safe in a URL path.
 */
import type { AlertRules, Severity } from "../alerting/alert.ts";
import type { RemediationRules } from "../alerting/remediation.ts";

export interface Service {
  /** Key in the configuration, `[A-Za-z0-9_-]{1,64}`. */
  readonly id: string;
  readonly name: string;
  readonly critical: boolean;
  /** Name in the prober registry (`http`, `redis`, `tcp`). */
  readonly checkType: string;
  /** One deadline over the whole exchange. */
  readonly timeoutMs: number;
  /** Configured cadence; adaptive cadence may shorten it for a failing service, never for staleness. */
  readonly intervalMs: number;
  /** A healthy answer later than this is `degraded` with reason `slow`; null turns it off. */
  readonly slowAfterMs: number | null;
  /** So long it may say that it is starting and be degraded; then it is unhealthy. */
  readonly startingGraceMs: number;
  /** Ids of services that this one needs. */
  readonly dependsOn: readonly string[];
  /** The machine it runs on, as the configuration names it (address or name, lower case); null for this one and where unknown. */
  readonly machine: string | null;
  /** With which others it is shown; null: with those on the same machine. */
  readonly group: string | null;
  /** What people lack while it is down, in a sentence; null: nobody said. */
  readonly impact: string | null;
  readonly alertRules: AlertRules;
  /** How often what is to be done by itself when its alert fires may be done; null: nothing is to be done. */
  readonly onFiring: RemediationRules | null;
}

/** What a stored moment must remember of a service to be shown later, whatever the configuration says then. */
export interface RosterEntry {
  readonly id: string;
  readonly name: string;
  readonly critical: boolean;
  /** Absent: what `critical` implies. */
  readonly severity?: Severity;
  /** A check older than this says nothing any more. */
  readonly staleAfterMs: number;
}

/** The services of one moment, in the order of the configuration. */
export type Roster = readonly RosterEntry[];

/** A missed check or two is noise; three missed intervals are absence (DESIGN §2). */
const STALE_AFTER_INTERVALS = 3;

/** Reduces services to what history keeps of them; order is kept. */
export function buildRoster(services: readonly Service[]): Roster {
  return services.map(({ id, name, critical, intervalMs, timeoutMs, alertRules: { severity } }) => ({
    id,
    name,
    critical,
    ...(severity === null ? {} : { severity }),
    staleAfterMs: STALE_AFTER_INTERVALS * intervalMs + timeoutMs,
  }));
}

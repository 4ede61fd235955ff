/**
 * The watched cluster as the use cases see it: the services of the configuration and the rules that apply to all of them.
 * Made by the monitor from its configuration; replaced as a whole on reload. Holds no state.
 * Invariant: one roster object per configuration, so that stores can recognise it by identity.
 */
import { buildRoster, type Roster } from "../domain/monitoring/service.ts";
import type { CertificateTimes } from "../domain/alerting/certificate.ts";
import type { WeeklySchedule } from "../domain/alerting/maintenance-window.ts";
import type { Policies } from "../domain/alerting/escalation.ts";
import type { AdaptiveIntervals } from "../domain/monitoring/schedule.ts";
import type { Channel } from "../ports/notifier.ts";
import type { Routes } from "../domain/routing/endpoint.ts";
import type { MonitoredService } from "../ports/prober.ts";

/** How problems become known. */
export interface ClusterAlerting {
  readonly channels: readonly Channel[];
  readonly policies: Policies;
  /** Keys of services that tell whether the network is there. */
  readonly connectivityTargets: readonly string[];
  readonly certificateTimes: CertificateTimes;
  /** It holds while a marked message to every channel may begin by itself, one each time; null: never. */
  readonly drill: WeeklySchedule | null;
}

export interface Cluster {
  /** Name of the machine that monitors, e.g. `worker-node4`. */
  readonly node: string;
  readonly services: readonly MonitoredService[];
  readonly roster: Roster;
  /** How long a critical service goes without being looked at, at most (any service when none is critical). */
  readonly intervalMs: number;
  readonly degradedThresholdPercent: number;
  readonly intervals: AdaptiveIntervals;
  /** Where a process lasts; ≥ 1. */
  readonly maxConcurrentProbes: number;
  readonly alerting: ClusterAlerting;
  /** Whom agents may call for what. */
  readonly routes: Routes;
  /** The services by their keys. */
  readonly servicesById: ReadonlyMap<string, MonitoredService>;
  /** A sentence that every reader must see (the demo cluster says that it is one); null for none. */
  readonly notice: string | null;
}

type Settings = Omit<Cluster, "roster" | "intervalMs" | "servicesById" | "routes"> & Partial<Pick<Cluster, "routes">>;

/** Default of `routes`: nobody is called for anything. */
export function buildCluster({ routes = {}, ...settings }: Settings): Cluster {
  const { services } = settings;
  const critical = services.filter((service) => service.critical);
  const deciding = critical.length > 0 ? critical : services;
  const intervalMs = Math.max(...deciding.map((service) => service.intervalMs));
  const servicesById = new Map(services.map((service) => [service.id, service]));
  return { ...settings, routes, roster: buildRoster(services), intervalMs, servicesById };
}

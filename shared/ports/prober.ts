/**
 * What a prober is: the settings of one service closed over, waiting to be asked.
 * `shared/probes/<check-type>.ts` make them, `usecases/probing/probe-service.ts` asks them. Knows no scheduling and no storage.
 * Invariant: a probe never rejects because of its target; whatever the target does is an Observation.
 */
import type { Observation } from "../domain/monitoring/check.ts";
import type { Service } from "../domain/monitoring/service.ts";
import type { Clock } from "./clock.ts";
import type { HttpTransport } from "./http-transport.ts";
import type { Remediate } from "./remediation.ts";
import type { ResolveName } from "./resolve-name.ts";

export interface ProbeContext {
  /** Deadline of this attempt over everything it does, in ms, > 0. The attempt ends at most 100 ms after it. */
  readonly timeoutMs: number;
  readonly clock: Clock;
  readonly http: HttpTransport;
  /** For probers that open sockets themselves. Absent on runtimes whose platform resolves the names of sockets (Workers). */
  readonly resolveName?: ResolveName;
}

/** Asks the service once. Safe to run concurrently; leaves no connection behind unless the service is `pooled`. */
export type Probe = (context: ProbeContext) => Promise<Observation>;

/** A service of the configuration, ready to be probed. */
export interface MonitoredService extends Service {
  readonly probe: Probe;
  /** What is done by itself when its alert fires; null: nothing. */
  readonly remediate: Remediate | null;
  /** Time limit of that, in ms. */
  readonly remediationTimeoutMs: number;
}

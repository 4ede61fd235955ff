/**
 * What one probe of one service found: the vocabulary of statuses and reasons.
 * Knows nothing of networks, storage or HTTP. Probers produce an Observation, `thresholds.ts` turns it into a verdict, sweeps
 * store it as a Check. Invariant: `reason` is null exactly when the status is `healthy` or `maintenance`.
 */

/** Any JSON value. */
export type Json = null | boolean | number | string | readonly Json[] | { readonly [key: string]: Json };

/** Everything a service can be. The order is from good to bad and is the order that people see. */
export const CHECK_STATUSES = [
  "healthy",
  "degraded",
  "maintenance",
  "unknown",
  "unhealthy",
  "timeout",
  "error",
] as const;

export type CheckStatus = (typeof CHECK_STATUSES)[number];

/** It does not do what it is there for: no slow answer, no lack of evidence. */
export function isDown(status: CheckStatus): status is "unhealthy" | "timeout" | "error" {
  return status === "unhealthy" || status === "timeout" || status === "error";
}

/** Why a check is not healthy: the closed list, with the sentence that documents each one. */
export const REASONS = {
  slow: "Answered correctly, but later than slow_after.",
  starting: "Reachable, but still loading; degraded for starting_grace, then unhealthy.",
  busy: "Alive, but so occupied that what it was asked to do was not done in time.",
  wedged:
    "Alive, but serves nobody: what it was asked to do failed, or was not done for much longer than it ever takes.",
  cpu_fallback: "Runs on the CPU, wholly or in part, what ran on the GPU before or is expected to.",
  semantic_drift: "The same sentence does not mean what it meant: another model behind the same name.",
  partly_down: "Serves, but a part of it is down (servers of a balancer, a replica).",
  error_rate: "Serves, but answers too many of its requests with errors (5xx of a backend of a balancer).",
  overloaded: "Reachable, but its CPU or its temperature is beyond its limit.",
  full: "Reachable, but what it stores things in is full.",
  http_status: "Answered with a status code that expect_status does not list.",
  assertion: "Answered, but the keyword or json assertion does not hold.",
  auth: "Reachable, but refused our credentials (HTTP 401 or 403, Redis NOAUTH, WRONGPASS or NOPERM).",
  rate_limited: "Reachable, but told us to come less often (HTTP 429).",
  bad_body: "Answered with a body that is not what its headers announce.",
  too_large: "Answered with more than 64 KiB where an assertion needs the whole body.",
  protocol: "Something answered that does not speak the expected protocol.",
  refused: "Nothing listens there: the connection was refused.",
  reset: "The connection was closed or reset before the answer was complete.",
  unreachable: "No route to the host or network.",
  dns: "The name does not resolve.",
  tls: "The TLS handshake failed or the certificate is not valid.",
  forbidden_address: "The name or a redirect leads to an address that is never probed.",
  deadline_connect: "The connection was not established before the timeout.",
  deadline_response: "Connected, but the complete answer did not arrive before the timeout.",
  config: "The target refuses the way we ask (for example an unknown Redis database).",
  not_checked: "No check has finished yet.",
  shortage: "The monitor itself had no sockets, memory or sub-requests left for this check.",
  isolated: "Out of reach, which says nothing: the monitor itself was cut off from the network.",
  stale: "The last check is too old to say anything about now.",
  clock: "The clock of the monitor was wrong, or nobody has set it yet.",
  internal: "The prober itself failed; the log has the details.",
} as const;

export type Reason = keyof typeof REASONS;

/** Milliseconds spent in each phase of an exchange, 0.1 ms resolution; absent when the phase did not happen. */
export interface Timings {
  readonly dnsMs?: number;
  readonly tcpMs?: number;
  readonly tlsMs?: number;
  readonly firstByteMs?: number;
  readonly bodyMs?: number;
}

/** How a machine is; null: it does not tell. */
export interface Machine {
  readonly cpuPercent: number | null;
  readonly memoryPercent: number | null;
  readonly diskPercent: number | null;
  readonly load1m: number | null;
  /** Of its hottest sensor. */
  readonly temperatureC: number | null;
}

/** What a check found beside its verdict. Absent keys mean "nothing to say". */
export interface CheckDetails {
  /** The parsed body, redacted and at most about 1 kB. */
  readonly data?: Json;
  /** Values shown flat in `health`, as the seed does for Redis. */
  readonly fields?: { readonly [key: string]: Json };
  /** Of a check of another machine. */
  readonly machine?: Machine;
  /** Kept two hours, not in the hour blocks. */
  readonly timings?: Timings;
  /** End of validity of the certificate the target itself presented, epoch ms. */
  readonly certificateExpiresAtMs?: number;
  /** Where redirects ended, without userinfo and query. */
  readonly finalUrl?: string;
  /** In maintenance, or of a monitor that is cut off: why it would not be healthy. Shown to nobody: alerting learns from it who answers. */
  readonly excused?: Reason;
}

/** What a prober saw, before thresholds of the configuration are applied. */
export interface Observation {
  readonly status: CheckStatus;
  readonly reason: Reason | null;
  /** One sentence fit for people, without secrets; null when healthy. */
  readonly message: string | null;
  /** Duration of the decisive attempt in ms, 0.1 ms resolution, ≥ 0. */
  readonly responseTimeMs: number;
  /** HTTP status code; null when there was none. */
  readonly statusCode: number | null;
  readonly details: CheckDetails;
}

/** What a probe leaves for those that come after it. */
export interface Memory {
  /** Of the settings of the service (see MonitoredService): with others it counts for nothing. */
  readonly fingerprint: string;
  readonly value: Json;
  /** Since when each check has said that it is starting, epoch ms; absent: the last one did not. */
  readonly startingSinceMs?: number;
}

/** The evaluated result of one probe of one service. */
export interface Check extends Observation {
  readonly serviceId: string;
  /** When the check ended, epoch ms. */
  readonly checkedAtMs: number;
  /** For the next probe. Stored with the snapshot only, shown to nobody; absent: nothing. */
  readonly memory?: Memory;
}

/** Rounds a duration to the stored resolution of 0.1 ms; negative values (clock noise) become 0. */
export function toTenthMs(durationMs: number): number {
  return Math.max(0, Math.round(durationMs * 10) / 10);
}

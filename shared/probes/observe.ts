/**
 * The finding that a failure makes, or the lack of one; the same for every check type.
 * Probers call it with what they met. Pure. Invariant: nothing but the failure's own words gets out.
 */
import { STATUS_BY_REASON } from "../domain/monitoring/status-by-reason.ts";
import type { Failure } from "../domain/net/connection-failure.ts";
import type { Sentence } from "../domain/text/sentence.ts";
import type { Finding } from "../ports/prober.ts";

type Measured = Pick<Finding, "responseTimeMs" | "details"> & Partial<Pick<Finding, "statusCode">>;

/** Why a probe did not find what it should, perhaps in the words of its target. */
export type ProbeFailure = Pick<Failure, "reason"> & { readonly message: Sentence };

/** Healthy when `failure` is null. */
export function observe(
  failure: ProbeFailure | null,
  { responseTimeMs, statusCode = null, details }: Measured,
): Finding {
  const status = failure ? STATUS_BY_REASON[failure.reason] : "healthy";
  const { reason = null, message = null } = failure ?? {};
  return { status, reason, message, responseTimeMs, statusCode, details };
}

/** The first one that makes it unhealthy, else the first. */
export function worstOf(failures: readonly (ProbeFailure | null)[]): ProbeFailure | null {
  const real = failures.filter((failure) => failure !== null);
  return real.find(({ reason }) => STATUS_BY_REASON[reason] === "unhealthy") ?? real[0] ?? null;
}

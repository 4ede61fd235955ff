/**
 * What a check says about the certificate that it was shown: how long it is still good, and how bad that is. Pure.
 * `fold-checks.ts` asks it for every check; the life of the alert is that of any other.
 * Invariant: the nearer its end, the worse; one that has ended is as bad as one that is about to.
 */
import { bySeverity, type Problem, type Severity } from "./alert.ts";
import type { Evidence } from "./alert-life.ts";
import type { Check } from "../monitoring/check.ts";
import { DAY_MS, formatMinute } from "../text/timestamp.ts";

/** How long before its end a certificate is a warning and, later, critical, ms. */
export interface CertificateTimes {
  readonly warningMs: number;
  readonly criticalMs: number;
}

const CERTIFICATE = { status: "degraded", reason: "tls" } as const;

/** @param rules `atMost`: what the service's failures are at worst */
export function certificateEvidence(
  { checkedAtMs, responseTimeMs }: Check,
  expiresAtMs: number,
  { warningMs, criticalMs, atMost }: CertificateTimes & { readonly atMost: Severity },
): Evidence {
  const leftMs = expiresAtMs - checkedAtMs;
  const found: Severity = leftMs < criticalMs || leftMs <= 0 ? "critical" : "warning";
  return {
    verdict: leftMs < warningMs || leftMs <= 0 ? "failing" : "ok",
    beganAtMs: checkedAtMs - responseTimeMs,
    atMs: checkedAtMs,
    problem: { ...CERTIFICATE, message: Number.isFinite(leftMs) ? say(leftMs, expiresAtMs) : null },
    severity: bySeverity(found, atMost) < 0 ? atMost : found,
  };
}

/** A service whose handshake fails has another status. */
export function isAboutCertificate({ status, reason }: Problem): boolean {
  return status === CERTIFICATE.status && reason === CERTIFICATE.reason;
}

function say(leftMs: number, expiresAtMs: number): string {
  const days = Math.floor(Math.abs(leftMs) / DAY_MS);
  const span = days === 0 ? "less than a day" : days === 1 ? "1 day" : `${days} days`;
  const at = formatMinute(expiresAtMs);
  return leftMs > 0 ? `The certificate ends in ${span}, on ${at}` : `The certificate has expired ${span} ago, on ${at}`;
}

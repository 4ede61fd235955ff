/**
 * What time can be to whom it is reported: uptime counts its kinds, outages are made of them. Pure.
 */
import { isDown, type CheckStatus } from "../monitoring/check.ts";
import { joinSpans, type StatusSpan, type TimeSpan } from "./status-spans.ts";

/** From good to bad. */
export const UPTIME_KINDS = ["healthy", "degraded", "maintenance", "unknown", "down"] as const;

export type UptimeKind = (typeof UPTIME_KINDS)[number];

export type KindSpan = TimeSpan & { readonly kind: UptimeKind };

/** Neighbours are of different kinds. */
export function kindSpans(spans: readonly StatusSpan[]): KindSpan[] {
  return joinSpans(spans, uptimeKind);
}

export function uptimeKind(status: CheckStatus): UptimeKind {
  return isDown(status) ? "down" : status;
}

/**
 * The packed form of checks in the head tier and in the snapshot: a JSON array a check, times relative to the row's own.
 *
 * `[service id, start − base in ms, response time in 0.1 ms, status, reason, status code, message, details]`, trailing
 * nulls cut. Knows no tables. The view `checks` reads the same positions. Invariant: unpack(pack(checks)) equals checks, and
 * unpacking throws on whatever a damaged value has become that could not be shown.
 */
import type { Check, CheckDetails, CheckStatus, Reason } from "../domain/monitoring/check.ts";
import { innerArrays } from "./inner-arrays.ts";
import { checkDetails, checkInstant, checkName, checkTenths, checkVerdict } from "./checked-value.ts";

export type PackedCheck = readonly [
  serviceId: string,
  startMs: number,
  tenthMs: number,
  status: CheckStatus,
  reason?: Reason | null,
  statusCode?: number | null,
  message?: string | null,
  details?: CheckDetails | null,
];

/** When a check began, epoch ms; stored instead of its end because it lies on the service's grid and packs smaller. */
export function findStartMs(check: Pick<Check, "checkedAtMs" | "responseTimeMs">): number {
  return check.checkedAtMs - Math.round(check.responseTimeMs);
}

export function packChecks(checks: Iterable<Check>, baseMs: number): string {
  return JSON.stringify(Array.from(checks, (check) => packCheck(check, baseMs)));
}

export function unpackChecks(json: string, baseMs: number): Check[] {
  const packed: readonly PackedCheck[] = JSON.parse(json);
  return packed.map((check) => unpackCheck(check, baseMs));
}

/** How the packed check of a service begins. A cheap text filter: the body of another service may hold the same text. */
export function packedPrefix(serviceId: string): string {
  return `[${JSON.stringify(serviceId)},`;
}

/**
 * Those of one service. Only they are parsed: of a thousand services the others of a sweep are most of what a chart would take.
 * Damage within the others may go unnoticed.
 */
export function unpackChecksOf(serviceId: string, json: string, baseMs: number): Check[] {
  return innerArrays(json, packedPrefix(serviceId)).map((text) => {
    const packed: PackedCheck = JSON.parse(text);
    return unpackCheck(packed, baseMs);
  });
}

function packCheck(check: Check, baseMs: number): unknown[] {
  const details = Object.keys(check.details).length > 0 ? check.details : null;
  const packed: unknown[] = [
    check.serviceId,
    findStartMs(check) - baseMs,
    Math.round(check.responseTimeMs * 10),
    check.status,
    check.reason,
    check.statusCode,
    check.message,
    details,
  ];
  while (packed.at(-1) === null) packed.pop();
  return packed;
}

function unpackCheck(packed: PackedCheck, baseMs: number): Check {
  const [serviceId, startMs, tenthMs, status, reason, statusCode, message, details] = packed;
  const responseTimeMs = checkTenths(tenthMs) / 10;
  return {
    serviceId: checkName(serviceId),
    ...checkVerdict([status, reason, statusCode, message]),
    checkedAtMs: checkInstant(baseMs + startMs + Math.round(responseTimeMs)),
    responseTimeMs,
    details: details ? checkDetails(details) : {},
  };
}

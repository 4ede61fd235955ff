/**
 * The stored form of since when everything is what it is: `[overall status, at, { service id: at }]`, instants in ms before the commit.
 * Knows no tables. Invariant: decode(encode(since)) equals since, and decoding throws on what could not be shown.
 */
import type { OverallStatus } from "../domain/monitoring/cluster-status.ts";
import { OVERALL_STATUSES } from "../domain/monitoring/cluster-status.ts";
import type { StatusSince } from "../domain/monitoring/status-since.ts";
import { checkInstant } from "./checked-value.ts";

type Packed = readonly [OverallStatus | null, number, Readonly<Record<string, number>>];

export function encodeSince({ overall, services }: StatusSince, atMs: number): string {
  const before = Object.fromEntries([...services].map(([id, sinceMs]) => [id, atMs - sinceMs]));
  const packed: Packed = [overall?.status ?? null, overall ? atMs - overall.atMs : 0, before];
  return JSON.stringify(packed);
}

export function decodeSince(json: string, atMs: number): StatusSince {
  const [status, overallBefore, before]: Packed = JSON.parse(json);
  if (status !== null && !OVERALL_STATUSES.includes(status)) throw new Error("not a status of ours");
  const instant = (beforeMs: number): number => checkInstant(atMs - beforeMs);
  return {
    overall: status === null ? null : { status, atMs: instant(overallBefore) },
    services: new Map(Object.entries(before).map(([id, beforeMs]) => [id, instant(beforeMs)])),
  };
}

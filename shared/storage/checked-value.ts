/**
 * Looks at decoded values before anybody relies on them: a byte that flipped on the disk may leave valid JSON.
 * Called by the decoders of both tiers, for every check, so it is cheap. A guard, not a proof: a wrong digit stays a digit.
 * Invariant: what passes can be shown by every endpoint.
 */
import {
  CHECK_STATUSES,
  REASONS,
  type CheckDetails,
  type CheckStatus,
  type Reason,
} from "../domain/monitoring/check.ts";
import type { Verdict } from "../domain/history/sample-series.ts";
import { LATEST_MS } from "../domain/text/timestamp.ts";

const STATUSES: ReadonlySet<unknown> = new Set(CHECK_STATUSES);

/** Status, reason, status code and message, as all packed forms order them; the last three may be absent. */
export type StoredVerdict = readonly [
  CheckStatus,
  (Reason | null | undefined)?,
  (number | null | undefined)?,
  (string | null | undefined)?,
];

export function checkVerdict([status, reason = null, statusCode = null, message = null]: StoredVerdict): Verdict {
  const isKnown = STATUSES.has(status) && (reason === null || Object.hasOwn(REASONS, reason));
  const isTyped =
    (statusCode === null || Number.isInteger(statusCode)) && (message === null || typeof message === "string");
  if (!isKnown || !isTyped) throw new Error("not a verdict of ours");
  return { status, reason, statusCode, message };
}

/** Whole epoch ms of the years 1970–9999. */
export function isInstant(epochMs: unknown): epochMs is number {
  return Number.isInteger(epochMs) && Number(epochMs) >= 0 && Number(epochMs) <= LATEST_MS;
}

/** For SQL. */
export const LATEST = String(LATEST_MS);

/** The same in SQL, for counts as well: the column, or `otherwise` when it holds no whole number of that range. */
export function countIn(column: string, otherwise: string): string {
  return `case when typeof(${column}) = 'integer' and ${column} between 0 and ${LATEST} then ${column} else ${otherwise} end`;
}

export function checkInstant(epochMs: number): number {
  if (!isInstant(epochMs)) throw new Error("not an instant");
  return epochMs;
}

/** A response time in 0.1 ms. */
export function checkTenths(tenthMs: number): number {
  if (!Number.isInteger(tenthMs) || tenthMs < 0 || tenthMs > LATEST_MS) throw new Error("not a response time");
  return tenthMs;
}

export function checkName(text: string): string {
  if (typeof text !== "string") throw new Error("not a name");
  return text;
}

export function textLike(pattern: RegExp, text: string): string {
  if (typeof text !== "string" || !pattern.test(text)) throw new Error(`not like ${pattern.source}`);
  return text;
}

/** Throws for what an endpoint could not show. */
export function checkDetails(details: CheckDetails): CheckDetails {
  const isRecord = (value: unknown): boolean => typeof value === "object" && value !== null && !Array.isArray(value);
  const { certificateExpiresAtMs: expiresAtMs, timings = {}, fields = {}, machine = {}, finalUrl = "" } = details;
  const isTyped = [details, timings, fields, machine].every(isRecord) && typeof finalUrl === "string";
  const isMeasured = Object.values(machine).every((figure) => figure === null || Number.isFinite(figure));
  const isTimed =
    Object.values(timings).every(Number.isFinite) && (expiresAtMs === undefined || isInstant(expiresAtMs));
  if (!isTyped || !isTimed || !isMeasured) throw new Error("not details of ours");
  return details;
}

/** A list of texts. */
export function checkNames(list: unknown): readonly string[] {
  if (!Array.isArray(list) || !list.every((item) => typeof item === "string")) throw new Error("not a list of names");
  return list;
}

/** A list of numbers, or of numbers and nulls. */
export function checkNumbers<Item extends number | null>(list: readonly Item[]): readonly Item[] {
  const isNumbers = Array.isArray(list) && list.every((item) => item === null || Number.isFinite(item));
  if (!isNumbers) throw new Error("not a list of numbers");
  return list;
}

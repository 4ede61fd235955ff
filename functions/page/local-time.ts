/**
 * Times as people type them into a form: by the clock on the wall of the configured zone. Pure.
 * Used by the actions and their forms. Invariant: what is no such time is handed on as it is, so that the API says what it expects.
 */
import { formatTimestamp, parseTimestamp } from "../../shared/domain/text/timestamp.ts";
import { toEpochMs, toLocalDay } from "../../shared/domain/text/zoned-time.ts";

/** What `<input type="datetime-local">` sends. */
const LOCAL = /^(\d{4})-(\d\d)-(\d\d)T(\d\d):(\d\d)$/;

const MORNING_HOUR = 8;

/** `2026-11-30T14:30` of the zone as an instant of the API. */
export function readLocalTime(text: string, zone: string): string {
  const parts = LOCAL.exec(text);
  // A day that no calendar has would be another one.
  if (!parts || parseTimestamp(`${text}:00Z`) === null) return text;
  const [year = 0, month = 0, day = 0, hour = 0, minute = 0] = parts.slice(1).map(Number);
  return formatTimestamp(toEpochMs({ year, month, day, hour, minute }, zone));
}

/** The same of a day, `2026-11-30`: its first instant. */
export function readLocalDay(text: string, zone: string): string {
  return /^\d{4}-\d\d-\d\d$/.test(text) ? readLocalTime(`${text}T00:00`, zone) : text;
}

/** 08:00 of the next day, epoch ms. */
export function nextMorningMs(nowMs: number, zone: string): number {
  const { year, month, day } = toLocalDay(nowMs, zone);
  return toEpochMs({ year, month, day: day + 1, hour: MORNING_HOUR, minute: 0 }, zone);
}

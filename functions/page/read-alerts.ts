/**
 * Reads what the view Alerts shows, all of it from the API.
 * Invariant: a part that cannot be told now is null and keeps the others from nothing.
 */
import { DAY_MS, formatTimestamp } from "../../shared/domain/text/timestamp.ts";
import type { alertHistoryEndpoint, alertsEndpoint } from "../endpoints/alerts.ts";
import type { maintenanceEndpoint } from "../endpoints/maintenance.ts";
import type { silencesEndpoint } from "../endpoints/silences.ts";
import { readLocalDay } from "./local-time.ts";
import { readPart, type AnswerOf, type OwnApi } from "./own-api.ts";

export type OpenAlerts = AnswerOf<typeof alertsEndpoint>;
export type PastAlerts = AnswerOf<typeof alertHistoryEndpoint>;
export type Silences = AnswerOf<typeof silencesEndpoint>;
export type Windows = AnswerOf<typeof maintenanceEndpoint>;

export interface AlertsAnswers {
  readonly open: OpenAlerts | null;
  readonly past: PastAlerts | null;
  readonly silences: Silences | null;
  readonly windows: Windows | null;
}

/** As it stands in the address of the page; empty: not filtered by it. */
export interface AlertFilter {
  readonly service: string;
  readonly severity: string;
  /** A day of the configured zone. */
  readonly since: string;
}

/** As far as a report goes back that is not told how far. */
const MONTH_MS = 30 * DAY_MS;

/** Of what is over. */
const A_PAGE = 50;

export function readFilter(query: URLSearchParams): AlertFilter {
  const valueOf = (name: string): string => (query.get(name) ?? "").trim().slice(0, 64);
  return { service: valueOf("service"), severity: valueOf("severity"), since: valueOf("since") };
}

/** The same filter as a query of the page. */
export function filterQuery({ service, severity, since }: AlertFilter): URLSearchParams {
  const filled = Object.entries({ service, severity, since }).filter(([, value]) => value !== "");
  return new URLSearchParams(filled);
}

/** What the API refuses of it is returned as it is. */
export async function readAlerts(
  ask: OwnApi,
  { filter, before, zone }: { readonly filter: AlertFilter; readonly before: string; readonly zone: string },
): Promise<AlertsAnswers | Response> {
  const query = filterQuery({ ...filter, since: readLocalDay(filter.since, zone) });
  query.set("limit", String(A_PAGE));
  if (before !== "") query.set("before", before);
  const [open, past, silences, windows] = await Promise.all([
    readPart<OpenAlerts>(ask("/alerts?timeline=true")),
    readPart<PastAlerts>(ask(`/alerts/history?${query.toString()}`)),
    readPart<Silences>(ask("/silences")),
    readPart<Windows>(ask("/maintenance")),
  ]);
  if (open instanceof Response) return open;
  if (past instanceof Response) return past;
  if (silences instanceof Response) return silences;
  if (windows instanceof Response) return windows;
  return { open, past, silences, windows };
}

/** Of the report of the same time; by default that of a month, as the API has it. */
export function reportQuery(
  { service, since }: AlertFilter,
  { nowMs, zone }: { readonly nowMs: number; readonly zone: string },
) {
  const from = since === "" ? formatTimestamp(nowMs - MONTH_MS) : readLocalDay(since, zone);
  return new URLSearchParams({ format: "csv", from, ...(service !== "" && { service }) });
}

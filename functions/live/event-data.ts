/**
 * What the events of `GET /events` say: a schema for the data of each, and how it is made.
 * Used by event-feed.ts and the endpoint. Invariant: an event says what the endpoint of the same things would say of them.
 */
import * as z from "zod/mini";
import type { AlertRecord } from "../../shared/domain/alerting/alerting-state.ts";
import type { ServiceState, StatusBoard } from "../../shared/domain/monitoring/status-board.ts";
import { formatOptional, formatTimestamp } from "../../shared/domain/text/timestamp.ts";
import type { NewsItem } from "../../shared/storage/news.ts";
import { pastAlert, pastAlertJson } from "../endpoints/alerts.ts";
import { mark, markJson } from "../endpoints/marks.ts";
import { change, changeJson } from "../endpoints/transitions.ts";
import type { ValueOf } from "../http/endpoint.ts";
import type { ServerSentEvent } from "../http/event-stream.ts";
import { checkStatus, named, noted, nullableTimestamp, overallStatus, reason, timestamp } from "../wire/schemas.ts";

const serviceState = named(
  "ServiceState",
  z.object({
    status: checkStatus,
    reason: z.nullable(reason),
    message: z.nullable(z.string()),
    since: noted("When the present status began; null before the first check.", nullableTimestamp),
  }),
);

const snapshot = named(
  "SnapshotEvent",
  z.object({
    at: timestamp,
    overall_status: overallStatus,
    overall_since: nullableTimestamp,
    complete: noted("True: every service is told of, and there are no others.", z.boolean()),
    services: noted(
      "Those that are not what was told last, by their keys; null for one that is gone.",
      z.record(z.string(), z.nullable(serviceState)),
    ),
  }),
  "What everything is by the newest commit. The first one is complete, the others tell of changes.",
);

const fragments = noted("HTML by its key; only what is not as this listener has it.", z.record(z.string(), z.string()));

const nowSnapshot = named(
  "NowViewEvent",
  z.object({
    at: noted("Of the commit that it shows; null before the first one.", nullableTimestamp),
    overall: overallStatus,
    order: noted("Keys of all services as they stand on the page.", z.array(z.string())),
    sections: fragments,
    rows: noted("Of services, by their keys.", fragments),
  }),
  "What the page `/dashboard` shows by the newest commit, with `view=now`.",
);

export type NowSnapshot = ValueOf<typeof nowSnapshot>;

export const LOSSES = {
  unknown_id: "It is none of ours: of another database, perhaps.",
  too_old: "More than 1,000 marks and transitions have come since.",
} as const;

export type Loss = keyof typeof LOSSES;

const reset = named(
  "ResetEvent",
  z.object({ reason: z.enum(["unknown_id", "too_old"]) }),
  "What has happened since the `Last-Event-ID` is not told: see `/transitions`. A complete snapshot follows.",
);

/** By the name of the event. */
export const EVENTS = { snapshot: z.union([snapshot, nowSnapshot]), transition: change, alert: pastAlert, mark, reset };

type Told = Omit<ServerSentEvent, "id">;

export function resetEvent(why: Loss): Told {
  return { event: "reset", data: { reason: why } satisfies ValueOf<typeof reset> };
}

export function alertEvent(record: AlertRecord, nowMs: number): Told {
  return { event: "alert", data: pastAlertJson(record, nowMs) };
}

/** Null for one that cannot be read. */
export function itemEvent(item: NewsItem): Told | null {
  if (item.kind === "mark") return item.value && { event: "mark", data: markJson(item.value) };
  return item.value && { event: "transition", data: changeJson(item.value) };
}

/** Null: nothing has been committed since, and nothing has changed. @param before what was told last; null: nothing was */
export function snapshotEvent(before: StatusBoard | null, board: StatusBoard): Told | null {
  const changes = listChanges(before, board);
  if (before?.atMs === board.atMs && before.overall === board.overall && changes.length === 0) return null;
  const data: ValueOf<typeof snapshot> = {
    at: formatTimestamp(board.atMs),
    overall_status: board.overall,
    overall_since: formatOptional(board.overallSinceMs),
    complete: before === null,
    services: Object.fromEntries(changes),
  };
  return { event: "snapshot", data };
}

function listChanges(before: StatusBoard | null, { services }: StatusBoard) {
  const known = before?.services ?? new Map<string, ServiceState>();
  const changed = [...services].filter(([id, state]) => !isSame(known.get(id), state));
  const gone = [...known.keys()].filter((id) => !services.has(id));
  return [...changed.map(([id, state]) => [id, stateJson(state)] as const), ...gone.map((id) => [id, null] as const)];
}

function isSame(before: ServiceState | undefined, { status, reason: why, message, sinceMs }: ServiceState): boolean {
  return before?.status === status && before.reason === why && before.message === message && before.sinceMs === sinceMs;
}

function stateJson({ status, reason: why, message, sinceMs }: ServiceState): ValueOf<typeof serviceState> {
  return { status, reason: why, message, since: formatOptional(sinceMs) };
}

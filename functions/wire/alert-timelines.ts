/**
 * What happened in the life of each of some alerts, as `GET /alerts` and its history tell it when asked to.
 * Read at once for all of them. Invariant: whatever is told is stored: a message that is only being made is not in it.
 */
import * as z from "zod/mini";
import { ALERT_EVENTS, alertTimeline, type AlertEvent } from "../../shared/domain/alerting/alert-timeline.ts";
import { formatOptional, formatTimestamp } from "../../shared/domain/text/timestamp.ts";
import { listAcknowledgements } from "../../shared/storage/acknowledgements.ts";
import { listAlertMessages } from "../../shared/storage/alert-messages.ts";
import type { MonitorContext } from "../context.ts";
import type { ValueOf } from "../http/endpoint.ts";
import { flag } from "../http/parameters.ts";
import { named, noted, notificationType, nullableTimestamp, timestamp, wordSchema } from "./schemas.ts";

const text = z.nullable(z.string());

const alertEvent = named(
  "AlertEvent",
  z.object({
    at: timestamp,
    event: wordSchema("AlertEventKind", ALERT_EVENTS),
    channel: noted("Of a message: where it went.", text),
    type: noted("Of a message: what it said.", z.nullable(notificationType)),
    failure: noted("Of a message: why it was not taken.", text),
    receipt: noted("Of a message: what its receiver calls it.", text),
    by: noted("Of an acknowledgement: the name of the token.", text),
    comment: noted("Of an acknowledgement: why.", text),
    until: noted("Of an acknowledgement: when it lapses; null: nobody has written it down.", nullableTimestamp),
  }),
  "What happened in the life of an alert.",
);

export const timeline = noted(
  "What happened, oldest first, when asked for; of a long life the first 10 and the last 40.",
  z.optional(z.array(alertEvent)),
);

export const timelineFlag = flag("Whether each alert comes with what happened in its life: `timeline`.");

type Timeline = ValueOf<typeof alertEvent>[];

/** By the ids of the alerts; empty when it is not asked for. */
export async function readTimelines(
  context: MonitorContext,
  alerts: readonly Parameters<typeof alertTimeline>[0][],
  isAsked: boolean,
): Promise<ReadonlyMap<string, Timeline>> {
  if (!isAsked) return new Map();
  const ids = alerts.map(({ id }) => id);
  const [messages, acknowledgements] = await Promise.all([
    listAlertMessages(context, ids),
    listAcknowledgements(context, ids),
  ]);
  // Of a thousand alerts each would look through the messages of all.
  const own = groupByAlert(messages, ({ alertIds }) => alertIds);
  const looked = groupByAlert(acknowledgements, ({ alertId }) => [alertId]);
  return new Map(
    alerts.map((alert) => {
      const evidence = { messages: own.get(alert.id) ?? [], acknowledgements: looked.get(alert.id) ?? [] };
      return [alert.id, alertTimeline(alert, evidence).map(eventJson)];
    }),
  );
}

function groupByAlert<Item>(items: readonly Item[], idsOf: (item: Item) => readonly string[]): Map<string, Item[]> {
  const groups = new Map<string, Item[]>();
  for (const item of items)
    for (const id of idsOf(item)) {
      const group = groups.get(id);
      if (group) group.push(item);
      else groups.set(id, [item]);
    }
  return groups;
}

const NO_MESSAGE = { channel: null, type: null, failure: null, receipt: null };
const NO_ACKNOWLEDGEMENT = { by: null, comment: null, untilMs: null };

function eventJson({ atMs, event, message, acknowledgement }: AlertEvent): ValueOf<typeof alertEvent> {
  const { by, comment, untilMs } = acknowledgement ?? NO_ACKNOWLEDGEMENT;
  return { at: formatTimestamp(atMs), event, ...(message ?? NO_MESSAGE), by, comment, until: formatOptional(untilMs) };
}

/**
 * GET /alerts/history: every alert that ever fired, newest first.
 * Reads the rows of alerts. Invariant: following `next_cursor` shows every alert of the query once, whatever fires meanwhile.
 */
import * as z from "zod/mini";
import { SEVERITIES } from "../../shared/domain/alerting/alert.ts";
import { AppError } from "../../shared/domain/app-error.ts";
import { readListCursor, writeListCursor } from "../../shared/domain/text/cursor.ts";
import { pastAlert, pastAlertJson } from "../wire/alert-json.ts";
import { defineEndpoint } from "../http/endpoint.ts";
import { jsonResponse } from "../http/headers.ts";
import { instant, limit, oneOf, shortText } from "../http/parameters.ts";

const END_OF_TIME_MS = 253_402_300_799_999;

export const alertHistoryEndpoint = defineEndpoint({
  path: "/alerts/history",
  name: "alertHistory",
  summary: "Every alert that fired, newest first, open ones included.",
  parameters: {
    limit,
    service: shortText("Only alerts of this service.", "the key of a service"),
    severity: oneOf("Only alerts of this severity.", SEVERITIES),
    state: oneOf("Only alerts that are still open, or only those that are over.", ["open", "resolved"] as const),
    since: instant("Only alerts that fired at or after this instant."),
    until: instant("Only alerts that fired before this instant."),
    before: shortText("The next_cursor of the page before.", "a next_cursor of this same query", 200),
  },
  response: z.object({ alerts: z.array(pastAlert), next_cursor: z.nullable(z.string()) }),
  async handle({ query }, { host, alertLog }) {
    const { service, severity, state, since, until } = query;
    const signature = [service, severity, state, since, until].join(" ");
    const records = await alertLog.listAlerts({
      sinceMs: since ?? 0,
      untilMs: until ?? END_OF_TIME_MS,
      after: query.before === null ? null : position(query.before, signature),
      limit: query.limit,
      service,
      severity,
      isOpen: state === null ? null : state === "open",
    });
    const last = records.length === query.limit ? records.at(-1) : undefined;
    const nowMs = host.clock.nowMs();
    return jsonResponse({
      alerts: records.map((record) => pastAlertJson(record, nowMs)),
      next_cursor: last ? writeListCursor(last.firedAtMs, last.id, signature) : null,
    });
  },
});

function position(cursor: string, signature: string): { firedAtMs: number; id: string } {
  const found = readListCursor(cursor, signature);
  if (found) return { firedAtMs: found.position, id: found.id };
  const message = "expected a next_cursor of this same query";
  throw new AppError("invalid_cursor", `before: ${message}`, { faults: [{ field: "before", message }] });
}

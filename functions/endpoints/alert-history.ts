/**
 * GET /alerts/history: every alert that ever fired, newest first.
 * Reads the rows of alerts. Invariant: following `next_cursor` shows every alert of the query once, whatever fires meanwhile.
 */
import * as z from "zod/mini";
import { defineEndpoint } from "../http/endpoint.ts";
import { nextCursor, pageParameters, readPage } from "../http/paging.ts";
import { instant, key } from "../http/parameters.ts";
import { openTimeRange } from "../http/time-range.ts";
import { pastAlert, pastAlertJson } from "../wire/alert-json.ts";
import { noted } from "../wire/named-schema.ts";
import { severity } from "../wire/schemas.ts";

export const alertHistoryEndpoint = defineEndpoint({
  path: "/alerts/history",
  name: "alertHistory",
  summary: "Every alert that fired, newest first, open ones included.",
  effect: "read",
  query: {
    service: z.optional(key("Only alerts of this service.")),
    severity: noted("Only alerts of this severity.", z.optional(severity)),
    state: noted(
      "Only alerts that are still open, or only those that are over.",
      z.optional(z.enum(["open", "resolved"])),
    ),
    since: instant("Only alerts that fired at or after this instant."),
    until: instant("Only alerts that fired before this instant."),
    ...pageParameters,
  },
  response: z.object({ alerts: z.array(pastAlert), next_cursor: nextCursor }),
  async handle({ query }, { clock, alertLog }) {
    const page = readPage(query);
    const records = await alertLog.listAlerts({
      ...openTimeRange(query),
      after: page.after && { firedAtMs: page.after.place, id: page.after.id ?? "" },
      limit: page.limit,
      service: query.service ?? null,
      severity: query.severity ?? null,
      isOpen: query.state === undefined ? null : query.state === "open",
    });
    const nowMs = clock.nowMs();
    return {
      alerts: records.map((record) => pastAlertJson(record, nowMs)),
      next_cursor: page.cursorAfter(records, ({ firedAtMs, id }) => ({ place: firedAtMs, id })),
    };
  },
});

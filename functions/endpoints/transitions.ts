/**
 * GET /transitions: every change of status, newest first, with how long the new status lasted.
 * Stored in the commit that found it and kept for ever. Invariant: following `next_cursor` shows every transition of the query once.
 */
import * as z from "zod/mini";
import { CHECK_STATUSES, type CheckStatus } from "../../shared/domain/monitoring/check.ts";
import type { Transition } from "../../shared/domain/monitoring/transition.ts";
import { formatTimestamp } from "../../shared/domain/text/timestamp.ts";
import { listTransitions, type EndedTransition, type TransitionQuery } from "../../shared/storage/transition-log.ts";
import { defineEndpoint } from "../http/endpoint.ts";
import { nextCursor, pageParameters, readPage } from "../http/paging.ts";
import { instant, key, openTimeRange } from "../http/parameters.ts";
import { checkStatus, named, noted, reason, timestamp } from "../wire/schemas.ts";

const CHANGE_SHAPE = {
  at: timestamp,
  service: z.string(),
  from: checkStatus,
  to: checkStatus,
  reason: z.nullable(reason),
  message: z.nullable(z.string()),
};

/** When it is told as it happens. */
export const change = named("Change", z.object(CHANGE_SHAPE), "A change of the status of one service, just now.");

const transition = named(
  "Transition",
  z.object({
    ...CHANGE_SHAPE,
    lasted_s: noted("Seconds until the next transition of the service; null while it lasts.", z.nullable(z.number())),
  }),
  "A change of the status of one service.",
);

export const transitionsEndpoint = defineEndpoint({
  path: "/transitions",
  name: "transitions",
  summary: "Every change of status, newest first; those of services that are not configured any more included.",
  effect: "read",
  query: {
    service: z.optional(key("Only transitions of this service.")),
    since: instant("Only transitions at or after this instant."),
    until: instant("Only transitions before this instant."),
    ...pageParameters,
  },
  response: z.object({ transitions: z.array(transition), next_cursor: nextCursor }),
  async handle(request, context) {
    const { query } = request;
    const page = readPage(request);
    const found = await listTransitions(context, {
      ...openTimeRange(query),
      after: page.after && parsePosition(page.after.place, page.after.id ?? ""),
      limit: page.limit,
      service: query.service ?? null,
    });
    return {
      transitions: found.map(transitionJson),
      next_cursor: page.cursorAfter(found, ({ atMs, serviceId, to }) => ({ place: atMs, id: `${serviceId}-${to}` })),
    };
  },
});

export function changeJson({ atMs, serviceId: service, from, to, reason: why, message }: Transition) {
  return { at: formatTimestamp(atMs), service, from, to, reason: why, message };
}

function transitionJson({ endedAtMs, ...transitioned }: EndedTransition) {
  const lastedS = endedAtMs === null ? null : (endedAtMs - transitioned.atMs) / 1_000;
  return { ...changeJson(transitioned), lasted_s: lastedS };
}

/** A cursor is checked by its own checksum. */
function parsePosition(atMs: number, id: string): TransitionQuery["after"] {
  const end = id.lastIndexOf("-");
  const to = CHECK_STATUSES.find((status) => status === id.slice(end + 1)) ?? ("healthy" satisfies CheckStatus);
  return { atMs, serviceId: id.slice(0, end), to };
}

/**
 * GET /events: what happens, as it happens, as server-sent events: who goes on from the `id` heard last misses nothing.
 * On Node each commit wakes those who listen; at the edge each of them looks every few seconds, and a stream ends after 25 s.
 * Invariants: a stream ends when the client goes, when the service stops, when its token is no longer good and when its time is over,
 * and then its place is free.
 */
import * as z from "zod/mini";
import { parseNewsPlace } from "../../shared/domain/history/news-place.ts";
import { EVENTS } from "../live/event-data.ts";
import { listen } from "../live/listen.ts";
import { defineEndpoint } from "../http/endpoint.ts";
import { wholeNumber } from "../http/parameters.ts";
import { noted } from "../wire/schemas.ts";

const HOUR_S = 3_600;

const lastEventId = noted(
  "Instead of the header `Last-Event-ID`, for clients that cannot set it; the header counts.",
  z.optional(z.string().check(z.regex(/^[0-9]{1,15}(\.[0-9]{4})?$/, "expected the id of an event"))),
);

export const eventsEndpoint = defineEndpoint({
  path: "/events",
  name: "events",
  summary: "Server-sent events: what everything is, changes of status, alerts and marks, as they happen.",
  effect: "read",
  query: {
    last_event_id: lastEventId,
    view: noted(
      "What a page for people is told instead: its fragments, as they change. `now`: the page `/dashboard`; its events are `snapshot` only.",
      z.optional(z.enum(["now"])),
    ),
    timeout: wholeNumber({
      description: "How long to listen, in seconds; at the edge 25 at most. Then the client comes again.",
      most: HOUR_S,
      byDefault: HOUR_S,
    }),
  },
  response: z.partial(z.object(EVENTS)),
  answersWith: "stream",
  handle(request, context) {
    const { headers, query } = request;
    const heard = headers.get("last-event-id") ?? query.last_event_id ?? "";
    // An EventSource that has heard nothing sends none, or an empty one.
    const place = heard === "" ? null : (parseNewsPlace(heard) ?? NOWHERE);
    const forMs = query.timeout * 1_000;
    const { events, nowView } = context;
    if (query.view === undefined) return listen(request, context, { feed: events, told: events.begin(place), forMs });
    return listen(request, context, { feed: nowView, told: nowView.begin(place), forMs });
  },
});

/** Behind everything, so that the client is told that it is none of ours. */
const NOWHERE = { generation: Number.MAX_SAFE_INTEGER, told: 0 };

/**
 * GET /history/{service}: the samples of one service over a range, oldest first, a day in one answer.
 * Reads both tiers through the store. Invariant: each check of the range appears exactly once.
 */
import * as z from "zod/mini";
import { DAY_MS, formatTimestamp } from "../../shared/domain/text/timestamp.ts";
import { defineEndpoint } from "../http/endpoint.ts";
import { longResponse } from "../http/long-response.ts";
import { instant, key } from "../http/parameters.ts";
import { REFUSALS } from "../http/problem.ts";
import { checkTimeRange } from "../http/time-range.ts";
import { named } from "../wire/named-schema.ts";
import { samplesJson } from "../wire/samples-json.ts";
import { checkStatus, count, intervalS, reason, timestamp } from "../wire/schemas.ts";

/** A month at a check every 30 s is about 90,000 samples and 10 MB of JSON; longer ranges are for rollups. */
const LONGEST_RANGE_DAYS = 31;

const sample = named(
  "Sample",
  z.object({
    timestamp,
    status: checkStatus,
    response_time: z.number(),
    status_code: z.optional(z.int()),
    reason: z.optional(reason),
    error: z.optional(z.string()),
  }),
);

export const serviceHistoryEndpoint = defineEndpoint({
  path: "/history/{service}",
  name: "serviceHistory",
  summary: "Every check of one service over a range (default: the last 24 hours), oldest first.",
  effect: "read",
  pathParameters: { service: key("Key of a configured service.") },
  query: {
    since: instant("Start of the range; default 24 hours before until."),
    until: instant("End of the range, exclusive, at most 31 days after since; default now."),
  },
  response: z.object({
    service: z.string(),
    name: z.string(),
    since: timestamp,
    until: timestamp,
    count,
    interval_s: intervalS,
    samples: z.array(sample),
  }),
  answersWith: "bytes",
  refusals: { not_found: REFUSALS.not_found },
  async handle({ query, path: { service }, refuse }, context) {
    const { roster, intervalMs } = context.cluster();
    const entry = roster.find(({ id }) => id === service);
    if (!entry) throw refuse("not_found");
    const untilMs = query.until ?? context.clock.nowMs() + 1;
    const sinceMs = query.since ?? Math.max(0, untilMs - DAY_MS);
    checkTimeRange({ sinceMs, untilMs }, LONGEST_RANGE_DAYS, query.since === undefined ? "until" : "since");
    return longResponse(context, async (pause) => {
      const series = await context.store.readSamples(service, sinceMs, untilMs);
      const head = JSON.stringify({
        service,
        name: entry.name,
        since: formatTimestamp(sinceMs),
        until: formatTimestamp(untilMs),
        count: series.count,
        interval_s: intervalMs / 1000,
      });
      return samplesJson({ head: `${head.slice(0, -1)},"samples":[`, series, tail: "]}" }, pause);
    });
  },
});

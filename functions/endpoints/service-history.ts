/**
 * GET /history/{service}: the samples of one service over a span, oldest first, a day in one answer.
 * Reads both tiers through the store. Invariant: each check of the span appears exactly once.
 */
import * as z from "zod/mini";
import { AppError } from "../../shared/domain/app-error.ts";
import { formatTimestamp } from "../../shared/domain/text/timestamp.ts";
import { checkStatus, intervalS, reason, timestamp } from "../wire/response-schemas.ts";
import { defineEndpoint } from "../http/endpoint.ts";
import { longResponse } from "../http/long-response.ts";
import { instant } from "../http/parameters.ts";
import { samplesJson } from "../wire/samples-json.ts";
import { checkTimeRange, DAY_MS } from "../http/time-range.ts";

/** A month at a check every 30 s is about 90,000 samples and 10 MB of JSON; longer spans are for rollups. */
const LONGEST_RANGE_DAYS = 31;

export const serviceHistoryEndpoint = defineEndpoint({
  path: "/history/{service}",
  name: "serviceHistory",
  summary: "Every check of one service over a span (default: the last 24 hours), oldest first.",
  parameters: {
    since: instant("Start of the span; default 24 hours before until."),
    until: instant("End of the span, exclusive; default now."),
  },
  response: z.object({
    service: z.string(),
    name: z.string(),
    since: timestamp,
    until: timestamp,
    count: z.int(),
    interval_s: intervalS,
    samples: z.array(
      z.object({
        timestamp,
        status: checkStatus,
        response_time: z.number(),
        status_code: z.optional(z.int()),
        reason: z.optional(reason),
        error: z.optional(z.string()),
      }),
    ),
  }),
  otherResponses: { 404: "No such service." },
  async handle({ query, target: service }, { host, store }) {
    const entry = host.cluster().roster.find(({ id }) => id === service);
    if (!entry) throw new AppError("not_found", "There is nothing here. GET / lists what there is.");
    const untilMs = query.until ?? host.clock.nowMs() + 1;
    const sinceMs = query.since ?? Math.max(0, untilMs - DAY_MS);
    const range = checkTimeRange({ sinceMs, untilMs }, LONGEST_RANGE_DAYS, query.since === null ? "until" : "since");
    return longResponse(host, async (pause) => {
      const series = await store.readSamples(service, range.sinceMs, range.untilMs);
      const head = JSON.stringify({
        service,
        name: entry.name,
        since: formatTimestamp(range.sinceMs),
        until: formatTimestamp(range.untilMs),
        count: series.count,
        interval_s: host.cluster().intervalMs / 1000,
      });
      return samplesJson({ head: `${head.slice(0, -1)},"samples":[`, series, tail: "]}" }, pause);
    });
  },
});

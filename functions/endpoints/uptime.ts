/**
 * GET /uptime: of every service the seconds of each day that it was up, degraded, down, unknown and in maintenance, and the figures
 * of the whole range.
 * Made of the transitions, which are kept for ever. Invariants: what was not watched is never counted as up; of a few services a
 * quarter is no larger than a number of bytes, whatever they have lived.
 */
import * as z from "zod/mini";
import type { KindTimes, Uptime } from "../../shared/domain/history/uptime.ts";
import { UPTIME_KINDS, type UptimeKind } from "../../shared/domain/history/uptime-kind.ts";
import { utf8Bytes } from "../../shared/domain/monitoring/body-data.ts";
import type { ClusterMoment } from "../../shared/domain/monitoring/cluster-state.ts";
import { listLocalDays } from "../../shared/domain/text/local-days.ts";
import { formatTimestamp, LATEST_MS } from "../../shared/domain/text/timestamp.ts";
import { isTimeZone } from "../../shared/domain/text/zoned-time.ts";
import type { MonitorContext } from "../context.ts";
import { defineEndpoint, type ValueOf } from "../http/endpoint.ts";
import { invalidParameters } from "../http/input.ts";
import { longResponse } from "../http/long-response.ts";
import { key, wholeNumber } from "../http/parameters.ts";
import { REFUSALS } from "../http/problem.ts";
import { findSubject } from "../report/find-subject.ts";
import { listUptimes, type NamedUptime } from "../report/list-uptimes.ts";
import { listConfigured, type Subject } from "../report/subjects.ts";
import { count, named, noted, percent, timestamp } from "../wire/schemas.ts";

const MOST_DAYS = 400;

/** What is promised of a quarter of a home cluster; of more services or days an answer is as large as it is. */
const MOST_BYTES = 12_000;
const FEW = { services: 6, days: 90 };
/** The name of a day, and of each service five numbers of 17,280. */
const DAY_BYTES = 13;
const SERVICE_DAY_BYTES = 30;

/** Of a thousand services a year is read and told in pieces of about a millisecond. */
const SERVICES_A_PIECE = 20;

const secondsByDay = (meaning: string) =>
  noted(`Seconds of each day ${meaning}; 0 for a day on which nobody watched yet.`, z.array(count));

const meanTime = (meaning: string) => noted(meaning, z.nullable(z.number().check(z.gte(0))));

const serviceUptime = named(
  "ServiceUptime",
  z.object({
    name: z.string(),
    uptime_percent: noted("Healthy and degraded time of all that was watched, rounded down.", percent),
    coverage_percent: noted(
      "Time of which the status is known, of all since it was first watched, rounded down.",
      percent,
    ),
    outages: noted(
      "How often it was down. One that nobody watched for a while, or in maintenance, goes on after that.",
      count,
    ),
    mttr_s: meanTime(
      "Mean time to recovery: seconds that an outage was seen whose recovery was seen, from its beginning on, before the range as well.",
    ),
    mtbf_s: meanTime("Mean time between failures: seconds up for each outage."),
    healthy: noted(
      "Seconds of each day that it was healthy; null for a day on which nobody watched yet.",
      z.array(z.nullable(count)),
    ),
    degraded: secondsByDay("that it was degraded"),
    maintenance: secondsByDay("that it was in maintenance"),
    unknown: secondsByDay("of which nothing is known"),
    down: secondsByDay("that it was down"),
    left_out: noted(
      "Seconds of all the days that are left out; absent when none is.",
      z.optional(z.object({ healthy: count, degraded: count, maintenance: count, unknown: count, down: count })),
    ),
  }),
  "Maintenance and unknown time count on neither side of a percentage.",
);

const timeZone = noted(
  {
    description: "The IANA time zone that the days are of; default: `timezone` of the configuration.",
    examples: ["Europe/Berlin", "America/New_York"],
  },
  z.optional(z.string().check(z.maxLength(64))),
);

export const uptimeEndpoint = defineEndpoint({
  path: "/uptime",
  name: "uptime",
  summary: "How long each service was up, day by day, exact to the second; the last day is the present one.",
  effect: "read",
  query: {
    days: wholeNumber({ description: "How many days, today included.", most: MOST_DAYS, byDefault: 90 }),
    service: z.optional(key("Only this service, also one that has been removed.")),
    tz: timeZone,
  },
  response: z.object({
    since: timestamp,
    until: timestamp,
    tz: noted("As it was asked for; names of zones are read in capitals and small letters alike.", z.string()),
    days: noted("As the calendar of the zone names them, oldest first.", z.array(z.string())),
    days_left_out: noted(
      `How many of the oldest days are told as a sum only: of up to ${FEW.services} services and ${FEW.days} days an answer is ${MOST_BYTES} bytes at most. All other figures are of the whole range.`,
      count,
    ),
    services: z.record(z.string(), serviceUptime),
  }),
  answersWith: "bytes",
  refusals: { unavailable: REFUSALS.unavailable },
  async handle({ query, refuse }, context) {
    const zone = query.tz ?? context.config().timezone;
    if (!isTimeZone(zone))
      throw invalidParameters([{ field: "tz", message: "expected an IANA time zone such as Europe/Berlin" }]);
    const moment = (await context.snapshots.read())?.moment;
    if (!moment) throw refuse("unavailable");
    const untilMs = context.clock.nowMs();
    const subjects = await listAsked(context, query.service, moment);
    if (subjects.length === 0)
      throw invalidParameters([{ field: "service", message: "expected the key of a service that was watched" }]);
    const days = listLocalDays(query.days, untilMs, zone);
    const range = { since: formatTimestamp(days[0].sinceMs), until: formatTimestamp(untilMs) };
    const compose = (services: readonly string[], leftOut: number): string => {
      const names = days.slice(leftOut).map(({ name }) => name);
      const head = JSON.stringify({ ...range, tz: zone, days: names, days_left_out: leftOut });
      return `${head.slice(0, -1)},"services":{${services.join()}}}`;
    };
    return longResponse(context, async (pause) => {
      if (subjects.length <= FEW.services && days.length <= FEW.days)
        return composeWithin(await listUptimes(context, subjects, days), compose);
      const services: string[] = [];
      for (let start = 0; start < subjects.length; start += SERVICES_A_PIECE) {
        await pause();
        const piece = await listUptimes(context, subjects.slice(start, start + SERVICES_A_PIECE), days);
        services.push(...piece.map((each) => memberJson(each, 0)));
      }
      return compose(services, 0);
    });
  },
});

/** Leaves out as few days as it can: none is larger than what is reckoned for it. */
function composeWithin(
  services: readonly NamedUptime[],
  compose: (members: readonly string[], leftOut: number) => string,
): string {
  const mostBytesADay = DAY_BYTES + services.length * SERVICE_DAY_BYTES;
  let leftOut = 0;
  for (;;) {
    const days = leftOut;
    const body = compose(
      services.map((each) => memberJson(each, days)),
      days,
    );
    const excess = utf8Bytes(body) - MOST_BYTES;
    if (excess <= 0) return body;
    leftOut += Math.ceil(excess / mostBytesADay);
  }
}

/** Empty: there is no such service. */
async function listAsked(
  context: MonitorContext,
  service: string | undefined,
  moment: ClusterMoment,
): Promise<readonly Subject[]> {
  if (service === undefined)
    return listConfigured(context, { range: { sinceMs: 0, untilMs: LATEST_MS }, moment, service: null });
  const found = await findSubject(context, service);
  return found ? [found] : [];
}

/** A member of the answer's object, without its oldest days. */
function memberJson({ id, name, uptime }: NamedUptime, leftOut: number): string {
  return `${JSON.stringify(id)}:${JSON.stringify({ name, ...uptimeJson(uptime, leftOut) })}`;
}

/** Without its oldest days. */
export function uptimeJson(uptime: Uptime, leftOut = 0): Omit<ValueOf<typeof serviceUptime>, "name"> {
  const days = leftOut === 0 ? uptime.days : uptime.days.slice(leftOut);
  // Nobody watched: null once, as five times for each day of a new service would be twice its numbers.
  const column = (kind: UptimeKind): number[] => days.map((day) => day?.[kind] ?? 0);
  return {
    uptime_percent: uptime.uptimePercent,
    coverage_percent: uptime.coveragePercent,
    outages: uptime.outages,
    mttr_s: uptime.mttrMs && Math.round(uptime.mttrMs / 1_000),
    mtbf_s: uptime.mtbfMs && Math.round(uptime.mtbfMs / 1_000),
    healthy: days.map((day) => day && day.healthy),
    degraded: column("degraded"),
    maintenance: column("maintenance"),
    unknown: column("unknown"),
    down: column("down"),
    ...(leftOut > 0 && { left_out: sumDays(uptime.days.slice(0, leftOut)) }),
  };
}

function sumDays(days: Uptime["days"]): KindTimes {
  const sum = { healthy: 0, degraded: 0, maintenance: 0, unknown: 0, down: 0 };
  for (const day of days) for (const kind of UPTIME_KINDS) sum[kind] += day?.[kind] ?? 0;
  return sum;
}

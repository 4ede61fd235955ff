/**
 * Reads what the page of one service shows, all of it from the API.
 * Invariants: nothing is made up: what the API does not say is null; a service that has been removed has a past only.
 */
import type { explainEndpoint } from "../endpoints/explain.ts";
import type { historyEndpoint } from "../endpoints/history.ts";
import type { outagesEndpoint } from "../endpoints/outages.ts";
import type { seriesEndpoint } from "../endpoints/series.ts";
import type { serviceEndpoint } from "../endpoints/service.ts";
import type { uptimeEndpoint } from "../endpoints/uptime.ts";
import type { AnswerOf, OwnApi } from "./own-api.ts";
import { formatTimestamp } from "../../shared/domain/text/timestamp.ts";
import { RANGES, type RangeName } from "./ranges.ts";
import { listSayings, type Saying } from "./said-of-itself.ts";
import { listRecentChecks, type RecentCheck } from "./recent-checks.ts";

export type ServiceDocument = AnswerOf<typeof serviceEndpoint>;
/** Without its past. */
export type PresentService = Omit<ServiceDocument, "periods">;
export type Series = AnswerOf<typeof seriesEndpoint>;
export type Outages = AnswerOf<typeof outagesEndpoint>;
type Uptime = AnswerOf<typeof uptimeEndpoint>;

export interface ServiceModel {
  readonly service: ServiceDocument;
  readonly range: RangeName;
  readonly series: Series;
  readonly days: Uptime["days"];
  /** Of the days, as IANA calls it. */
  readonly zone: string;
  readonly uptime: Uptime["services"][string];
  /** Of ninety days, newest first. */
  readonly outages: Outages;
  /** Why it is what it is; empty for a service that has been removed. */
  readonly sentences: AnswerOf<typeof explainEndpoint>["sentences"];
  /** At its last check. */
  readonly sayings: readonly Saying[];
  /** Newest first. */
  readonly checks: readonly RecentCheck[];
}

const DAY_MS = 86_400_000;
const OUTAGE_DAYS = 90;
const CHECKS = 20;

interface Asked {
  readonly id: string;
  readonly range: RangeName;
  readonly nowMs: number;
}

/** The refusal of the API where there is no such service and was none, or nothing to tell yet. */
export async function readService(ask: OwnApi, { id, range, nowMs }: Asked): Promise<ServiceModel | Response> {
  const key = encodeURIComponent(id);
  const first = await ask(`/services/${key}`);
  if (!first.ok) return first;
  const service = (await first.json()) as ServiceDocument; // as its endpoint declares it, like the other answers
  const ago = (ms: number): string => formatTimestamp(Math.max(0, nowMs - ms));
  const answers = await Promise.all([
    ask(`/series/${key}?since=${ago(RANGES[range].ms)}`),
    ask(`/uptime?service=${key}`),
    ask(`/outages/${key}?since=${ago(OUTAGE_DAYS * DAY_MS)}`),
    // Nobody looks at it any more.
    ...(service.configured ? [ask(`/explain/${key}`), ask(`/history?service=${key}&limit=${CHECKS}`)] : []),
  ]);
  const refused = answers.find(({ ok }) => !ok);
  if (refused) return refused;
  const [series, uptimes, outages, explained, history] = (await Promise.all(answers.map((each) => each.json()))) as [
    Series,
    Uptime,
    Outages,
    AnswerOf<typeof explainEndpoint> | undefined,
    AnswerOf<typeof historyEndpoint> | undefined,
  ];
  const uptime = uptimes.services[id];
  if (!uptime) throw new Error(`no uptime of the service ${id}`);
  const told = (history?.history ?? []).flatMap(({ services }) => services[id]?.health ?? []);
  return {
    service,
    range,
    series,
    days: uptimes.days,
    zone: uptimes.tz,
    uptime,
    outages,
    sentences: explained?.sentences ?? [],
    sayings: listSayings(told[0]?.data),
    checks: listRecentChecks(told),
  };
}

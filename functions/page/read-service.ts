/**
 * Reads what the page of one service shows, all of it from the API.
 * Invariant: nothing is made up: what the API does not say is null.
 */
import type { explainEndpoint } from "../endpoints/explain.ts";
import type { seriesEndpoint } from "../endpoints/series.ts";
import type { transitionsEndpoint } from "../endpoints/transitions.ts";
import type { uptimeEndpoint } from "../endpoints/uptime.ts";
import type { AnswerOf, OwnApi } from "./own-api.ts";

export type Uptime = AnswerOf<typeof uptimeEndpoint>;
export type ServiceUptime = Uptime["services"][string];
export type Series = AnswerOf<typeof seriesEndpoint>;

export interface ServiceModel {
  readonly explained: AnswerOf<typeof explainEndpoint>;
  readonly series: Series;
  readonly days: Uptime["days"];
  readonly uptime: ServiceUptime;
  /** Newest first. */
  readonly transitions: AnswerOf<typeof transitionsEndpoint>["transitions"];
}

/** Of what happened. */
const EVENTS = 20;

/** The refusal of the API where there is no such service, or nothing to tell yet. */
export async function readService(ask: OwnApi, id: string): Promise<ServiceModel | Response> {
  const key = encodeURIComponent(id);
  const answers = await Promise.all(
    [`/explain/${key}`, `/series/${key}`, `/uptime?service=${key}`, `/transitions?service=${key}&limit=${EVENTS}`].map(
      (path) => ask(path),
    ),
  );
  const refused = answers.find(({ ok }) => !ok);
  if (refused) return refused;
  // Each in the form that its endpoint declares.
  const [explained, series, uptimes, changes] = (await Promise.all(answers.map((answer) => answer.json()))) as [
    ServiceModel["explained"],
    Series,
    Uptime,
    AnswerOf<typeof transitionsEndpoint>,
  ];
  const uptime = uptimes.services[id];
  if (!uptime) throw new Error(`no uptime of the service ${id}`);
  return { explained, series, days: uptimes.days, uptime, transitions: changes.transitions };
}

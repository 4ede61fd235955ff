/**
 * Where to call, as agents are told. Used by the endpoints `/route` and `/routes`.
 * Invariant: what nobody measured is null; times are in seconds and ms as their names say.
 */
import * as z from "zod/mini";
import { formatTimestamp } from "../../shared/domain/text/timestamp.ts";
import { CHANGES } from "../../shared/domain/routing/choice.ts";
import { ROUTE_APIS } from "../../shared/domain/routing/endpoint.ts";
import { LOADS, SKIPS, WEIGHTS, type Ranked, type Ranking } from "../../shared/domain/routing/rank.ts";
import type { ValueOf } from "../http/endpoint.ts";
import { validForMs, type Present } from "../routing/read-ranking.ts";
import { checkStatus, count, named, noted, reason, seconds, timestamp, wordSchema } from "./schemas.ts";

const share = z.number().check(z.gte(0), z.lte(1));
const skip = wordSchema("RouteSkip", SKIPS);

const terms = named(
  "RouteTerms",
  z.object({
    free_capacity: noted("1: nothing to do; 0: others are waiting.", z.nullable(share)),
    latency: noted("How far its last check was from being slow, or from max_latency_ms.", z.nullable(share)),
    model_loaded: noted("1: the model is in memory.", z.nullable(share)),
  }),
  `What its score is made of: ${Object.entries(WEIGHTS)
    .map(([term, weight]) => `${term} × ${weight}`)
    .join(" + ")}. What is null is not known, and counts as 0.5.`,
);

const candidateShape = {
  id: noted("Key of the service.", z.string()),
  name: z.string(),
  api: noted("What is spoken there: Ollama's own API, or OpenAI's below /v1.", z.enum(ROUTE_APIS)),
  url: noted("To be pasted into a client: without /v1, and without a slash at its end.", z.string()),
  model: noted("What this endpoint calls the model; null: nobody knows which it has.", z.nullable(z.string())),
  model_listed: noted("Null: nobody knows whether it has the model.", z.nullable(z.boolean())),
  tier: noted("Those of 1 come first, whatever their scores are.", count),
  demoted: noted("It is degraded in a way that callers feel, so it comes after the next tier.", z.boolean()),
  score: share,
  terms,
  load: noted("Whether it has something to do. That a model is loaded says nothing of that.", z.enum(LOADS)),
  status: checkStatus,
  reason: z.nullable(reason),
  message: z.nullable(z.string()),
  evidence_age_s: noted("Since its last check; null: it was never checked.", z.nullable(seconds)),
};
const candidate = named("RouteCandidate", z.object(candidateShape));
const skipped = named(
  "SkippedEndpoint",
  z.object({ ...candidateShape, why: skip, why_text: noted("The same in words.", z.string()) }),
);

export const routeShape = {
  capability: z.string(),
  endpoint: noted("The best candidate; null: there is none.", z.nullable(candidate)),
  candidates: noted("All that may be called, the best first.", z.array(candidate)),
  skipped: noted("The others, and why.", z.array(skipped)),
  fail_open: noted("Nothing is well: the candidates are the least bad of what is skipped.", z.boolean()),
};

export const decisionShape = {
  decided_at: timestamp,
  generation: noted("Of the commit that it is decided by; 0 before the first one.", count),
  valid_for_ms: noted("How long the answer may be kept.", count),
};

const change = named(
  "RouteChange",
  z.object({
    at: timestamp,
    from: noted("Key of who was called before; null: nobody.", z.nullable(z.string())),
    to: noted("Key of who is called since; null: nobody.", z.nullable(z.string())),
    why: wordSchema("RouteChangeReason", CHANGES),
    why_text: noted("The same in words.", z.string()),
  }),
);

export const changesShape = {
  changes: noted("Who was called instead of whom, the newest first; the last 20.", z.array(change)),
};

export type RouteJson = ValueOf<z.ZodMiniObject<typeof routeShape>>;

export function routeJson(
  capability: string,
  { candidates, skipped: left, isFailOpen }: Ranking,
  present: Present,
): RouteJson {
  const told = candidates.map((each) => candidateJson(each, present));
  return {
    capability,
    endpoint: told[0] ?? null,
    candidates: told,
    skipped: left.map(({ ranked, why }) => ({ ...candidateJson(ranked, present), why, why_text: SKIPS[why] })),
    fail_open: isFailOpen,
  };
}

export function decisionJson(capability: string, ranking: Ranking, present: Present) {
  return {
    decided_at: formatTimestamp(present.nowMs),
    generation: present.snapshot?.generation ?? 0,
    valid_for_ms: validForMs(capability, ranking, present),
  };
}

export function changesJson(capability: string, { snapshot }: Present): ValueOf<typeof changesShape.changes> {
  const { changes = [] } = snapshot?.routing?.get(capability) ?? {};
  return changes.toReversed().map(({ atMs, from, to, why }) => {
    return { at: formatTimestamp(atMs), from, to, why, why_text: CHANGES[why] };
  });
}

function candidateJson(ranked: Ranked, { nowMs, cluster }: Present): ValueOf<typeof candidate> {
  const { endpoint, evidence, model, terms: known, score, load, isDemoted } = ranked;
  const { id, api, url, tier } = endpoint;
  const { status, reason: because, message, checkedAtMs } = evidence;
  return {
    id,
    name: cluster.servicesById.get(id)?.name ?? id,
    api,
    url,
    model: model.own,
    model_listed: model.isListed,
    tier,
    demoted: isDemoted,
    score,
    terms: known,
    load,
    status,
    reason: because,
    message,
    evidence_age_s: checkedAtMs === null ? null : Math.max(0, nowMs - checkedAtMs) / 1_000,
  };
}

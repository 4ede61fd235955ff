/**
 * Which endpoint of a capability to call now, and why not the others: filter, then tiers, then scores. Pure. Called by who answers
 * `/route`, `/routes` and `/best_llm`.
 * Invariants: a score never lifts an endpoint over another tier; a load balancer never stands above what it balances while all of that
 * is known to be down; what was not measured is null, and counts as half; who is asked for is never left without an answer because
 * everything is bad: then the least bad comes first, and that is said.
 */
import { isDown, type CheckStatus, type Json, type Reason } from "../monitoring/check.ts";
import type { RouteEndpoint } from "./endpoint.ts";
import { findModel, type MeantModel } from "./find-model.ts";
import { readServed, type Served } from "./served.ts";

/** How the service of an endpoint is now. */
export interface Evidence {
  readonly status: CheckStatus;
  readonly reason: Reason | null;
  readonly message: string | null;
  /** Epoch ms; null: it was never checked. */
  readonly checkedAtMs: number | null;
  readonly responseTimeMs: number | null;
  /** Later than so much it would be slow. */
  readonly limitMs: number;
  /** What its check told beside. */
  readonly data: Json | undefined;
}

export interface Asked {
  /** Null: any. */
  readonly model: string | null;
  /** Keys of endpoints. */
  readonly exclude: ReadonlySet<string>;
  /** Of its last check; null: any. */
  readonly maxLatencyMs: number | null;
}

export const ANY: Asked = { model: null, exclude: new Set(), maxLatencyMs: null };

/** Whether it has something to do; residency tells nothing of that. */
export const LOADS = ["idle", "busy", "queued", "unknown"] as const;
export type Load = (typeof LOADS)[number];

/** Each 0 … 1; null: nobody knows. */
export type Terms = Readonly<Record<Term, number | null>>;
const TERMS = ["free_capacity", "latency", "model_loaded"] as const;
type Term = (typeof TERMS)[number];

/** Of what makes a score. */
export const WEIGHTS: Readonly<Record<Term, number>> = { free_capacity: 0.4, latency: 0.35, model_loaded: 0.25 };
const UNKNOWN_TERM = 0.5;

/** Why an endpoint is no candidate, in words for people. */
export const SKIPS = {
  excluded: "It was asked to be left out.",
  other_models: "It does not have the model.",
  maintenance: "It is in maintenance.",
  unknown: "Nothing fresh is known of it.",
  down: "Its last check failed.",
  members_down: "All that it balances is down.",
  too_slow: "Its last check took longer than asked for.",
} as const;
export type Skip = keyof typeof SKIPS;

export interface Ranked {
  readonly endpoint: RouteEndpoint;
  readonly evidence: Evidence;
  readonly model: MeantModel;
  readonly load: Load;
  readonly terms: Terms;
  /** 0 … 1, to three decimals. */
  readonly score: number;
  /** It is degraded in a way that callers feel, so it comes after the next tier. */
  readonly isDemoted: boolean;
  /** Tiers from 0 on, whatever their numbers are; with who is demoted between the next one and the one after. */
  readonly place: number;
}

export interface Skipped {
  readonly ranked: Ranked;
  readonly why: Skip;
}

export interface Ranking {
  /** The best one first. */
  readonly candidates: readonly Ranked[];
  readonly skipped: readonly Skipped[];
  /** Nothing is well: the candidates are the least bad of what would be left out otherwise. */
  readonly isFailOpen: boolean;
}

/** Degraded for these reasons it serves worse than the next tier. */
const FELT: ReadonlySet<Reason | null> = new Set<Reason>([
  "slow",
  "starting",
  "busy",
  "cpu_fallback",
  "semantic_drift",
  "overloaded",
  "error_rate",
]);

/** From the least bad on; who is asked to be left out, or has not the model, is not called even then. */
const LEAST_BAD: readonly Skip[] = ["too_slow", "unknown", "down", "maintenance", "members_down"];

export function rankEndpoints(
  endpoints: readonly RouteEndpoint[],
  asked: Asked,
  evidenceOf: (serviceId: string) => Evidence,
): Ranking {
  const tiers = [...new Set(endpoints.map(({ tier }) => tier))].toSorted((one, other) => one - other);
  const weighed = endpoints.map((endpoint) => {
    const ranked = weigh(endpoint, asked, evidenceOf(endpoint.id));
    return { ...ranked, place: tiers.indexOf(endpoint.tier) + (ranked.isDemoted ? 1.5 : 0) };
  });
  const skipped = weighed.flatMap((ranked) => {
    const why = findSkip(ranked, asked, evidenceOf);
    return why === null ? [] : { ranked, why };
  });
  const left = new Set(skipped.map(({ ranked }) => ranked));
  const candidates = weighed
    .filter((ranked) => !left.has(ranked))
    .toSorted((one, other) => one.place - other.place || other.score - one.score);
  if (candidates.length > 0) return { candidates, skipped, isFailOpen: false };
  const badness = ({ why }: Skipped): number => LEAST_BAD.indexOf(why);
  const possible = skipped
    .filter(({ why }) => LEAST_BAD.includes(why))
    .toSorted((one, other) => badness(one) - badness(other) || one.ranked.place - other.ranked.place)
    .map(({ ranked }) => ranked);
  return { candidates: possible, skipped, isFailOpen: possible.length > 0 };
}

function weigh(
  endpoint: RouteEndpoint,
  { model: asked, maxLatencyMs }: Asked,
  evidence: Evidence,
): Omit<Ranked, "place"> {
  const served = readServed(evidence.data);
  const model = findModel(asked, endpoint, served);
  const load = findLoad(evidence, served);
  const terms: Terms = {
    free_capacity: freeCapacity(load, served),
    latency: headroom(evidence, maxLatencyMs),
    model_loaded: model.isLoaded === null ? null : Number(model.isLoaded),
  };
  const isDemoted = evidence.status === "degraded" && FELT.has(evidence.reason);
  return { endpoint, evidence, model, load, terms, score: scoreOf(terms), isDemoted };
}

function findLoad({ reason }: Evidence, { busyShare }: Served): Load {
  if (reason === "busy") return "queued";
  if (busyShare === null) return "unknown";
  return busyShare === 0 ? "idle" : "busy";
}

function freeCapacity(load: Load, { busyShare }: Served): number | null {
  if (load === "queued") return 0;
  return busyShare === null ? null : 1 - busyShare;
}

function headroom({ responseTimeMs, limitMs }: Evidence, maxLatencyMs: number | null): number | null {
  return responseTimeMs === null ? null : Math.max(0, 1 - responseTimeMs / (maxLatencyMs ?? limitMs));
}

function scoreOf(terms: Terms): number {
  const sum = TERMS.reduce((total, term) => total + WEIGHTS[term] * (terms[term] ?? UNKNOWN_TERM), 0);
  return Math.round(sum * 1_000) / 1_000;
}

/** Null: it may be called. */
function findSkip(
  { endpoint, evidence, model }: Ranked,
  asked: Asked,
  evidenceOf: (id: string) => Evidence,
): Skip | null {
  const { status, responseTimeMs } = evidence;
  if (asked.exclude.has(endpoint.id)) return "excluded";
  if (model.isListed === false) return "other_models";
  if (status === "maintenance") return "maintenance";
  if (isDown(status)) return "down";
  const { members } = endpoint;
  if (members && members.length > 0 && members.every((id) => isDown(evidenceOf(id).status))) return "members_down";
  if (status === "unknown") return "unknown";
  const isTooSlow = asked.maxLatencyMs !== null && responseTimeMs !== null && responseTimeMs > asked.maxLatencyMs;
  return isTooSlow ? "too_slow" : null;
}

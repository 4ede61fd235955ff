/**
 * What tools tell of what endpoints answered. Pure; used by tools.ts.
 * Invariants: nothing is told that the answer does not hold; lists are cut, never silently.
 */
import type * as z from "zod/mini";
import type { alertsEndpoint } from "../endpoints/alerts.ts";
import type { clusterHealthEndpoint } from "../endpoints/cluster-health.ts";
import type { explainEndpoint } from "../endpoints/explain.ts";
import type { routeEndpoint } from "../endpoints/route.ts";
import type { serviceEndpoint } from "../endpoints/service.ts";
import type { transitionsEndpoint } from "../endpoints/transitions.ts";
import type { waitEndpoint } from "../endpoints/wait.ts";
import type { ValueOf } from "../http/endpoint.ts";
import type { AnswerOf } from "../page/own-api.ts";
import type { alerts, changes, clusterHealth, explanation, pick, serviceHealth, waited } from "./outputs.ts";

/** More is for people. */
const MOST_LISTED = 10;

type Told<Output extends z.ZodMiniType> = ValueOf<Output>;

function cut<Item>(items: readonly Item[]): { readonly listed: readonly Item[]; readonly left_out: number } {
  return { listed: items.slice(0, MOST_LISTED), left_out: Math.max(0, items.length - MOST_LISTED) };
}

export function tellCluster(answer: AnswerOf<typeof clusterHealthEndpoint>): Told<typeof clusterHealth> {
  const services = Object.entries(answer.services).map(([service, { name, critical, health, since = null }]) => {
    const { status, reason = null, error: message = null } = health;
    return { service, name, critical, status, reason, message, since };
  });
  const counts: Record<string, number> = {};
  for (const { status } of services) counts[status] = (counts[status] ?? 0) + 1;
  const bad = services.filter(({ status }) => status !== "healthy");
  const { listed, left_out } = cut([...bad.filter((each) => each.critical), ...bad.filter((each) => !each.critical)]);
  const { overall_status: status, overall_since: since = null, timestamp: checked_at, notice } = answer;
  return { status, since, checked_at, counts, not_healthy: listed, left_out, ...(notice !== undefined && { notice }) };
}

export function tellService(answer: AnswerOf<typeof serviceEndpoint>): Told<typeof serviceHealth> {
  const { service, name, configured, status, reason, message, since, checked_at, critical, impact } = answer;
  const uptime = (hours: number): number | null =>
    answer.periods.find((period) => period.hours === hours)?.uptime_percent ?? null;
  return {
    service,
    name,
    configured,
    status,
    reason,
    message,
    since,
    checked_at,
    critical,
    impact,
    depends_on: Object.fromEntries(answer.depends_on.map((needed) => [needed.service, needed.status])),
    uptime_percent: { day: uptime(24), week: uptime(7 * 24) },
  };
}

type RouteAnswer = AnswerOf<typeof routeEndpoint>;

export function tellPick(answer: RouteAnswer): Told<typeof pick> {
  const { endpoint, candidates, skipped, fail_open, valid_for_ms } = answer;
  const others = cut(candidates.slice(1));
  const left = cut(skipped);
  return {
    endpoint: endpoint && tellCandidate(endpoint),
    fail_open,
    others: others.listed.map(tellCandidate),
    skipped: left.listed.map(({ id: service, why_text: why }) => ({ service, why })),
    left_out: others.left_out + left.left_out,
    valid_for_ms,
  };
}

function tellCandidate({ id, api, url, model, status, reason, load }: RouteAnswer["candidates"][number]) {
  return { service: id, api, url, model, status, reason, load };
}

export function tellWait(answer: AnswerOf<typeof waitEndpoint>): Told<typeof waited> {
  const { met, service, capability, status, reason, message, since, waited_s, waiting_for, eta, retry_after_s } =
    answer;
  const { listed, left_out } = cut(waiting_for);
  const likely_back_in_s = eta && eta.p50_s;
  return {
    met,
    service,
    capability,
    status,
    reason,
    message,
    since,
    waited_s,
    waiting_for: listed,
    left_out,
    likely_back_in_s,
    retry_after_s,
  };
}

export function tellAlerts(answer: AnswerOf<typeof alertsEndpoint>): Told<typeof alerts> {
  const told = answer.details.map((alert) => {
    const { id, service, name, severity, state, status, reason, message, since, impact, acknowledged_by } = alert;
    return { id, service, name, severity, state, status, reason, message, since, impact, acknowledged_by };
  });
  const { listed, left_out } = cut(told);
  return { count: told.length, alerts: listed, left_out };
}

export function tellExplanation(answer: AnswerOf<typeof explainEndpoint>): Told<typeof explanation> {
  const { service, name, status, since, root_cause, blast_radius, sentences } = answer;
  return {
    service,
    name,
    status,
    since,
    root_cause,
    down_because_of_it: blast_radius.down,
    sentences: sentences.map(({ text }) => text),
  };
}

export function tellChanges({ transitions, next_cursor }: AnswerOf<typeof transitionsEndpoint>): Told<typeof changes> {
  return { changes: transitions, next_cursor };
}

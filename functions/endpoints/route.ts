/**
 * GET /route: which endpoint to call now for a capability, and the others in order. GET /routes: the same of every capability.
 * GET /best_llm: the address alone, as the first clients asked for it.
 * Nobody is asked here: it is decided by the last checks. Invariant: who asks gets an answer also when everything is bad, marked so.
 */
import * as z from "zod/mini";
import { ANY } from "../../shared/domain/routing/rank.ts";
import type { MonitorContext } from "../context.ts";
import { SECURITY_HEADERS } from "../http/bytes.ts";
import { defineEndpoint } from "../http/endpoint.ts";
import { invalidParameters, readQuery, type Values } from "../http/input.ts";
import { capabilityName, flag } from "../http/parameters.ts";
import type { AppError, RefusalCode } from "../http/problem.ts";
import { rankNow, readPresent, type Present } from "../routing/read-ranking.ts";
import {
  changesJson,
  changesShape,
  decisionJson,
  decisionShape,
  routeJson,
  routeShape,
  type RouteJson,
} from "../wire/route-json.ts";
import { named, noted } from "../wire/schemas.ts";

const LLM = "llm";
const MOST_LATENCY_MS = 600_000;
const NONE = "The configuration has no endpoint that can be called for anything.";

const names = noted(
  "Keys of endpoints that are not to be called, such as one that has just failed; with commas between them.",
  z.optional(
    z.pipe(
      z
        .string()
        .check(
          z.regex(
            /^[A-Za-z0-9_-]{1,64}(,[A-Za-z0-9_-]{1,64}){0,49}$/,
            "expected keys of services with commas between them",
          ),
        ),
      z.transform((text: string) => new Set(text.split(","))),
    ),
  ),
);

const milliseconds = noted(
  {
    description: "Leave out endpoints whose last check took longer.",
    type: "integer",
    minimum: 1,
    maximum: MOST_LATENCY_MS,
    pattern: undefined,
  },
  z.optional(
    z.pipe(
      z.string().check(
        z.regex(/^[1-9]\d{0,5}$/, `expected a whole number from 1 to ${MOST_LATENCY_MS}`),
        z.refine((text) => Number(text) <= MOST_LATENCY_MS, `expected a whole number from 1 to ${MOST_LATENCY_MS}`),
      ),
      z.transform((text: string) => Number(text)),
    ),
  ),
);

const capabilityKey = noted(
  {
    description: "What is to be done there: `llm`, `embeddings`, or what `routes` of the configuration names.",
    default: LLM,
  },
  z._default(capabilityName, LLM),
);

const QUERY = {
  capability: capabilityKey,
  model: noted(
    "The model that is wanted, as agents or as the endpoint call it. Default: any.",
    z.optional(z.string().check(z.minLength(1), z.maxLength(200))),
  ),
  exclude: names,
  max_latency_ms: milliseconds,
  strict: flag("Answer 503 when nothing is well, instead of the least bad."),
};

export const routeEndpoint = defineEndpoint({
  path: "/route",
  name: "route",
  summary: "Which endpoint to call now for a capability, and the others in order.",
  effect: "read",
  query: QUERY,
  response: named(
    "Route",
    z.object({ ...routeShape, ...decisionShape, strict: noted("As it was asked.", z.boolean()) }),
  ),
  refusals: { not_found: NONE },
  failing: {
    meaning: "With `strict`: nothing is well. The candidates are the least bad.",
    when: isRefused,
  },
  async handle({ query, refuse }, context) {
    checkCapability(query.capability, context, refuse);
    return decideRoute(query, await readPresent(context));
  },
});

const querySchema = z.object(QUERY);

/** What a URL of this endpoint asks for, without the router; null where that would refuse it. */
export function readWishes(url: string): Values<typeof QUERY> | null {
  const found = URL.parse(url, "http://localhost");
  if (found?.pathname !== "/route") return null;
  try {
    // What the schema makes of it.
    return readQuery(querySchema, found.searchParams) as Values<typeof QUERY>;
  } catch {
    return null;
  }
}

/** Who asks strictly has no use for the least bad. */
export function isRefused({ strict, fail_open: isFailOpen, endpoint }: Refusable): boolean {
  return strict && (isFailOpen || endpoint === null);
}

interface Refusable extends Pick<RouteJson, "fail_open" | "endpoint"> {
  readonly strict: boolean;
}

/** What is answered to a query that has been read. */
export function decideRoute(query: Values<typeof QUERY>, present: Present) {
  const { capability, strict, model = null, exclude = ANY.exclude, max_latency_ms: maxLatencyMs = null } = query;
  const ranking = rankNow(capability, { model, exclude, maxLatencyMs }, present);
  return { ...routeJson(capability, ranking, present), ...decisionJson(capability, ranking, present), strict };
}

export const routesEndpoint = defineEndpoint({
  path: "/routes",
  name: "routes",
  summary: "Every capability with all its endpoints: which would be called now, and why not the others.",
  effect: "read",
  response: z.object({
    routes: noted(
      "By capability.",
      z.record(z.string(), z.object({ ...routeShape, ...decisionShape, ...changesShape })),
    ),
  }),
  async handle(_request, context) {
    const present = await readPresent(context);
    const routes = Object.keys(present.cluster.routes).map((capability) => {
      const ranking = rankNow(capability, ANY, present);
      const decided = { ...routeJson(capability, ranking, present), ...decisionJson(capability, ranking, present) };
      return [capability, { ...decided, changes: changesJson(capability, present) }];
    });
    return { routes: Object.fromEntries(routes) };
  },
});

export const bestLlmEndpoint = defineEndpoint({
  path: "/best_llm",
  name: "bestLlm",
  summary: "The URL of the LLM to call now, as plain text and nothing else.",
  effect: "read",
  response: noted("A URL without /v1, without a slash and without a line break at its end.", z.string()),
  answersWith: "bytes",
  type: "text/plain",
  refusals: { not_found: NONE },
  async handle({ refuse }, context) {
    const { candidates } = rankNow(LLM, ANY, await readPresent(context));
    const body = candidates[0]?.endpoint.url;
    if (body === undefined) throw refuse("not_found");
    const headers = { ...SECURITY_HEADERS, "content-type": "text/plain; charset=utf-8", "cache-control": "no-store" };
    return { status: 200, headers, body };
  },
});

function checkCapability(
  capability: string,
  { cluster }: MonitorContext,
  refuse: (code: RefusalCode) => AppError,
): void {
  const known = Object.keys(cluster().routes);
  if (known.length === 0) throw refuse("not_found");
  if (!known.includes(capability))
    throw invalidParameters([{ field: "capability", message: `expected ${known.join(" or ")}` }]);
}

/**
 * Where a capability of the cluster is to be had: which services agents may call for it, and how. Pure.
 * Made by the configuration (config/sections/routes.ts), or of its services where it says nothing (derive-routes.ts); ranked by rank.ts.
 * Invariant: everything in it may be read by whoever may read anything, so no URL of it holds a secret.
 */

/** What is spoken there: Ollama's own API, or OpenAI's below `/v1`. */
export const ROUTE_APIS = ["ollama", "openai"] as const;
export type RouteApi = (typeof ROUTE_APIS)[number];

/** A model, as agents ask for it and as this endpoint calls it. */
export interface RouteModel {
  readonly name: string;
  readonly own: string;
}

export interface RouteEndpoint {
  /** Key of the service that tells how it is; once in each capability. */
  readonly id: string;
  /** Those of 1 come first, whatever their scores are. */
  readonly tier: number;
  readonly api: RouteApi;
  /** To be pasted into a client as it is: without `/v1`, and without a slash at its end. */
  readonly url: string;
  /** Null: whatever its server lists. */
  readonly models: readonly RouteModel[] | null;
  /** Keys of the services that it passes calls on to, as far as they are known; null: it is no load balancer. */
  readonly members: readonly string[] | null;
}

/** By capability, such as `llm` and `embeddings`. */
export type Routes = Readonly<Record<string, readonly RouteEndpoint[]>>;

/** Null: there is no such capability. */
export function endpointsFor(capability: string, routes: Routes): readonly RouteEndpoint[] | null {
  return Object.hasOwn(routes, capability) ? (routes[capability] ?? null) : null;
}

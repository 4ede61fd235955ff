/**
 * Which services may be called for what, where the configuration has no `routes`: by their check types; of plain `http`
 * checks by their paths, or by the keys that services of the first cluster have. Pure. Called by config/sections/routes.ts.
 * The tiers are that cluster's way to choose: Ollama on the GPU, then what runs on a CPU, then the load balancer.
 */
import { parseUrl, type UrlTarget } from "../net/target.ts";
import type { RouteApi, RouteEndpoint, Routes } from "./endpoint.ts";

export interface Routable {
  readonly id: string;
  readonly checkType: string;
  readonly dependsOn: readonly string[];
  /** Its keys, without secrets. */
  readonly written: Readonly<Record<string, unknown>>;
}

interface Kind {
  readonly capability: "llm" | "embeddings";
  readonly api: RouteApi;
  readonly tier: number;
  readonly isBalancer: boolean;
  /** Where calls go, if not to where it is asked how it is. */
  readonly port?: number;
}

const OLLAMA: Kind = { capability: "llm", api: "ollama", tier: 1, isBalancer: false };
const OPENAI: Kind = { capability: "llm", api: "openai", tier: 2, isBalancer: false };
const BALANCER: Kind = { capability: "llm", api: "openai", tier: 3, isBalancer: true };
const EMBEDDINGS: Kind = { capability: "embeddings", api: "openai", tier: 1, isBalancer: false };

const BY_CHECK_TYPE: Readonly<Record<string, Kind>> = {
  ollama: OLLAMA,
  llamacpp: OPENAI,
  openai: OPENAI,
  haproxy: BALANCER,
  embeddings: EMBEDDINGS,
};

/** Of plain checks, by their keys. */
const BY_ID: Readonly<Record<string, Kind>> = {
  jetson_ollama: OLLAMA,
  cpu_llama: OPENAI,
  haproxy: { ...BALANCER, port: 9_000 },
  embeddings: EMBEDDINGS,
};

export function deriveRoutes(services: readonly Routable[], mostEndpoints: number): Routes {
  const found = services.flatMap((service) => {
    const kind = kindOf(service);
    const endpoint = kind && endpointOf(service, kind);
    return endpoint ? [{ capability: kind.capability, endpoint }] : [];
  });
  const routes: Record<string, RouteEndpoint[]> = {};
  // A balancer alone balances something else.
  const isOfUse = (capability: string): boolean =>
    found.some((each) => each.capability === capability && each.endpoint.members === null);
  for (const { capability, endpoint } of found)
    if (isOfUse(capability)) routes[capability] = [...(routes[capability] ?? []), endpoint];
  return Object.fromEntries(
    Object.entries(routes).map(([capability, all]) => [capability, all.slice(0, mostEndpoints)]),
  );
}

/** What a service is in a capability by itself, without tier and models; null: it cannot be told where it is to be called. */
export function endpointOf(
  service: Routable,
  kind: Pick<Kind, "api" | "tier" | "isBalancer" | "port"> = kindOf(service) ?? OPENAI,
): RouteEndpoint | null {
  const { id, written, dependsOn } = service;
  const target = typeof written["url"] === "string" ? parseUrl(written["url"]) : null;
  if (!target) return null;
  const { api, tier, isBalancer, port } = kind;
  return { id, tier, api, url: originOf(target, port), models: null, members: isBalancer ? dependsOn : null };
}

function kindOf({ id, checkType, written }: Routable): Kind | undefined {
  if (checkType === "embeddings" && written["api"] === "ollama") return { ...EMBEDDINGS, api: "ollama" };
  if (Object.hasOwn(BY_CHECK_TYPE, checkType)) return BY_CHECK_TYPE[checkType];
  if (checkType !== "http") return undefined;
  return Object.hasOwn(BY_ID, id) ? BY_ID[id] : isOllama(written) ? OLLAMA : undefined;
}

/** Nobody else has these paths. */
function isOllama({ url }: Routable["written"]): boolean {
  return typeof url === "string" && /\/api\/(tags|ps|version)$/.test(url);
}

function originOf({ origin, isTls, host }: UrlTarget, port: number | undefined): string {
  if (port === undefined) return origin;
  return `${isTls ? "https" : "http"}://${host.includes(":") ? `[${host}]` : host}:${port}`;
}

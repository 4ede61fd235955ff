/**
 * `GET /cluster_health` and `GET /route` as the endpoints would answer them, without router and promise: the most frequent requests.
 * Made by compose.ts, asked by `shared/node/http-server.ts`. Invariant: null where it may not be so, and the router is asked.
 */
import type { CachedSnapshot } from "../../shared/common/snapshot-cache.ts";
import { isAllowedHost } from "../../shared/domain/net/host-name.ts";
import type { Peek, PeekRequest, PeekResponse } from "../../shared/ports/peek.ts";
import type { Snapshot } from "../../shared/ports/store.ts";
import type { MonitorContext } from "../context.ts";
import { clusterHealthResponse } from "../endpoints/cluster-health.ts";
import { createRoutePeek } from "./peek-route.ts";

/** Node writes text and headers in one piece, which saves a tenth of a request. Of long text it would make a copy each time. */
const LONGEST_TEXT_BYTES = 15_000;

/**
 * Polls of one second get one and the same object, since making it anew costs a tenth of a request, and a host that was allowed is
 * so again.
 * @param newest null when it is not in memory
 */
export function createPeek(
  { clock, config, hostNames, cluster }: MonitorContext,
  newest: (nowMs: number) => CachedSnapshot | null,
): Peek {
  let allowed: { readonly host: string; readonly names: ReadonlySet<string> } | null = null;
  const mayAsk = (host: string): boolean => {
    const names = hostNames();
    if (config().auth.readsNeedToken) return false;
    if (allowed?.host === host && allowed.names === names) return true;
    if (!isAllowedHost(host, names) || !isWrittenPlainly(host)) return false;
    allowed = { host, names };
    return true;
  };
  const respond = ({ snapshot, bytes }: CachedSnapshot, nowMs: number, ifNoneMatch: PeekRequest["ifNoneMatch"]) => {
    const { status, headers, body } = clusterHealthResponse(snapshot, { nowMs, ifNoneMatch, cluster: cluster() });
    if (body === null) return { status, headers, body };
    const payload = body === snapshot.body ? bytes : new TextEncoder().encode(body);
    const length = payload.byteLength;
    const sent = length <= LONGEST_TEXT_BYTES ? body : payload;
    return { status, headers: { ...headers, "content-length": String(length) }, body: sent };
  };
  let last: { readonly snapshot: Snapshot; readonly second: number; readonly response: PeekResponse } | null = null;
  const peekHealth = (cached: CachedSnapshot, nowMs: number, ifNoneMatch: PeekRequest["ifNoneMatch"]) => {
    const { snapshot } = cached;
    const second = Math.floor((nowMs - snapshot.moment.atMs) / 1_000);
    const isCurrent = nowMs < snapshot.staleAtMs && ifNoneMatch === undefined;
    if (isCurrent && last?.snapshot === snapshot && last.second === second) return last.response;
    const response = respond(cached, nowMs, ifNoneMatch);
    if (isCurrent) last = { snapshot, second, response };
    return response;
  };
  const peekRoute = createRoutePeek({ clock, cluster });
  return ({ url, host, ifNoneMatch }) => {
    const isHealth = url === "/cluster_health";
    if (!(isHealth || isRoute(url)) || host === undefined || !mayAsk(host)) return null;
    const nowMs = clock.nowMs();
    const cached = newest(nowMs);
    if (!cached) return null;
    return isHealth ? peekHealth(cached, nowMs, ifNoneMatch) : peekRoute(url, cached.snapshot, nowMs);
  };
}

const isRoute = (url: string): boolean => url === "/route" || url.startsWith("/route?");

/** False for a Host that a URL writes in another way, or that is none, such as `localhost:99999`: the router judges it. */
function isWrittenPlainly(host: string): boolean {
  return URL.parse(`http://${host}/`)?.hostname === host.toLowerCase().replace(/:\d+$/, "");
}

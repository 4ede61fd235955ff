/**
 * Whether what a browser asks comes from a page of this very service. Pure.
 * Browsers ignore the port for cookies, `SameSite` included (RFC 6265 §8.5), and over plain http to a LAN they do not send
 * `Sec-Fetch-Site`: a page of another program on the same machine is told from ours by its origin alone.
 * Invariant: scheme aside, an origin is ours only as a whole, port included.
 */

/**
 * `http://nas:8083` and `nas:8083` → true; `http://nas:8080` → false.
 * @param host as the header has it; null: the request has none
 */
function isOwnOrigin(origin: string, host: string | null): boolean {
  const from = URL.parse(origin);
  if (!from || host === null || !/^https?:$/.test(from.protocol)) return false;
  // Without the port that the scheme implies, as browsers leave it out.
  return URL.parse(`${from.protocol}//${host}`)?.host === from.host;
}

/** Whether a browser says that it is a page of somebody else who asks; what is none says nothing. */
export function isForeign(headers: Pick<Headers, "get">): boolean {
  const [origin, site] = [headers.get("origin"), headers.get("sec-fetch-site")];
  // none: somebody has typed the address, or an extension asks.
  if (site !== null && site !== "same-origin" && site !== "none") return true;
  return origin !== null && !isOwnOrigin(origin, headers.get("host"));
}

/**
 * A URL taken apart for connecting and asking, once per URL instead of once per probe.
 * The transport looks up its request's URL here. Knows nothing of requests.
 * Invariant: two targets with the same `origin` connect to the same host and port with the same protocol.
 */
import { isIP } from "node:net";
import { URL } from "node:url";

export interface ExchangeTarget {
  /** Scheme, host and port only; undici refuses more. */
  readonly origin: URL;
  readonly isTls: boolean;
  /** Without the brackets of IPv6. */
  readonly hostname: string;
  readonly isAddress: boolean;
  readonly port: number;
  /** Path and query as sent; never for messages. */
  readonly path: string;
}

/** Configured services have one URL each; redirects add some. Past that somebody makes URLs up, and we start afresh. */
const MAX_TARGETS = 1_000;

export class ExchangeTargets {
  readonly #targets = new Map<string, ExchangeTarget>();

  /** Null when the text is not an absolute http or https URL. */
  get(url: string): ExchangeTarget | null {
    const known = this.#targets.get(url);
    if (known) return known;
    const target = parseTarget(url);
    if (!target) return null;
    if (this.#targets.size >= MAX_TARGETS) this.#targets.clear();
    this.#targets.set(url, target);
    return target;
  }
}

function parseTarget(text: string): ExchangeTarget | null {
  const url = URL.parse(text);
  if (url?.protocol !== "http:" && url?.protocol !== "https:") return null;
  const isTls = url.protocol === "https:";
  const hostname = url.hostname.replace(/^\[|\]$/g, "");
  return {
    origin: new URL(url.origin),
    isTls,
    hostname,
    isAddress: isIP(hostname) !== 0,
    port: url.port === "" ? (isTls ? 443 : 80) : Number(url.port),
    path: url.pathname + url.search,
  };
}

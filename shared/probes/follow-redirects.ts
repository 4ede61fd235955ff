/**
 * Asks an HTTP service, over redirects when it may follow them: each hop is an exchange, which checks each address again.
 * Invariant: at most three redirects, all within one deadline; to another origin goes nothing that was configured.
 */
import { MAX_BODY_BYTES } from "./evaluate-response.ts";
import type { Failure } from "../domain/net/connection-failure.ts";
import { parseUrl } from "../domain/net/target.ts";
import type { HttpExchangeRequest, HttpFailure, HttpResponse } from "../ports/http-transport.ts";
import type { ProbeContext } from "../ports/prober.ts";

export interface Question extends Omit<HttpExchangeRequest, "timeoutMs" | "maxBodyBytes"> {
  /** The URL of `target` as the configuration has it. */
  readonly writtenUrl: string;
  readonly followsRedirects: boolean;
}

export interface Arrival {
  readonly outcome: HttpResponse | HttpFailure;
  /** Why the redirect that `outcome` is was not followed; null when there was nothing to refuse. */
  readonly refusal: Failure | null;
  /** Every URL that led to it as it was written, the configured one first; null when nothing was followed. */
  readonly trail: readonly string[] | null;
  /** End of validity of the certificate that the configured host itself presented, epoch ms. */
  readonly certificateExpiresAtMs: number | undefined;
}

/** A chain of three is a www, a scheme and a slash; longer ones are loops. */
const MAX_REDIRECTS = 3;

const TOO_MANY: Failure = { reason: "http_status", message: `More than ${MAX_REDIRECTS} redirects` };
const FORBIDDEN: Failure = { reason: "forbidden_address", message: "Redirected to a URL that must not be probed" };
const BODY_ABROAD: Failure = { reason: "forbidden_address", message: "Redirected to another host with a request body" };

interface Hop extends Pick<HttpExchangeRequest, "target" | "method" | "headers" | "body"> {
  readonly trail: readonly string[];
}

/** `home`: the configured one. */
export async function followRedirects(home: Question, { http, clock, timeoutMs }: ProbeContext): Promise<Arrival> {
  const { followsRedirects, writtenUrl, ...request } = home;
  const endMs = clock.monotonicMs() + timeoutMs;
  let certificateExpiresAtMs: number | undefined;
  let hop: Hop = { ...request, trail: [writtenUrl] };
  for (let redirects = 0; ; redirects += 1) {
    const leftMs = Math.max(endMs - clock.monotonicMs(), LEAST_TIMEOUT_MS);
    const isAtHome = hop.target.host === home.target.host;
    // Trust without proof was given to one host, not to wherever that one sends us.
    const verifyTls = home.verifyTls !== false || !isAtHome;
    const { trail, ...asked } = hop;
    const outcome = await http.exchange({
      ...request,
      ...asked,
      verifyTls,
      timeoutMs: leftMs,
      maxBodyBytes: MAX_BODY_BYTES,
    });
    if (isAtHome) certificateExpiresAtMs ??= outcome.certificateExpiresAtMs;
    const next = followsRedirects && outcome.kind === "response" ? findNextHop(hop, outcome, redirects) : null;
    if (next === null || "reason" in next) {
      return { outcome, refusal: next, trail: redirects === 0 ? null : trail, certificateExpiresAtMs };
    }
    hop = next;
  }
}

/** A hop that begins when the time is up still gets this much, so that it ends as a timeout like any other. */
const LEAST_TIMEOUT_MS = 1;

/** 300 and 304 name no place to go to. */
const REDIRECT_CODES: ReadonlySet<number> = new Set([301, 302, 303, 307, 308]);

/** Where the answer sends us; null when nowhere, a failure when to where we must not go. */
function findNextHop(hop: Hop, { statusCode, headers }: HttpResponse, redirects: number): Hop | Failure | null {
  const { href, origin, allowLoopback } = hop.target;
  const location = headers["location"];
  if (location === undefined || !REDIRECT_CODES.has(statusCode) || !URL.canParse(location, href)) return null;
  const target = parseUrl(location, href);
  if (target === null) return FORBIDDEN;
  const isAbroad = target.origin !== origin;
  const asked = dropsBody(hop, statusCode) ? { method: "GET", headers: withoutContent(hop.headers), body: null } : hop;
  if (isAbroad && asked.body !== null) return BODY_ABROAD;
  if (redirects === MAX_REDIRECTS) return TOO_MANY;
  // Whoever answers may not send us to this machine, unless it stands there. Any header may hold a credential.
  const trail = [...hop.trail, location];
  return { ...asked, target: { ...target, allowLoopback }, headers: isAbroad ? {} : asked.headers, trail };
}

/** As browsers do: 303 always asks anew, 301 and 302 do after a POST. */
function dropsBody({ method }: Hop, statusCode: number): boolean {
  if (statusCode === 303) return method !== "HEAD" && method !== "GET";
  return method === "POST" && (statusCode === 301 || statusCode === 302);
}

function withoutContent(headers: Readonly<Record<string, string>>): Record<string, string> {
  return Object.fromEntries(Object.entries(headers).filter(([name]) => !name.startsWith("content-")));
}

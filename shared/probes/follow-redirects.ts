/**
 * Asks an HTTP service, over redirects when it may follow them.
 * The http check type calls it; each hop is one exchange of the transport, which checks each address again.
 * Invariant: at most three redirects, all within one deadline; to another origin goes nothing that was configured.
 */
import type { Failure } from "../domain/net/connection-failure.ts";
import type { HttpResponse, HttpFailure } from "../ports/http-transport.ts";
import type { ProbeContext } from "../ports/prober.ts";
import { MAX_BODY_BYTES, type HttpPlan } from "./http-plan.ts";

export interface Arrival {
  readonly outcome: HttpResponse | HttpFailure;
  /** Why the redirect that `outcome` is was not followed; null when there was nothing to refuse. */
  readonly refusal: Failure | null;
  /** Where it came from, without userinfo, query and fragment; null when nothing was followed. */
  readonly finalUrl: string | null;
  /** End of validity of the certificate that the configured host itself presented, epoch ms. */
  readonly certificateExpiresAtMs: number | undefined;
}

/** A chain of three is a www, a scheme and a slash; longer ones are loops. */
const MAX_REDIRECTS = 3;

const TOO_MANY: Failure = { reason: "http_status", message: `More than ${MAX_REDIRECTS} redirects` };
const FORBIDDEN: Failure = { reason: "forbidden_address", message: "Redirected to a URL that must not be probed" };
const BODY_ABROAD: Failure = { reason: "forbidden_address", message: "Redirected to another host with a request body" };

type Hop = Pick<HttpPlan, "url" | "method" | "headers" | "body">;

export async function followRedirects(plan: HttpPlan, { http, clock, timeoutMs }: ProbeContext): Promise<Arrival> {
  const endMs = clock.monotonicMs() + timeoutMs;
  let certificateExpiresAtMs: number | undefined;
  let hop: Hop = plan;
  for (let redirects = 0; ; redirects += 1) {
    const leftMs = Math.max(endMs - clock.monotonicMs(), LEAST_TIMEOUT_MS);
    const outcome = await http.exchange({ ...requestOf(plan, hop), timeoutMs: leftMs });
    if (redirects === 0 || isSameHost(hop, plan)) certificateExpiresAtMs ??= outcome.certificateExpiresAtMs;
    const next = plan.followsRedirects && outcome.kind === "response" ? nextHop(hop, outcome) : null;
    const refusal = refusalOf(next, redirects);
    if (next === null || refusal || "reason" in next) {
      return { outcome, refusal, finalUrl: redirects === 0 ? null : shownUrl(hop.url), certificateExpiresAtMs };
    }
    hop = next;
  }
}

/** A hop that begins when the time is up still gets this much, so that it ends as a timeout like any other. */
const LEAST_TIMEOUT_MS = 1;

function refusalOf(next: Hop | Failure | null, redirects: number): Failure | null {
  if (next === null) return null;
  if ("reason" in next) return next;
  return redirects === MAX_REDIRECTS ? TOO_MANY : null;
}

function isSameHost(hop: Hop, home: Hop): boolean {
  return new URL(hop.url).hostname === new URL(home.url).hostname;
}

function requestOf(plan: HttpPlan, hop: Hop) {
  const { connection, allowLoopback, via } = plan;
  const { url, method, headers, body } = hop;
  // Trust without proof was given to one host, not to wherever that one sends us.
  const verifyTls = plan.verifyTls || !isSameHost(hop, plan);
  return { url, method, headers, body, connection, allowLoopback, via, verifyTls, maxBodyBytes: MAX_BODY_BYTES };
}

/** 300 and 304 name no place to go to. */
const REDIRECT_CODES: ReadonlySet<number> = new Set([301, 302, 303, 307, 308]);

/** Where the answer sends us; null when nowhere, a failure when to where we must not go. */
function nextHop(hop: Hop, { statusCode, headers }: HttpResponse): Hop | Failure | null {
  const location = headers["location"];
  if (location === undefined || !REDIRECT_CODES.has(statusCode)) return null;
  const url = URL.parse(location, hop.url);
  if (url === null) return null;
  const isWeb = url.protocol === "http:" || url.protocol === "https:";
  if (!isWeb || url.username !== "" || url.password !== "") return FORBIDDEN;
  url.hash = "";
  const isAbroad = url.origin !== new URL(hop.url).origin;
  const asked = dropsBody(hop, statusCode) ? { method: "GET", headers: withoutContent(hop.headers), body: null } : hop;
  if (isAbroad && asked.body !== null) return BODY_ABROAD;
  // Any configured header may hold a credential, whatever it is called.
  return { ...asked, url: url.href, headers: isAbroad ? {} : asked.headers };
}

/** As browsers do: 303 always asks anew, 301 and 302 do after a POST. */
function dropsBody({ method }: Hop, statusCode: number): boolean {
  if (statusCode === 303) return method !== "HEAD" && method !== "GET";
  return method === "POST" && (statusCode === 301 || statusCode === 302);
}

function withoutContent(headers: Readonly<Record<string, string>>): Record<string, string> {
  return Object.fromEntries(Object.entries(headers).filter(([name]) => !name.startsWith("content-")));
}

const MAX_SHOWN_LENGTH = 200;

function shownUrl(text: string): string {
  const { origin, pathname } = new URL(text);
  return `${origin}${pathname}`.slice(0, MAX_SHOWN_LENGTH);
}

/**
 * Who may come in: the Host rule, the Origin rule, tokens (shown-token.ts). Asked by app.ts before anything else of a request is
 * looked at. Knows the configuration's access rules, no endpoint.
 * Invariants: no request passes the Host rule unseen; neither a token nor why it was refused gets into an answer or a log.
 */
import { accessVerdict, nameOfToken, type Scope } from "../../shared/domain/access/access.ts";
import { isAllowedHost, listableName } from "../../shared/domain/net/host-name.ts";
import { isForeign } from "./own-origin.ts";
import type { MonitorContext } from "../context.ts";
import type { GoOn } from "../runtime.ts";
import type { Endpoint } from "./endpoint.ts";
import { AppError } from "./problem.ts";
import { shownToken } from "./shown-token.ts";

/** No URL of this API comes near; everything longer is an attack or a mistake. */
const LONGEST_URL = 8_192;

const LONGEST_ORIGIN = 100;

/** What is asked for, by its declaration. */
export type Purpose = Pick<Endpoint, "effect" | "scope">;

/** What it takes to look at a page. Where reading needs a token, so does finding out what there is to read. */
export const READING: Purpose = { effect: "read", scope: "read" };

/** Whether anybody may ask, where reading is open. */
export function isOpen({ effect, scope }: Purpose): boolean {
  return effect === "read" && scope === "read";
}

export interface ClientContext extends MonitorContext {
  /** Whose request it is; null where that is not known. */
  readonly address: string | null;
  readonly goOn: GoOn;
}

/** The name of the token that came with it, empty where none is needed; throws when it may not come in. */
export async function admit(request: Request, purpose: Purpose, context: ClientContext): Promise<string> {
  requireAddressed(request, context);
  const granted = context.config().auth;
  if (!isOpen(purpose)) requireOwnOrigin(request);
  else if (!granted.readsNeedToken) return "";
  return verifyToken(shownToken(request.headers, purpose), purpose.scope, context);
}

/** Its name. Throws for one that is not known, has expired or is good for something else; empty is none. */
export async function verifyToken(token: string, scope: Scope, context: ClientContext): Promise<string> {
  const { name, verdict } = await judge(token, scope, context);
  if (verdict === "forbidden") throw new AppError("forbidden", `This token lacks the scope ${scope}.`);
  if (name === null || verdict === "unauthorized") {
    context.rates.failedAuthentication(context.address, context.clock.nowMs());
    throw new AppError("unauthorized", "A valid token is needed: Authorization: Bearer lgm_…");
  }
  return name;
}

/** For a page that shows only what may be done: nothing is counted against who shows another token. Null: it is none of ours. */
export async function isGranted(token: string, scope: Scope, context: ClientContext): Promise<boolean | null> {
  const { verdict } = await judge(token, scope, context);
  return verdict === "unauthorized" ? null : verdict === "allowed";
}

async function judge(token: string, scope: Scope, { config, clock }: ClientContext) {
  const name = nameOfToken(token);
  if (name === null) return { name, verdict: "unauthorized" } as const;
  const shown = { name, sha256: await sha256(token) };
  return { name, verdict: accessVerdict(config().auth, shown, { scope, nowMs: clock.wallMs() }) };
}

async function sha256(text: string): Promise<string> {
  const digest = await crypto.subtle.digest("SHA-256", new TextEncoder().encode(text));
  return Array.from(new Uint8Array(digest), (byte) => byte.toString(16).padStart(2, "0")).join("");
}

/** Throws unless the request is for us, by its URL and its Host: HAProxy's `option httpchk` asks for /health without one. */
export function requireAddressed({ url: text, headers }: Request, context: MonitorContext): void {
  if (text.length > LONGEST_URL) throw new AppError("uri_too_long", `A URL has at most ${LONGEST_URL} characters.`);
  // Null for a Host such as 1.2.3.4.5, which is no name and no address.
  const url = URL.parse(text);
  const name = headers.get("host");
  if (name === null ? url?.pathname === "/health" : isForUs(name, url?.host, context)) return;
  throw new AppError("misdirected_request", misdirection(name));
}

/** For who has put a name before this service and meets this for the first time. */
function misdirection(host: string | null): string {
  if (host === null) return "The request names no host, and without one only /health answers.";
  const name = listableName(host);
  const refused = name === null ? "the host named in the request" : `the host "${name}"`;
  const advice =
    name === null ? "" : ` If that is a name of this service, the configuration must say so: hosts: [${name}]`;
  return `This service does not answer for ${refused}.${advice}`;
}

/** A page of somebody else has no business here, whatever token it has got hold of. */
export function requireOwnOrigin({ headers }: Request): void {
  if (!isForeign(headers)) return;
  const [origin, host] = [headers.get("origin"), headers.get("host")];
  const who = origin === null ? "" : ` This one is of ${origin.slice(0, LONGEST_ORIGIN)}, and asks ${host}.`;
  const advice = " A proxy in between must hand on the Host that the browser sends, with its port.";
  throw new AppError("forbidden", `Pages of other origins may not change anything here.${who}${advice}`);
}

function isForUs(header: string, urlHost: string | undefined, context: MonitorContext): boolean {
  const names = context.hostNames();
  return urlHost !== undefined && isAllowedHost(header, names) && isAllowedHost(urlHost, names);
}

/**
 * What a secret looks like that stands in the configuration file itself, and what a reference to one looks like.
 * A guard, not a proof: it knows credentials in headers and URLs and the webhooks that leak most often; the sections know their
 * secret keys. `read-scalar` reports and hides by it. Pure predicates over text and paths.
 */
import type { Path, Scalar } from "./fault.ts";

/** Tells whether the value at a path is a secret. */
export type IsSecretPlace = (path: Path) => boolean;

/** The escape `$${`, a reference, or a `${` that is neither. */
export const REFERENCE = /\$\$\{|\$\{([A-Za-z_][A-Za-z0-9_]*)\}|\$\{/g;

/** How names of request headers end that carry credentials: `X-Auth-Token`, `Ocp-Apim-Subscription-Key`, `PRIVATE-TOKEN`. */
const SECRET_HEADER =
  /(?:token|secret|password|passwd|credentials?|cookie|api-?key|authorization|(?:^|[-_])(?:key|auth|signature|session(?:-?id)?))$/i;

/** They end alike and say nothing. */
const HARMLESS_HEADERS: ReadonlySet<string> = new Set(["idempotency-key", "sec-websocket-key"]);

/** What `npm run token` makes. */
const TOKEN = /lgm_[a-z0-9-]+_[A-Za-z0-9_-]{20}/;

/** Keys whose value is shown to nobody: people paste the token itself there. */
const HIDDEN_KEYS: ReadonlySet<unknown> = new Set(["hash"]);

/** `user:password@` of an absolute URL, with the slashes that browsers tolerate. */
const USERINFO = /^(\s*[a-z][a-z0-9+.-]*:[\\/]+)[^\\/?#]*@/i;

const WEBHOOK = /hooks\.slack\.com\/(services|workflows|triggers)\/|discord(app)?\.com\/api\/(v\d+\/)?webhooks\//i;

export function isSecretHeader(name: string): boolean {
  return SECRET_HEADER.test(name) && !HARMLESS_HEADERS.has(name.toLowerCase());
}

/** True for a token of ours that is written out. */
export function isToken(value: Scalar): boolean {
  return typeof value === "string" && TOKEN.test(value);
}

/** True where the log shows no value. */
export function isHidden(path: Path): boolean {
  return HIDDEN_KEYS.has(path.at(-1));
}

function hasReference(text: string): boolean {
  return [...text.matchAll(REFERENCE)].some(([, name]) => name !== undefined);
}

/** True for `${NAME}` and nothing beside it. */
export function isLoneReference(value: Scalar): boolean {
  return typeof value === "string" && /^\$\{[A-Za-z_][A-Za-z0-9_]*\}$/.test(value);
}

/** True when the value says something by itself, without a reference. */
export function isLiteral(value: Scalar): boolean {
  return typeof value === "string" ? !hasReference(value) : value !== null;
}

/** True for the URL of a Slack or Discord webhook whose secret part is written out. */
export function isWebhook(value: Scalar): boolean {
  return typeof value === "string" && WEBHOOK.test(value) && !hasReference(value);
}

export function hasUserinfo(value: Scalar): boolean {
  return typeof value === "string" && USERINFO.test(value);
}

/** Hides the credentials of a URL; other texts are returned as they are. */
export function maskUserinfo(text: string): string {
  return text.replace(USERINFO, "$1<secret>@");
}

/** A name for the reference that should stand at a secret place. Worked example: services.redis.password → `${REDIS_PASSWORD}`. */
export function suggestReference(path: Path): string {
  const name = [path[0] === "alerting" ? path[2] : path[1], path.at(-1)].join("_").toUpperCase().replace(/\W/g, "_");
  return `\${${/^\d/.test(name) ? "_" : ""}${name}}`;
}

/**
 * Where a configuration holds secrets, and what a secret looks like that stands in the file itself.
 * A guard, not a proof: it knows the keys that hold secrets, credentials in URLs and the webhooks that leak most often.
 * `check-secrets` reports by it, the fault log decides by it what must not be shown. Pure predicates over text and paths.
 */
import { REMEDIATION_SECRET_KEY } from "../notify/remediation.ts";
import type { Path, Scalar } from "./located.ts";
import { hasReference } from "./references.ts";

/** Tells whether the value at a path is a secret. */
export type IsSecretPlace = (path: Path) => boolean;

/** Request headers that carry credentials, in lower case. */
const SECRET_HEADERS: ReadonlySet<string> = new Set([
  "authorization",
  "proxy-authorization",
  "cookie",
  "x-api-key",
  "api-key",
]);

/** `user:password@` of an absolute URL, with the slashes that browsers tolerate. */
const USERINFO = /^(\s*[a-z][a-z0-9+.-]*:[\\/]+)[^\\/?#]*@/i;

const WEBHOOK = /hooks\.slack\.com\/(services|workflows|triggers)\/|discord(app)?\.com\/api\/(v\d+\/)?webhooks\//i;

/**
 * The secret places: keys of services that some check type declares secret, headers with credentials, and keys of channels that
 * some channel type declares secret.
 */
export function secretPlaces(serviceKeys: Iterable<string>, channelKeys: Iterable<string> = []): IsSecretPlace {
  const ofServices: ReadonlySet<string | number | undefined> = new Set(serviceKeys);
  const ofChannels: ReadonlySet<string | number | undefined> = new Set(channelKeys);
  return ([section, group, key, name]) => {
    if (section === "primary") return group === "token";
    if (section === "alerting") return group === "channels" && ofChannels.has(name);
    const isCredential = key === "headers" && SECRET_HEADERS.has(String(name).toLowerCase());
    const isOfRemediation = key === "on_firing" && name === REMEDIATION_SECRET_KEY;
    return section === "services" && (ofServices.has(key) || isCredential || isOfRemediation);
  };
}

/** True when the value says something by itself, without a reference. */
export function isLiteral(value: Scalar): boolean {
  return typeof value === "string" ? !hasReference(value) : value !== null;
}

/** True for the URL of a Slack or Discord webhook whose secret part is written out. */
export function isWebhook(value: Scalar): boolean {
  return typeof value === "string" && WEBHOOK.test(value) && !hasReference(value);
}

/** True for a URL with a user or a password. */
export function hasUserinfo(value: Scalar): boolean {
  return typeof value === "string" && USERINFO.test(value);
}

/** Hides the credentials of a URL; other texts are returned as they are. */
export function maskUserinfo(text: string): string {
  return text.replace(USERINFO, "$1<secret>@");
}

/** A name for the reference that should stand at a secret place. Worked example: services.redis.password → `${REDIS_PASSWORD}`. */
export function suggestedReference(path: Path): string {
  const name = [path[0] === "alerting" ? path[2] : path[1], path.at(-1)].join("_").toUpperCase().replace(/\W/g, "_");
  return `\${${/^\d/.test(name) ? "_" : ""}${name}}`;
}

/**
 * The token that a request shows: `Authorization: Bearer …` (RFC 6750), or the cookie of somebody who has signed in to the pages.
 * Read by the guard and by the pages. Browsers send a cookie by themselves, so it counts only for what one of our own pages asks: where
 * the browser says who asks (`Sec-Fetch-Site`, `Origin`), that must be us. Over plain http they say nothing when a page is opened; then
 * `SameSite=Strict` keeps the cookie from what other sites ask, though not from other ports of this machine. Invariant: nothing is changed for a cookie alone.
 */
import { isForeign } from "./own-origin.ts";
import type { Endpoint } from "./endpoint.ts";

const BEARER = /^Bearer +(\S{1,128})$/i;

const COOKIE = /(?:^|;\s*)lgm=(lgm_[\w-]{1,124})(?=\s*(?:;|$))/;

/** For a month; the token may end sooner. */
const COOKIE_S = 30 * 86_400;

/** Empty where it shows none that counts. */
export function shownToken(headers: Headers, { effect }: Pick<Endpoint, "effect">): string {
  const authorization = headers.get("authorization");
  if (authorization !== null) return BEARER.exec(authorization)?.[1] ?? "";
  return counts(headers, effect) ? cookieToken(headers) : "";
}

/** Empty where nobody has signed in. */
export function cookieToken(headers: Headers): string {
  return COOKIE.exec(headers.get("cookie") ?? "")?.[1] ?? "";
}

function counts(headers: Headers, effect: Endpoint["effect"]): boolean {
  if (isForeign(headers)) return false;
  // A write must be said to be of ours, not only not of others.
  return effect === "read" || headers.get("sec-fetch-site") === "same-origin" || headers.get("origin") !== null;
}

/** `Set-Cookie` of who signs in. @param isSecure whether it may be sent over https only */
export function signInCookie(token: string, isSecure: boolean): string {
  return `lgm=${token}; Path=/; Max-Age=${COOKIE_S}; HttpOnly; SameSite=Strict${isSecure ? "; Secure" : ""}`;
}

export const SIGN_OUT_COOKIE = "lgm=; Path=/; Max-Age=0; HttpOnly; SameSite=Strict";

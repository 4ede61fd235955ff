/**
 * Which `Host` a request may name: the guard against DNS rebinding.
 * Pure; the app asks it for every request. An Origin check would not do: a rebound request sends none.
 * Invariant: IP literals and localhost always pass, every other name only when it is listed.
 */

import { IPV4 } from "./address-policy.ts";

const IPV6 = /^\[[0-9a-f:.]+\]$/;
const PORT = /:\d{1,5}$/;

/** What `hosts:` takes. */
export const HOST_NAME = /^(?=.{1,253}$)[A-Za-z0-9_-]+(\.[A-Za-z0-9_-]+)*$/;

/** `host` as in the header, with or without a port; `allowed` are lower-case names without a trailing dot. */
export function isAllowedHost(host: string, allowed: ReadonlySet<string>): boolean {
  const name = host.toLowerCase().replace(PORT, "").replace(/\.$/, "");
  return IPV4.test(name) || IPV6.test(name) || name === "localhost" || allowed.has(name);
}

/** The name as it could be listed, without a port; null when no list may hold it, so that it is better not repeated. */
export function listableName(host: string): string | null {
  const name = host.toLowerCase().replace(PORT, "").replace(/\.$/, "");
  return HOST_NAME.test(name) ? name : null;
}

/** The set to pass as `allowed`: the given names, and each single-label one as an mDNS name as well. */
export function allowedHosts(names: readonly string[]): ReadonlySet<string> {
  const plain = names.map((name) => name.toLowerCase().replace(/\.$/, ""));
  return new Set(plain.flatMap((name) => (name.includes(".") ? [name] : [name, `${name}.local`])));
}

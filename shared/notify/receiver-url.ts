/**
 * Where a channel may send to: the one rule about URLs, for every channel that has one.
 * Asked when the configuration is read. Messages hold what is wrong in a private network, and many URLs hold a token.
 * Invariant: no fault repeats the URL; what is let through is https, or http that does not leave a private network.
 */
import { addressVerdict, isPrivate, namesLoopback } from "../domain/net/address-policy.ts";
import type { RuntimeAbilities } from "../domain/runtime-abilities.ts";
import type { ReportFault } from "./channel-type.ts";

export interface ReceiverUrl {
  /** Absolute, without userinfo and fragment. */
  readonly href: string;
  /** True when it names this machine itself; only then the transport may connect to it. */
  readonly allowLoopback: boolean;
}

/** Who asks: the key that holds the URL, and where its faults go. */
export interface UrlQuestion {
  readonly key: string;
  readonly report: ReportFault;
  readonly host: RuntimeAbilities;
}

/** Null after reporting why nothing may be sent there. */
export function configureUrl(text: string, { key, report, host }: UrlQuestion): ReceiverUrl | null {
  const url = URL.parse(text);
  const fault = url ? faultOf(url, host) : "an absolute https URL";
  if (url && fault === null) {
    url.hash = "";
    return { href: url.href, allowLoopback: namesLoopback(hostOf(url)) };
  }
  report(key, fault ?? "an absolute https URL");
  return null;
}

function faultOf(url: URL, { reachesPrivateNetworks }: RuntimeAbilities): string | null {
  const host = hostOf(url);
  if (url.protocol !== "https:" && url.protocol !== "http:") return "an absolute https URL";
  if (url.username !== "" || url.password !== "") return "a URL without credentials in front of the host";
  const verdict = addressVerdict(host, { allowLoopback: true });
  if (verdict !== "allowed" && verdict !== "not_an_address") return "a URL whose address may be called";
  if (url.protocol === "http:" && !namesLoopback(host) && !isPrivate(host)) {
    return "an https URL; plain http is for addresses of private networks and of this machine";
  }
  if (!reachesPrivateNetworks && isPrivate(host))
    return "a public address: this host stands outside of private networks";
  return null;
}

function hostOf({ hostname }: URL): string {
  return hostname.replace(/^\[|\]$/g, "");
}

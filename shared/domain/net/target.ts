/**
 * Where a part of the configuration leads, an address, `host:port` or URL taken apart once; and the one rule about it.
 * Check types, channels, mail and failover admit their targets when the configuration is read; whoever connects asks
 * `admitAddress` with what the runtime has resolved to. Pure; knows no protocol.
 * Invariants: no fault repeats what was written, which may hold a secret; nothing leads to this machine unless the
 * configuration itself names it.
 */
import type { ReportFault } from "../report-fault.ts";
import type { RuntimeAbilities } from "../runtime-abilities.ts";
import { addressVerdict, isPrivate, namesLoopback } from "./address-policy.ts";
import { FORBIDDEN_ADDRESS, type Resolution } from "./connection-failure.ts";
import { parsePlatformUrl } from "./platform-url.ts";
import { isPrivateName } from "./private-name.ts";

export interface Target {
  /** A name in ASCII and lower case, or an address as the parser of URLs spells it, without brackets. */
  readonly host: string;
  readonly isAddress: boolean;
  readonly port: number;
  /** It names this machine itself; only then may it be connected to there. */
  readonly allowLoopback: boolean;
}

/** An http or https URL without userinfo and fragment. */
export interface UrlTarget extends Target {
  /** Absolute. Path and query may hold a secret: never for messages. */
  readonly href: string;
  /** Scheme, host and port. */
  readonly origin: string;
  /** Path and query, as sent. */
  readonly path: string;
  readonly isTls: boolean;
}

const HTTP_PORT = 80;
const HTTPS_PORT = 443;

/** A host as it may be written: nothing that the parser of URLs would decode, drop, or take for the end of it. */
const WRITTEN_HOST = String.raw`(?:\[[0-9a-f:.]+\]|[\p{L}\p{M}\p{N}._-]+)`;
const WRITTEN_URL = new RegExp(String.raw`^https?://${WRITTEN_HOST}(?::\d+)?(?:[/?][^#\t\r\n]*)?$`, "iu");
const WRITTEN_SOCKET = new RegExp(String.raw`^${WRITTEN_HOST}:(\d+)$`, "iu");

/**
 * Null for everything but an absolute http or https URL without credentials, and without a fragment, which would be lost: somebody
 * means the character. With `base`, as for the `Location` of a redirect, it may be relative, and whatever browsers understand.
 */
export function parseUrl(text: string, base?: string): UrlTarget | null {
  const url = base !== undefined || WRITTEN_URL.test(text) ? parsePlatformUrl(text, base) : null;
  const isTls = url?.protocol === "https:";
  if (!url || (!isTls && url.protocol !== "http:") || url.username !== "" || url.password !== "") return null;
  url.hash = "";
  const port = url.port === "" ? (isTls ? HTTPS_PORT : HTTP_PORT) : Number(url.port);
  const target = targetAt(url.hostname, port);
  const { href, origin, pathname, search } = url;
  return target && { ...target, href, origin, path: pathname + search, isTls };
}

/** `redis.lan:6379`, `192.168.1.81:6379`, `[fd00::1]:6379`; null for everything else. */
export function parseHostAndPort(text: string): Target | null {
  const [place, digits] = WRITTEN_SOCKET.exec(text) ?? [];
  const url = place === undefined ? null : parsePlatformUrl(`http://${place}`);
  return url && targetAt(url.hostname, Number(digits));
}

/** The same for a host whose port is written elsewhere; IPv6 without brackets. */
export function parseHost(host: string, port: number): Target | null {
  return parseHostAndPort(`${host.includes(":") ? `[${host}]` : host}:${port}`);
}

/** What names a host in DNS, as the parser of URLs writes it. */
const HOST_NAME = /^(?=.{1,254}$)(?:[a-z0-9_-]{1,63}(?:\.|$))+$/;

/** `hostname` is that of a parsed URL, in which an address has one spelling only. */
function targetAt(hostname: string, port: number): Target | null {
  const host = hostname.replace(/^\[|\]$/g, "");
  const isAddress = addressVerdict(host, { allowLoopback: true }) !== "not_an_address";
  if (port === 0 || !(isAddress || HOST_NAME.test(host))) return null;
  return { host, isAddress, port, allowLoopback: namesLoopback(host) };
}

/** True when nobody outside of a private network or of this machine reads what is sent there, encrypted or not. */
export function staysInside({ host, allowLoopback }: Target): boolean {
  return allowLoopback || isPrivate(host);
}

/** What a kind of target may be. All texts complete "expected …". */
export interface TargetPolicy<T extends Target = Target> {
  readonly form: string;
  /** For a private address, where those are out of reach. */
  readonly outOfReach: string;
  /** What else is wrong with it; null for nothing. */
  readonly findFault?: (target: T, abilities: TargetQuestion["abilities"]) => string | null;
}

const OUT_OF_REACH = "a public address: this runtime stands outside of private networks";

/** What a check may ask over HTTP. */
export const PROBED_URL: TargetPolicy = {
  form: "an absolute http or https URL without credentials and without # (write %23)",
  outOfReach: "a public address, or via with the name of the binding that leads to this private one",
};

/** What a check may connect to by itself. */
export const PROBED_SOCKET: TargetPolicy = {
  form: 'a host and a port such as "192.168.1.81:6379" or "[fd00::1]:6379"',
  outOfReach: OUT_OF_REACH,
};

export const MAIL_SERVER: TargetPolicy = { form: "a host name or an address", outOfReach: OUT_OF_REACH };

/** Where messages may be sent to: they say what is wrong in a private network. */
export const RECEIVER: TargetPolicy<UrlTarget> = {
  form: "an absolute https URL without credentials and without # (write %23)",
  outOfReach: OUT_OF_REACH,
  findFault(target, { reachesPrivateNetworks }) {
    const isPrivateHere = !target.isAddress && reachesPrivateNetworks && isPrivateName(target.host);
    if (target.isTls || staysInside(target) || isPrivateHere) return null;
    return "an https URL; plain http is for addresses and names of private networks and of this machine";
  },
};

/** The key that holds the target, where its faults go, and what the runtime can do. */
export interface TargetQuestion {
  readonly key: string;
  readonly report: ReportFault;
  readonly abilities: Pick<RuntimeAbilities, "reachesPrivateNetworks">;
}

/**
 * The target when it may be used; null after reporting why not.
 *
 *     const target = admitTarget(parseUrl(text), RECEIVER, { key: "url", report, abilities });
 */
export function admitTarget<T extends Target>(
  target: T | null,
  policy: TargetPolicy<T>,
  { key, report, abilities }: TargetQuestion,
): T | null {
  const fault = target ? findFault(target, policy, abilities) : policy.form;
  if (fault === null) return target;
  report(key, fault);
  return null;
}

function findFault<T extends Target>(
  target: T,
  policy: TargetPolicy<T>,
  abilities: TargetQuestion["abilities"],
): string | null {
  const { host, isAddress } = target;
  if (isAddress && addressVerdict(host, { allowLoopback: true }) !== "allowed") return "an address that may be called";
  const isInReach = abilities.reachesPrivateNetworks || !isPrivate(host);
  return policy.findFault?.(target, abilities) ?? (isInReach ? null : policy.outOfReach);
}

/**
 * Where to connect to: what the runtime has resolved to, unless that must not be called. `resolved` is null where the platform
 * resolves the names of sockets and keeps them off private addresses: then a name passes as it is.
 */
export function admitAddress({ host, allowLoopback }: Target, resolved: Resolution | null): Resolution {
  const resolution = resolved ?? { address: host };
  if ("failure" in resolution) return resolution;
  const verdict = addressVerdict(resolution.address, { allowLoopback });
  const isNameOfPlatform = verdict === "not_an_address" && resolved === null;
  return verdict === "allowed" || isNameOfPlatform ? resolution : { failure: FORBIDDEN_ADDRESS };
}

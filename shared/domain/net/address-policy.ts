/**
 * Which addresses may be probed: the guard against being led to metadata services and to ourselves (SSRF).
 * Pure; connectors ask it with the address they are about to connect to, hence also after DNS and on every redirect.
 * Invariant: the value of an address counts, never its spelling; an IPv4 address inside an IPv6 one counts as itself.
 */

import { parsePlatformUrl } from "./platform-url.ts";

/** `allowed`, or why the address is never probed. */
export type AddressVerdict =
  | "allowed"
  | "not_an_address"
  | "unspecified"
  | "loopback"
  | "link_local"
  | "metadata"
  | "multicast"
  | "broadcast";

/** The verdict on an IPv4 or IPv6 address in any spelling, without brackets. Addresses of the LAN are allowed. */
export function addressVerdict(ip: string, { allowLoopback }: { readonly allowLoopback: boolean }): AddressVerdict {
  const verdict = classify(ip);
  return verdict === "loopback" && allowLoopback ? "allowed" : verdict;
}

/** True when a host of the configuration names this machine itself: a loopback address or a `localhost` name. */
export function namesLoopback(host: string): boolean {
  const name = host.toLowerCase().replace(/\.$/, "");
  return name === "localhost" || name.endsWith(".localhost") || classify(name) === "loopback";
}

/** First 16 bits and length of the prefixes of RFC 1918 and RFC 6598 (shared address space). */
const PRIVATE_IPV4: readonly (readonly [prefix: number, bits: number])[] = [
  [0x0a00, 8],
  [0xac10, 12],
  [0xc0a8, 16],
  [0x6440, 10],
];

/** True for an address of a private network, which a host outside of it cannot reach. */
export function isPrivate(host: string): boolean {
  const ipv6 = parseIpv6(host);
  if (ipv6?.[0] !== undefined && (ipv6[0] & 0xfe00) === 0xfc00) return true; // RFC 4193
  const ipv4 = parseIpv4(host) ?? (ipv6 && embeddedIpv4(ipv6));
  if (!ipv4) return false;
  const [first = 0, second = 0] = ipv4;
  const start = (first << 8) | second;
  return PRIVATE_IPV4.some(([prefix, bits]) => start >> (16 - bits) === prefix >> (16 - bits));
}

function classify(ip: string): AddressVerdict {
  const ipv4 = parseIpv4(ip);
  if (ipv4) return classifyIpv4(ipv4);
  const ipv6 = parseIpv6(ip);
  return ipv6 ? classifyIpv6(ipv6) : "not_an_address";
}

function classifyIpv4(bytes: readonly number[]): AddressVerdict {
  const [first = 0, second = 0] = bytes;
  if (first === 0) return "unspecified";
  if (first === 127) return "loopback";
  if (first === 169 && second === 254) return "link_local";
  if (first >= 224 && first <= 239) return "multicast";
  return bytes.every((byte) => byte === 255) ? "broadcast" : "allowed";
}

/** The AWS metadata service over IPv6; its IPv4 form is link-local. */
const METADATA_IPV6 = "fd00:ec2:0:0:0:0:0:254";

function classifyIpv6(groups: readonly number[]): AddressVerdict {
  const [first = 0] = groups;
  const text = groups.map((group) => group.toString(16)).join(":");
  if (text === "0:0:0:0:0:0:0:0") return "unspecified";
  if (text === "0:0:0:0:0:0:0:1") return "loopback";
  if (text === METADATA_IPV6) return "metadata";
  if ((first & 0xffc0) === 0xfe80) return "link_local";
  if ((first & 0xff00) === 0xff00) return "multicast";
  const embedded = embeddedIpv4(groups);
  return embedded ? classifyIpv4(embedded) : "allowed";
}

/** IPv4-mapped (::ffff:0:0/96), IPv4-compatible (::/96) and NAT64 (64:ff9b::/96): all lead to the IPv4 address they hold. */
const IPV4_CARRIERS: ReadonlySet<string> = new Set(["0:0:0:0:0:ffff", "0:0:0:0:0:0", "64:ff9b:0:0:0:0"]);

function embeddedIpv4(groups: readonly number[]): readonly number[] | null {
  const prefix = groups.slice(0, 6).map((group) => group.toString(16));
  if (!IPV4_CARRIERS.has(prefix.join(":"))) return null;
  return groups.slice(6).flatMap((group) => [group >> 8, group & 0xff]);
}

/** Without leading zeros, which some read as octal. */
export const IPV4 = /^(?:(?:25[0-5]|2[0-4]\d|1\d\d|[1-9]?\d)(?:\.(?=\d)|$)){4}$/;

/** The four bytes. */
export function parseIpv4(text: string): readonly number[] | null {
  return IPV4.test(text) ? text.split(".").map(Number) : null;
}

const IPV6 = /^[0-9a-f.]*:[0-9a-f:.]*$/i;

/** The eight 16-bit groups. An address with a zone (`%eth0`) is none: it is good on one machine only. */
export function parseIpv6(text: string): readonly number[] | null {
  const url = IPV6.test(text) ? parsePlatformUrl(`http://[${text}]/`) : null;
  if (!url) return null;
  const halves = url.hostname.slice(1, -1).split("::");
  const [head = [], tail = []] = halves.map((half) => half.split(":").filter(Boolean).map(parseHex));
  return [...head, ...Array.from({ length: 8 - head.length - tail.length }, () => 0), ...tail];
}

function parseHex(digits: string): number {
  return Number.parseInt(digits, 16);
}

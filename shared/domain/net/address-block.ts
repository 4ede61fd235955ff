/**
 * Addresses and blocks of them in CIDR notation, as a configuration names them and as a socket tells them.
 * Pure; the configuration makes the blocks, whoever accepts connections asks. Invariant: an IPv4 address is the same whether it is
 * written as itself or mapped into IPv6 (::ffff:0:0/96).
 */
import { parseIpv4, parseIpv6 } from "./address-policy.ts";

export interface AddressBlock {
  /** Eight groups of 16 bits. */
  readonly groups: readonly number[];
  /** How many of their 128 bits count. */
  readonly bits: number;
}

const PREFIX_LENGTH = /^\d{1,3}$/;

/** `192.168.1.5`, `10.0.0.0/8`, `fd00::/8`; null for a text that is none. */
export function parseAddressBlock(text: string): AddressBlock | null {
  const [address = "", length, ...rest] = text.split("/");
  const groups = parseAddress(address);
  const most = parseIpv4(address) ? 32 : 128;
  const bits = length === undefined ? most : PREFIX_LENGTH.test(length) ? Number(length) : Number.POSITIVE_INFINITY;
  return groups && rest.length === 0 && bits <= most ? { groups, bits: 128 - most + bits } : null;
}

/** Eight groups of 16 bits, an IPv4 address mapped into IPv6; the zone of a local address (`%eth0`) does not count. */
export function parseAddress(text: string): readonly number[] | null {
  const ipv4 = parseIpv4(text);
  if (!ipv4) return parseIpv6(text.replace(/%.*$/, ""));
  const [a = 0, b = 0, c = 0, d = 0] = ipv4;
  return [0, 0, 0, 0, 0, 0xffff, (a << 8) | b, (c << 8) | d];
}

/** `address` as `parseAddress` makes it. */
export function isWithin(address: readonly number[], { groups, bits }: AddressBlock): boolean {
  return groups.every((group, index) => {
    const ignored = Math.min(16, Math.max(0, 16 * (index + 1) - bits));
    return group >> ignored === (address[index] ?? 0) >> ignored;
  });
}

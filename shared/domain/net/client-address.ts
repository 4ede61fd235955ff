/**
 * Whose request it is, where a proxy speaks for many clients. The monitor asks it for each request that is counted by its address.
 * Pure. Invariant: only what a trusted proxy has written itself is believed; a client may write whatever it likes before that.
 */
import { isWithin, parseAddress, type AddressBlock } from "./address-block.ts";

/**
 * @param peer who is connected to us; null where that is not known
 * @param forwarded the header `X-Forwarded-For`: each proxy adds whom it speaks for at the end
 */
export function clientAddress(
  peer: string | null,
  forwarded: string | null,
  trustedProxies: readonly AddressBlock[],
): string | null {
  let client = peer;
  for (const each of (forwarded ?? "").split(",").toReversed()) {
    if (!isTrusted(client, trustedProxies)) return client;
    const named = each.trim();
    if (!parseAddress(named)) return client;
    client = named;
  }
  return client;
}

function isTrusted(address: string | null, trustedProxies: readonly AddressBlock[]): boolean {
  if (trustedProxies.length === 0) return false;
  const groups = parseAddress(address ?? "");
  return groups !== null && trustedProxies.some((block) => isWithin(groups, block));
}

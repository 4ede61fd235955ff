/**
 * How many connections clients may have open: the configuration says it, whoever accepts connections holds to it.
 */
import type { AddressBlock } from "../domain/net/address-block.ts";

export interface ConnectionLimits {
  /** Of all clients. */
  readonly maxConnections: number;
  /** Of one address. */
  readonly maxConnectionsPerAddress: number;
  /** Whom the limit of an address is not for, and who is believed whom they speak for. */
  readonly trustedProxies: readonly AddressBlock[];
}

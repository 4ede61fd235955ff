/**
 * Where a prober of plain sockets connects to: `host:port` of the configuration, and its address at the time of a probe.
 * Used by the check types that open sockets themselves. Knows no protocol.
 * Invariant: an address that the policy forbids is never handed out.
 */
import { addressVerdict, namesLoopback } from "../domain/address-policy.ts";
import { FORBIDDEN_ADDRESS } from "../domain/connection-failure.ts";
import type { ProbeContext } from "../ports/prober.ts";
import type { Resolution } from "../ports/resolve-name.ts";

export interface SocketTarget {
  /** A name, or an address without brackets. */
  readonly host: string;
  readonly port: number;
}

const NAME_AND_PORT = /^([A-Za-z0-9_-]+(?:\.[A-Za-z0-9_-]+)*\.?):(\d{1,5})$/;
const IPV6_AND_PORT = /^\[([0-9A-Fa-f:.]+)\]:(\d{1,5})$/;

/** What `host` must look like, for faults of the configuration. */
export const SOCKET_TARGET_FORM = 'a host and a port such as "192.168.1.81:6379" or "[fd00::1]:6379"';

/** `redis.lan:6379` → `{ host: "redis.lan", port: 6379 }`; null for everything else. */
export function parseSocketTarget(text: string): SocketTarget | null {
  const match = NAME_AND_PORT.exec(text) ?? IPV6_AND_PORT.exec(text);
  const [, host = "", digits] = match ?? [];
  const port = Number(digits);
  if (!match || port < 1 || port > 65_535) return null;
  const isAddressOrName = !text.startsWith("[") || addressVerdict(host, { allowLoopback: true }) !== "not_an_address";
  return isAddressOrName ? { host, port } : null;
}

/** True when the configuration itself names an address that is never probed. */
export function isForbidden(host: string): boolean {
  const verdict = addressVerdict(host, { allowLoopback: true });
  return verdict !== "allowed" && verdict !== "not_an_address";
}

/**
 * The address to connect to, within the context's timeout. Loopback only when the configuration names it. A host without
 * `resolveName` gets names back as they are: its platform resolves them and keeps them off private addresses.
 */
export async function addressOf(host: string, { resolveName, timeoutMs }: ProbeContext): Promise<Resolution> {
  const resolution = resolveName ? await resolveName(host, timeoutMs) : { address: host };
  if ("failure" in resolution) return resolution;
  const verdict = addressVerdict(resolution.address, { allowLoopback: namesLoopback(host) });
  const isUnresolvedName = verdict === "not_an_address" && !resolveName;
  return verdict === "allowed" || isUnresolvedName ? resolution : { failure: FORBIDDEN_ADDRESS };
}

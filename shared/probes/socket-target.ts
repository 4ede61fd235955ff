/**
 * Where a prober of plain sockets connects to: `host:port` of the configuration, and its address at the time of a probe.
 * Used by the check types that open sockets themselves. Knows no protocol.
 * Invariant: an address that the policy forbids is never handed out.
 */
import { addressVerdict, isPrivate, namesLoopback } from "../domain/net/address-policy.ts";
import { FORBIDDEN_ADDRESS } from "../domain/net/connection-failure.ts";
import type { RuntimeAbilities } from "../domain/runtime-abilities.ts";
import type { ProbeContext } from "../ports/prober.ts";
import type { Resolution } from "../ports/resolve-name.ts";
import type { ReportFault } from "./check-type.ts";

export interface SocketTarget {
  /** A name, or an address without brackets. */
  readonly host: string;
  readonly port: number;
}

const NAME_AND_PORT = /^([A-Za-z0-9_-]+(?:\.[A-Za-z0-9_-]+)*\.?):(\d{1,5})$/;
const IPV6_AND_PORT = /^\[([0-9A-Fa-f:.]+)\]:(\d{1,5})$/;

/** What `host` must look like, for faults of the configuration. */
const SOCKET_TARGET_FORM = 'a host and a port such as "192.168.1.81:6379" or "[fd00::1]:6379"';

/** `redis.lan:6379` → `{ host: "redis.lan", port: 6379 }`; null for everything else. */
function parseSocketTarget(text: string): SocketTarget | null {
  const match = NAME_AND_PORT.exec(text) ?? IPV6_AND_PORT.exec(text);
  const [, host = "", digits] = match ?? [];
  const port = Number(digits);
  if (!match || port < 1 || port > 65_535) return null;
  const isAddressOrName = !text.startsWith("[") || addressVerdict(host, { allowLoopback: true }) !== "not_an_address";
  return isAddressOrName ? { host, port } : null;
}

/** The target that the key `host` names; null after reporting why it cannot be one. */
export function configureTarget(text: string, report: ReportFault, host: RuntimeAbilities): SocketTarget | null {
  const target = parseSocketTarget(text);
  const fault = target ? faultOf(target, host) : SOCKET_TARGET_FORM;
  if (fault === null) return target;
  report("host", fault);
  return null;
}

function faultOf({ host }: SocketTarget, { reachesPrivateNetworks }: RuntimeAbilities): string | null {
  const verdict = addressVerdict(host, { allowLoopback: true });
  if (verdict !== "allowed" && verdict !== "not_an_address") return "an address that may be probed";
  const isOutOfReach = !reachesPrivateNetworks && isPrivate(host);
  return isOutOfReach ? "a public address: this host stands outside of private networks" : null;
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

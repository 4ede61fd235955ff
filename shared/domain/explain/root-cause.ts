/**
 * What most likely stands behind a service that is down. Pure; a guess from the same evidence that the sentences are made of.
 * Asked by functions/endpoints/explain.ts. Invariant: what alerting tells instead comes before what is only likely.
 */
import { isDown } from "../monitoring/check.ts";
import type { Service } from "../monitoring/service.ts";
import type { Evidence } from "./evidence.ts";

/** The closed list, with the sentence that documents each one. */
export const ROOT_CAUSES = {
  dependency: "A service that it needs is down.",
  balancer: "A load balancer, or this one itself: what it balances is well when asked directly.",
  machine: "Everything on its machine is down.",
  monitor: "The monitor itself is cut off from the network.",
} as const;

export interface RootCause {
  readonly kind: keyof typeof ROOT_CAUSES;
  /** Null for the machine and the monitor. */
  readonly service: string | null;
}

/** Null when nothing else stands behind it. */
export function findRootCause(
  { inhibition, needs, balancer, machine }: Evidence,
  services: ReadonlyMap<string, Pick<Service, "dependsOn">>,
): RootCause | null {
  if (inhibition?.kind === "isolated") return { kind: "monitor", service: null };
  const down = new Set((needs ?? []).map(({ service }) => service));
  const first = (needs ?? []).find(
    ({ service }) => !services.get(service)?.dependsOn.some((parent) => down.has(parent)),
  );
  if (first && first.service !== balancer?.service) return { kind: "dependency", service: first.service };
  if (balancer) return { kind: "balancer", service: balancer.service };
  return machine?.every(({ status }) => isDown(status)) ? { kind: "machine", service: null } : null;
}

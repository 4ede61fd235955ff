/**
 * The pieces of evidence that explain a service: why it is what it is, and why people were told or not.
 * Gathered by functions/endpoints/explain.ts from what is stored; `sentences.ts` makes one sentence or more of each. Instants are epoch ms.
 * Invariant: a piece stands by itself: whatever its sentence says is in it.
 */
import type { Decision } from "../alerting/alert.ts";
import type { FaultyBalancer } from "../alerting/faulty-balancer.ts";
import type { Inhibition } from "../alerting/alert-life.ts";
import type { CheckStatus, Reason } from "../monitoring/check.ts";
import type { OverallStatus } from "../monitoring/cluster-status.ts";

export interface NamedStatus {
  readonly service: string;
  readonly name: string;
  readonly status: CheckStatus;
}

export interface SentMessage {
  readonly channel: string;
  readonly state: "pending" | "sent" | "failed";
  /** When it was decided. */
  readonly atMs: number;
  /** Why the last attempt failed; null when none has. */
  readonly failure: string | null;
}

/** Each null where there is none. In the order of the sentences. */
export interface Evidence {
  /** Its last check; null: never checked. */
  readonly check: {
    readonly status: CheckStatus;
    readonly reason: Reason | null;
    readonly message: string | null;
    readonly checkedAtMs: number;
    readonly responseTimeMs: number;
  } | null;
  /** It is configured, and nobody has looked yet. */
  readonly unchecked: { readonly intervalMs: number } | null;
  /** The check is too old to say anything. */
  readonly stale: { readonly endedAtMs: number } | null;
  readonly since: { readonly status: CheckStatus; readonly atMs: number } | null;
  /** What people lack, while it is down. */
  readonly impact: { readonly sentence: string } | null;
  /** It answered well, but late. */
  readonly slow: { readonly responseTimeMs: number; readonly slowAfterMs: number } | null;
  /** The deadline came; `phase` null where that is not known. */
  readonly deadline: { readonly timeoutMs: number; readonly phase: string | null } | null;
  readonly failing: {
    readonly failures: number;
    readonly needed: number;
    readonly forMs: number;
    readonly sinceMs: number;
    readonly hasFired: boolean;
  } | null;
  readonly recovering: { readonly successes: number; readonly needed: number } | null;
  readonly flapping: { readonly isQuiet: boolean } | null;
  /** What it needs, directly or not, and is down, the nearest first; nothing that only a healthy service needs. */
  readonly needs: readonly NamedStatus[] | null;
  /** Others on its machine, of which at least one is down while it is. */
  readonly machine: readonly NamedStatus[] | null;
  /** It, or a load balancer through which it is asked, serves badly, though all that is balanced is well when asked directly. */
  readonly balancer: FaultyBalancer | null;
  readonly inhibition: { readonly kind: Inhibition["kind"]; readonly name: string; readonly isOver: boolean } | null;
  readonly maintenance: { readonly untilMs: number | null; readonly author: string; readonly comment: string } | null;
  readonly silence: { readonly untilMs: number; readonly author: string; readonly comment: string } | null;
  readonly acknowledgement: { readonly by: string; readonly untilMs: number } | null;
  /** What was decided; `messages` is what came of it. */
  readonly decision: { readonly decision: Decision; readonly sentence: string } | null;
  /** Its certificate ends, which has an alert of its own. */
  readonly certificate: { readonly message: string; readonly decision: Decision; readonly sentence: string } | null;
  readonly messages: readonly SentMessage[] | null;
  readonly nextStep: { readonly dueMs: number; readonly channels: readonly string[] } | null;
  /** What needs it, directly or not. */
  readonly dependents: readonly NamedStatus[] | null;
  /** What the cluster is, and what it would be if this service were well. */
  readonly cluster: { readonly overall: OverallStatus; readonly otherwise: OverallStatus } | null;
  /** Of the last seven days; the median is of outages whose recovery was seen, from their beginning on. */
  readonly past: { readonly outages: number; readonly downMs: number; readonly medianMs: number | null } | null;
  readonly nextCheck: { readonly atMs: number } | null;
}

export type PieceName = keyof Evidence;

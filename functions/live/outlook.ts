/**
 * What a service, a capability or the cluster is now, and what is known of how long its troubles last: what `GET /wait` answers with.
 * shared-outlooks.ts finds it. Invariant: an outlook is a value, and may be one for many.
 */
import type { CheckStatus, Reason } from "../../shared/domain/monitoring/check.ts";
import type { OverallStatus } from "../../shared/domain/monitoring/cluster-status.ts";
import type { Transition } from "../../shared/domain/monitoring/transition.ts";
import type { Snapshot } from "../../shared/ports/store.ts";

export type Subject =
  | { readonly kind: "cluster" }
  | { readonly kind: "service"; readonly id: string }
  /** Of which one endpoint is enough. */
  | { readonly kind: "capability"; readonly id: string };

export const CLUSTER: Subject = { kind: "cluster" };

export interface Outlook {
  readonly met: boolean;
  /** Of the commit that says so; 0 before the first one. */
  readonly generation: number;
  /** Ids of the services that are in the way. */
  readonly inTheWay: readonly string[];
  /** As it is sent; of a capability that of its best endpoint. */
  readonly state: {
    readonly status: CheckStatus | OverallStatus;
    readonly reason: Reason | null;
    readonly message: string | null;
    /** Null where nobody knows. */
    readonly since: string | null;
  };
}

export interface Outlooks {
  /** As it is now. Rejects when nothing has been read yet and storage fails. */
  look(subject: Subject): Promise<Outlook>;
  /** The same for who has just been woken. */
  lookWoken(subject: Subject): Promise<Outlook>;
  /** Whether it is met by a commit. Thousands may ask of the same one. */
  isMet(snapshot: Snapshot, subject: Subject): boolean;
  /** The last transitions of a service by an outlook, oldest first. Rejects when storage fails. */
  pastOf(serviceId: string, outlook: Outlook): Promise<readonly Transition[]>;
}

/**
 * Remediations as the deliverer sees them, and the one thing they need that only Node has.
 * `shared/notify/remediation.ts` makes them. Invariant: a response never rejects; how it ended is a sentence without secrets.
 */
import type { Notification } from "../domain/alerting/notification.ts";
import type { DeliveryContext } from "./notifier.ts";

/** Resolves with how it ended, as `action_taken` tells it. */
export type Remediate = (notification: Notification, context: DeliveryContext) => Promise<string>;

export interface Command {
  readonly program: string;
  readonly args: readonly string[];
  /** In ms, > 0; then it is killed. */
  readonly timeoutMs: number;
}

export type CommandEnd =
  /** `code`: its exit code; null when a signal ended it. */
  | { readonly kind: "ended"; readonly code: number | null }
  | { readonly kind: "timeout" }
  | { readonly kind: "not_started" };

/** Runs a program without a shell and without reading its output. Never rejects. */
export type RunCommand = (command: Command) => Promise<CommandEnd>;

/**
 * Who did what when: the entries of the audit trail. Pure types; commands and actions make them, storage only appends.
 * Invariant: an entry holds no secret: tokens stand in it by their names.
 */
import type { Json } from "../monitoring/check.ts";

/** What can be done, with the sentence that documents each one. */
export const AUDITED = {
  "alert.acknowledged": "Somebody looks after an alert.",
  "silence.created": "Messages about something are not wanted for a while.",
  "silence.ended": "A silence was ended before its time.",
  "maintenance.created": "A maintenance window was added.",
  "maintenance.deleted": "A maintenance window was taken away.",
  "drill.concluded": "Ten minutes after a drill: whether every receiver had taken it.",
  "remediation.ended": "What a service's on_firing asks for was tried.",
  "drill.started": "The whole way of a message was tried on every channel.",
  "mark.withdrawn": "A note beside the history was taken back.",
  "channel.tested": "A test message was asked for.",
} as const;

export type AuditedAction = keyof typeof AUDITED;

export interface AuditEntry {
  readonly atMs: number;
  /** Name of the token, or `monitor` for what it does by itself. */
  readonly actor: string;
  readonly action: AuditedAction;
  /** Id of what it was done to. */
  readonly target: string;
  readonly detail: { readonly [key: string]: Json };
}

/**
 * Who takes messages changes with the configuration: whoever is new hears at once what is open, and nobody else hears it again. Pure.
 * `usecases/delivery/new-receivers.ts` finds out who is new, `escalation.ts` decides when they are told.
 * Invariant: whoever has been told of an alert still counts as told, so that the end of it is heard.
 */
import type { OpenAlert } from "./alert-life.ts";
import type { AlertingState } from "./alerting-state.ts";
import { channelOf } from "./recipient.ts";

export interface ReceiverChange {
  /** Names in the outbox of all that are configured. */
  readonly configured: ReadonlySet<string>;
  /** Channels that have another name now, and the same receiver. */
  readonly renamed: ReadonlyMap<string, string>;
  /** Those behind a channel that has told alerts to others, and the ids of the alerts of which messages wait for them. */
  readonly fresh: readonly { readonly name: string; readonly waiting: ReadonlySet<string> }[];
}

export function afterReceiverChange(state: AlertingState, change: ReceiverChange): AlertingState {
  const subjects = [...state.subjects].map(([subject, memory]) => {
    const { alert } = memory;
    return [subject, alert?.notifiedChannels.length ? { ...memory, alert: changed(alert, change) } : memory] as const;
  });
  return { ...state, subjects: new Map(subjects) };
}

function changed(alert: OpenAlert, { configured, renamed, fresh }: ReceiverChange): OpenAlert {
  const notifiedChannels = [...new Set(alert.notifiedChannels.map((name) => renamed.get(name) ?? name))];
  const concerned = fresh.filter(({ name, waiting }) => {
    return notifiedChannels.includes(channelOf(name)) && !waiting.has(alert.id);
  });
  const names = [
    ...(alert.unheardBy ?? []).filter((name) => configured.has(name)),
    ...concerned.map(({ name }) => name),
  ];
  return { ...alert, notifiedChannels, unheardBy: [...new Set(names)] };
}

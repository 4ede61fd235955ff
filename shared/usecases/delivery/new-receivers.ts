/**
 * Finds out who has heard of what is open, so that a configuration that comes into force has everybody else told: another receiver
 * behind a channel, one more recipient, one that is put back.
 * Asked before that, at a start and at a reload. Calls the outbox.
 * Invariant: it goes by what is stored, so asking again, in another process too, finds the same until they have been told.
 */
import type { AlertCommand } from "../../domain/alerting/alert-commands.ts";
import type { AlertingState } from "../../domain/alerting/alerting-state.ts";
import type { Told } from "../../domain/alerting/heard.ts";
import type { Channel } from "../../ports/notifier.ts";
import type { Log } from "../../ports/log.ts";
import type { Outbox } from "../../ports/outbox.ts";
import type { Cluster } from "../cluster.ts";

export interface ReceiverDependencies {
  /** The stored one: what is not stored decides nothing here. */
  readonly outbox: TellingOutbox;
  readonly log: Log;
  /** As it is known; null: nothing was ever stored. */
  alerting(): Promise<AlertingState | null>;
}

type TellingOutbox = Pick<Outbox, "listRelated" | "channelStates">;

/** Null when that cannot be read: whoever is new then hears of it at the next step. Never rejects. */
export async function findNewReceivers(
  { alerting: { channels } }: Cluster,
  { outbox, log, alerting }: ReceiverDependencies,
): Promise<AlertCommand | null> {
  try {
    const subjects = [...((await alerting())?.subjects.values() ?? [])];
    const alertIds = subjects.flatMap(({ alert }) => (alert?.notifiedChannels.length ? [alert.id] : []));
    const receivers = channels.flatMap((each) => (each.recipients?.length ? each.recipients : [each]));
    return {
      kind: "receivers",
      receivers: receivers.map(({ name, fingerprint }) => ({ name, fingerprint })),
      alertIds: new Set(alertIds),
      told: await readTold(outbox, { alertIds }, channels),
    };
  } catch (error) {
    log.write("warn", "it could not be found out which receivers are new", { error: String(error) });
    return null;
  }
}

/** Who has been told of some alerts. Rejects as the outbox does. @param channels those of the configuration in force */
export async function readTold(
  outbox: TellingOutbox,
  to: Parameters<Outbox["listRelated"]>[0],
  channels: readonly Channel[],
): Promise<Told> {
  const configured = new Set(channels.map(({ name }) => name));
  if (to.alertIds.length === 0 && !to.id) return { messages: [], settings: new Map(), configured };
  const [messages, states] = await Promise.all([outbox.listRelated(to), outbox.channelStates()]);
  return { messages, settings: new Map(states.map(({ name, fingerprint }) => [name, fingerprint])), configured };
}

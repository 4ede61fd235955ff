/**
 * Finds out who takes messages since the configuration changed: another receiver behind a channel, one more recipient, another name.
 * Asked before a configuration comes into force, at a start and at a reload. Calls the outbox.
 * Invariants: it goes by what is stored, so asking again, in another process too, finds the same until they have been told; what waits
 * for them anyway is not told twice.
 */
import type { AlertCommand } from "../../domain/alerting/alert-commands.ts";
import { channelOf, keyOf } from "../../domain/alerting/recipient.ts";
import type { Channel } from "../../ports/notifier.ts";
import type { Log } from "../../ports/log.ts";
import type { ChannelState, Outbox, PendingNotification } from "../../ports/outbox.ts";
import type { Cluster } from "../cluster.ts";

export interface ReceiverDependencies {
  readonly outbox: Pick<Outbox, "channelStates" | "listPending">;
  readonly log: Log;
}

/** Null when that cannot be read: whoever is new then hears of it at the next step. Never rejects. */
export async function findNewReceivers(
  { alerting }: Cluster,
  { outbox, log }: ReceiverDependencies,
): Promise<AlertCommand | null> {
  try {
    const [states, pending] = await Promise.all([outbox.channelStates(), outbox.listPending()]);
    const receivers = alerting.channels.flatMap((each) => (each.recipients?.length ? each.recipients : [each]));
    const configured = new Set(receivers.map(({ name }) => name));
    const renamed = findRenamed(receivers, states);
    const old = new Map(Array.from(renamed, ([before, now]) => [now, before]));
    const fresh = receivers
      .filter((each) => !old.has(channelOf(each.name)) && isNew(each, states))
      .map(({ name }) => ({ name, waiting: new Set(pending.flatMap((each) => awaited(each, name, configured))) }));
    return { kind: "receivers", configured, renamed, fresh };
  } catch (error) {
    log.write("warn", "it could not be found out which receivers are new", { error: String(error) });
    return null;
  }
}

/** A recipient is who it is by its address, every other receiver by its settings. */
function isNew({ name, fingerprint }: Channel, states: readonly ChannelState[]): boolean {
  const known = states.find((each) => each.name === name);
  if (keyOf(name) !== null) return known === undefined;
  return known !== undefined && known.fingerprint !== "" && known.fingerprint !== fingerprint;
}

/** By the names of channels that are not configured any more: those with the same settings that nobody has used yet. */
function findRenamed(receivers: readonly Channel[], states: readonly ChannelState[]): Map<string, string> {
  const channels = new Set(receivers.map(({ name }) => channelOf(name)));
  const used = new Set(states.map(({ name }) => name));
  const renamed = new Map<string, string>();
  for (const { name, fingerprint } of states.filter((each) => !channels.has(channelOf(each.name)))) {
    const heir = receivers.find((each) => {
      return each.fingerprint === fingerprint && keyOf(each.name) === keyOf(name) && !used.has(each.name);
    });
    if (heir) renamed.set(channelOf(name), channelOf(heir.name));
  }
  return renamed;
}

/** The alerts of a message that is for the receiver, or will be passed on to it (pass-on.ts). */
function awaited(
  { channel, alertIds }: PendingNotification,
  name: string,
  configured: ReadonlySet<string>,
): readonly string[] {
  const isForOther = configured.has(channel) && channel !== name;
  return channelOf(channel) === channelOf(name) && !isForOther ? alertIds : [];
}
